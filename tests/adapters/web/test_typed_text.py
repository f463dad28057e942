"""What people type is read as a person would read it, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.local.typed_text import (
    TypedCommand,
    matching_names,
    parse_command,
    resolve_names,
    segments,
)

PEOPLE = {"ana": "Ana Sousa", "ben": "Ben", "benito": "Ben Ito"}
CHANNELS = {"C1": "help", "C2": "help-desk"}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/cop share https://x.org", TypedCommand("cop", "share https://x.org")),
        ("  /COP  ", TypedCommand("cop", "")),
        ("/coordinate desk", TypedCommand("coordinate", "desk")),
        ("/copper", None),
        ("say /cop", None),
    ],
)
def test_commands_are_known_by_their_first_word(text: str, command: TypedCommand | None) -> None:
    assert parse_command(text) == command


def test_names_become_handles_longest_first() -> None:
    text = "@Ben Ito and @ben, not @Benjamin"
    assert resolve_names(text, PEOPLE, CHANNELS) == "<@benito> and <@ben>, not @Benjamin"
    assert resolve_names("ask in #help-desk or #HELP", PEOPLE, CHANNELS) == "ask in <#C2> or <#C1>"
    assert resolve_names("ana@ben.org/#help", PEOPLE, CHANNELS) == "ana@ben.org/#help"


def test_segments_know_code_links_people_and_emoji() -> None:
    text = "try `a*b` at https://x.org/a, <@ana> in <#C1|help> :tada: 10:30:15 <https://y.org|there>"
    kinds = [(one.kind, one.target or one.text) for one in segments(text) if one.kind != "plain"]
    assert kinds == [
        ("code", "a*b"),
        ("link", "https://x.org/a"),
        ("person", "ana"),
        ("channel", "C1"),
        ("emoji", "tada"),
        ("link", "https://y.org"),
    ]


def test_an_emoji_in_an_address_is_part_of_it_and_markdown_stays_as_typed() -> None:
    kinds = [(one.kind, one.text) for one in segments("[here](https://x.org/:tada:/) :tada:")]
    assert kinds == [
        ("plain", "[here]("),
        ("link", "https://x.org/:tada:/"),
        ("plain", ") "),
        ("emoji", ":tada:"),
    ]


@given(st.text(alphabet=st.sampled_from("ab <>@#`:/|.?&htps\n[]()"), max_size=80))
def test_plain_text_loses_no_character(text: str) -> None:
    found = list(segments(text))
    if not any(one.kind == "code" or (one.kind == "link" and "<" in text) for one in found):
        assert "".join(one.text for one in found) == text


@given(st.text(max_size=200))
def test_no_link_has_another_scheme(text: str) -> None:
    for one in segments(text):
        assert one.kind != "link" or one.target.lower().startswith(("http://", "https://"))


def test_completion_prefers_the_beginning() -> None:
    assert matching_names(["Ana Sousa", "Sora Lin", "Ben"], "so") == ["Sora Lin", "Ana Sousa"]
