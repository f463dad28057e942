"""What people type after a command finds its fields, or they are told what did not fit."""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, HttpUrl

from facilitation.core.features.argument_parser import parse_arguments, tokenize
from facilitation.core.values.commands import Command
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import (
    ByName,
    ChannelHandles,
    FormField,
    Hidden,
    LongText,
    MemberId,
    Tags,
    TimeOfDay,
    WidgetKind,
    ZoneName,
    fields_of,
)
from facilitation.core.values.forms import ChannelHandle as ChannelField


class Share(Command):
    """Put a link on the shelf."""

    url: HttpUrl = Field(description="the link")
    note: str = Field(default="", description="why it helps")
    tags: Tags = Field(default=(), description="topics")


class Meet(Command):
    """Meet someone."""

    who: MemberId
    where: ChannelField = ""
    kind: Literal["coffee", "call"] = "coffee"
    at: TimeOfDay | None = None
    minutes: int = 30
    zone: ZoneName = "UTC"
    loud: bool = False
    words: LongText = ""


class Places(Command):
    """Choose channels."""

    channels: ChannelHandles = ()


class Topics(Command):
    """Say topics."""

    tags: Tags = ()


class Host(Command):
    """Host an event."""

    topics: Tags = ()
    seats: Annotated[int, ByName] = 1
    kind: Annotated[Literal["talk", "open hour"], ByName] = "talk"
    remote: Annotated[bool, ByName] = False
    line: Annotated[LongText, ByName] = ""
    guest: Annotated[MemberId | None, ByName] = None
    where: Annotated[ChannelField | None, ByName] = None
    also: Annotated[ChannelHandles, ByName] = ()
    slides: Annotated[HttpUrl | None, ByName] = None


def read(command: type[Command], words: str) -> dict[str, object]:
    return parse_arguments(fields_of(command), tokenize(words))


@pytest.mark.parametrize(
    ("command", "words", "given"),
    [
        (Share, "https://x.org", {"url": "https://x.org"}),
        (Share, "https://x.org it helps a lot", {"url": "https://x.org", "note": "it helps a lot"}),
        (
            Share,
            "it helps https://x.org #one #Two",
            {"url": "https://x.org", "note": "it helps", "tags": ["#one", "#Two"]},
        ),
        (Share, "<https://x.org|x> note:short", {"url": "https://x.org", "note": "short"}),
        (Share, 'https://x.org note="two words"', {"url": "https://x.org", "note": "two words"}),
        (Share, "https://x.org “two words”", {"url": "https://x.org", "note": "two words"}),
        (Share, "https://x.org don't", {"url": "https://x.org", "note": "don't"}),
        (Share, 'https://x.org say "so', {"url": "https://x.org", "note": 'say "so'}),
        (Share, "https://x.org/?a=b&note:c", {"url": "https://x.org/?a=b&note:c"}),
        (Share, "https://a.org https://b.org", {"url": "https://a.org", "note": "https://b.org"}),
        (Share, "", {}),
        (Meet, "<@U1|ines> <#C1|general>", {"who": "U1", "where": "C1"}),
        (Meet, "<@!77>", {"who": "77"}),
        (
            Meet,
            "<@U1> <#C1> call 9:30 45",
            {"who": "U1", "where": "C1", "kind": "call", "at": "9:30", "minutes": "45"},
        ),
        (Meet, "<@U1> kind=call words:hello", {"who": "U1", "kind": "call", "words": "hello"}),
        (Places, "<#C1> <#C2|help>", {"channels": ["C1", "C2"]}),
        (Topics, "python testing", {"tags": ["python", "testing"]}),
        (Topics, "python, #testing", {"tags": ["#testing", "python,"]}),
        (Meet, "<@U1> <#C1> Call", {"who": "U1", "where": "C1", "kind": "call"}),
        (Meet, "who:<@U1|ines> where=<#C1|general> kind:Call", {"who": "U1", "where": "C1", "kind": "call"}),
        (Places, "channels:<#C1|general>,<#C2>", {"channels": ["C1", "C2"]}),
        (Share, "url:<https://x.org|x.org> tags:one,two", {"url": "https://x.org", "tags": "one,two"}),
        (Host, "data pipelines 3 talk remote", {"topics": ["data", "pipelines", "3", "talk", "remote"]}),
        (Host, 'tests seats:3 kind:"open hour"', {"topics": ["tests"], "seats": "3", "kind": "open hour"}),
        (Host, "remote:yes guest:<@!7> where:<#C1>", {"remote": "yes", "guest": "7", "where": "C1"}),
        (
            Host,
            "also:<#C1>,<#C2> slides=https://x.org line:short",
            {"also": ["C1", "C2"], "slides": "https://x.org", "line": "short"},
        ),
    ],
)
def test_words_go_to_the_fields_they_fit(
    command: type[Command], words: str, given: dict[str, object]
) -> None:
    assert read(command, words) == given


@pytest.mark.parametrize(
    ("command", "words", "left"),
    [
        (Places, "<#C1> and more", "and more"),
        (Host, "<@U1>", "<@U1>"),
        (Host, "tests <#C1>", "<#C1>"),
        (Host, "https://x.org <@U1>", "<@U1>"),
    ],
)
def test_what_fits_nowhere_is_said_back(command: type[Command], words: str, left: str) -> None:
    with pytest.raises(Refusal, match=f"I don’t know what to do with “{left}” here"):
        read(command, words)


def test_a_hidden_field_cannot_be_typed() -> None:
    class Retire(Command):
        """Take it off the shelf."""

        resource: int = Field(default=0)
        why: str = ""

    hidden = list(fields_of(Retire))
    assert parse_arguments(hidden, tokenize("resource:7")) == {"resource": "7"}
    hidden[0] = replace(hidden[0], kind="hidden")
    assert parse_arguments(hidden, tokenize("resource:7")) == {"why": "resource:7"}
    assert Hidden.kind == "hidden"


@given(
    st.text(alphabet=st.sampled_from("abc \"'“”#:=<>@|/\\\n\t,é👋"), max_size=60),
    st.sampled_from([Share, Meet, Places, Topics, Host]),
)
def test_nothing_typed_is_ever_an_error(words: str, command: type[Command]) -> None:
    with suppress(Refusal):
        assert read(command, words).keys() <= command.model_fields.keys()


KINDS: tuple[WidgetKind, ...] = get_args(WidgetKind)
TYPED = st.lists(
    st.sampled_from(
        ["python", "#testing", "<@U1>", "<#C1>", "https://x.org", "call", "9:30", "3", "yes", "a=b"]
    ),
    max_size=6,
)


def outcome(fields: list[FormField], tokens: list[str]) -> dict[str, Any] | str:
    """What the fields are given, or the words of the refusal."""
    try:
        return parse_arguments(fields, list(tokens))
    except Refusal as refusal:
        return str(refusal.text)


@given(TYPED, st.sampled_from([Share, Meet, Places, Topics]), st.sampled_from(KINDS), st.integers(0, 9))
def test_a_new_field_given_by_name_changes_nothing_that_is_typed_today(
    tokens: list[str], command: type[Command], kind: WidgetKind, position: int
) -> None:
    today = list(fields_of(command))
    new = FormField("new", "New", kind, required=False, by_name=True)
    tomorrow = [*today[:position], new, *today[position:]]
    assert outcome(tomorrow, tokens) == outcome(today, tokens)


@given(st.lists(st.text(alphabet="abcdé-.", min_size=1, max_size=8), max_size=8))
def test_no_word_of_a_note_is_lost(words: list[str]) -> None:
    assert read(Share, "https://x.org " + " ".join(words)).get("note", "") == " ".join(words)


def test_a_channel_given_where_none_is_wanted_is_the_word_that_was_typed() -> None:
    """Slack makes `<#C1>` of `#dask` where there is a channel of that name."""
    names = {"C1": "dask"}
    for command, words, read_as in (
        (Share, "https://x.org <#C1> #two", {"url": "https://x.org", "tags": ["#dask", "#two"]}),
        (Share, "https://x.org <#C2|spark>", {"url": "https://x.org", "tags": ["#spark"]}),
        (Topics, "<#C1>", {"tags": ["#dask"]}),
        (Meet, "<@U1> <#C1>", {"who": "U1", "where": "C1"}),
        (Places, "<#C1>", {"channels": ["C1"]}),
        (Share, "https://x.org <#C9>", {"url": "https://x.org", "note": "<#C9>"}),
    ):
        assert parse_arguments(fields_of(command), tokenize(words), names) == read_as


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("https://x.org note:why it helps", {"url": "https://x.org", "note": "why it helps"}),
        ("note:why it helps https://x.org", {"url": "https://x.org", "note": "why it helps"}),
        ("note: why it helps #one", {"note": "why it helps", "tags": ["#one"]}),
        ("Note:why TAGS:one two", {"note": "why", "tags": "one two"}),
        (
            'https://x.org note:"why it" helps',
            {"url": "https://x.org", "note": "why it", "tags": ["helps"]},
        ),
        ("https://x.org #one,#two #three,", {"url": "https://x.org", "tags": ["#one", "#two", "#three"]}),
        ("tags:one #two", {"tags": ["one", "#two"]}),
        ("https://x.org <#C1>", {"url": "https://x.org", "tags": ["#general"]}),
    ],
)
def test_a_named_field_takes_the_words_that_follow(words: str, given: dict[str, object]) -> None:
    assert parse_arguments(fields_of(Share), tokenize(words), {"C1": "general"}) == given
