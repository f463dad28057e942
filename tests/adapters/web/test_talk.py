"""What people type is read as a person would read it, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.typed_text import (
    Command,
    command_in,
    first_of,
    is_question,
    linked,
    links_in,
    pieces,
)

PEOPLE = {"ana": "Ana Sousa", "ben": "Ben", "benito": "Ben Ito"}
CHANNELS = {"C1": "help", "C2": "help-desk"}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/cop share https://x.org", Command("cop", "share https://x.org")),
        ("  /COP  ", Command("cop", "")),
        ("/coordinate desk", Command("coordinate", "desk")),
        ("/copper", None),
        ("say /cop", None),
    ],
)
def test_commands_are_known_by_their_first_word(text: str, command: Command | None) -> None:
    assert command_in(text) == command


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://x.org/a_(b), or http://y.org.", ("https://x.org/a_(b)", "http://y.org")),
        ("(https://x.org/a)", ("https://x.org/a",)),
        ("javascript:alert(1) ftp://x.org", ()),
        ("https://x.org https://x.org", ("https://x.org",)),
    ],
)
def test_links_end_where_the_sentence_goes_on(text: str, links: tuple[str, ...]) -> None:
    assert links_in(text) == links


def test_a_question_mark_in_an_address_asks_nothing() -> None:
    assert not is_question("see https://x.org/?q=1")
    assert is_question("see https://x.org/?q=1 maybe?")


def test_names_become_handles_longest_first() -> None:
    assert (
        linked("@Ben Ito and @ben, not @Benjamin", PEOPLE, CHANNELS) == "<@benito> and <@ben>, not @Benjamin"
    )
    assert linked("ask in #help-desk or #HELP", PEOPLE, CHANNELS) == "ask in <#C2> or <#C1>"
    assert linked("ana@ben.org/#help", PEOPLE, CHANNELS) == "ana@ben.org/#help"


def test_pieces_know_code_links_people_and_emoji() -> None:
    text = "try `a*b` at https://x.org/a, <@ana> in <#C1|help> :tada: 10:30:15 <https://y.org|there>"
    kinds = [(piece.kind, piece.of or piece.text) for piece in pieces(text) if piece.kind != "plain"]
    assert kinds == [
        ("code", "a*b"),
        ("link", "https://x.org/a"),
        ("person", "ana"),
        ("channel", "C1"),
        ("emoji", "tada"),
        ("link", "https://y.org"),
    ]


@given(st.text(alphabet=st.sampled_from("ab <>@#`:/|.?&htps\n"), max_size=80))
def test_plain_text_loses_no_character(text: str) -> None:
    if not any(piece.kind in ("code", "link", "person", "channel") for piece in pieces(text)):
        assert "".join(piece.text for piece in pieces(text)) == text


@given(st.text(max_size=200))
def test_no_link_has_another_scheme(text: str) -> None:
    for piece in pieces(text):
        assert piece.kind != "link" or piece.of.lower().startswith(("http://", "https://"))


def test_completion_prefers_the_beginning() -> None:
    assert first_of(["Ana Sousa", "Sora Lin", "Ben"], "so") == ["Sora Lin", "Ana Sousa"]
