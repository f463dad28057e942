"""Speech: what people typed is always plain, whatever it looks like."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.core.values.cards import (
    Channel,
    Emoji,
    Link,
    Mention,
    Moment,
    Name,
    PlaceRef,
    Plain,
    Text,
)
from facilitation.core.values.speech import card, count, listed, mention, plain, say
from storage.communities import Member

INES = Member(7, 1, "Ines")
nasty = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "**bold**", "_it_", "`code`", ":tada:", "{who}", "{0}", "{who.__class__}", "{{", "}}", "{",
            "<@U1>", "<!channel>", "@everyone", "[x](https://x)", "\n", "*", "{who!r:>10}",
        ]
    ),
)  # fmt: skip


@given(nasty, nasty)
def test_what_people_typed_stays_as_it_was_typed(first: str, second: str) -> None:
    text = say("Hello {a}, **well** {b}:wave:", a=first, b=second)
    assert plain(text) == f"Hello {first}, well {second}:wave:"
    assert {type(span) for span in text.spans} <= {Plain, Emoji}
    assert [span for span in text.spans if isinstance(span, Emoji)] == [Emoji("wave")]
    styled = [span.text for span in text.spans if isinstance(span, Plain) and span.style != "plain"]
    assert styled == ["well"]


@given(nasty)
def test_what_people_typed_takes_the_style_of_where_it_stands_and_no_other(typed: str) -> None:
    text = say("a **b {x} c** d", x=typed)
    assert text == Text((Plain("a "), Plain(f"b {typed} c", "bold"), Plain(" d")))


@given(nasty)
def test_a_name_that_looks_like_a_placeholder_is_not_filled_in(typed: str) -> None:
    assert plain(say("{one} and {two}", one=typed, two="2")) == f"{typed} and 2"


@pytest.mark.parametrize(
    ("template", "spans"),
    [
        ("plain", (Plain("plain"),)),
        (
            "**b** _i_ `c`",
            (Plain("b", "bold"), Plain(" "), Plain("i", "italic"), Plain(" "), Plain("c", "code")),
        ),
        ("snake_case_name stays", (Plain("snake_case_name stays"),)),
        ("2 * 3 * 4", (Plain("2 * 3 * 4"),)),
        (":tada: 10:30", (Emoji("tada"), Plain(" 10:30"))),
        ("{{literal}}", (Plain("{literal}"),)),
        ("one\ntwo", (Plain("one\ntwo"),)),
        ("", ()),
    ],
)
def test_a_template_is_light_markdown(template: str, spans: tuple[object, ...]) -> None:
    assert say(template).spans == spans


def test_arguments_become_spans_of_their_kind() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    link = Link("https://x.org", "x")
    text = say(
        "{who} {again} {at} {where} {link} {text} {n}",
        who=INES,
        again=mention(INES),
        at=at,
        where=Channel(1, "C1"),
        link=link,
        text=say("**in**"),
        n=3,
    )
    assert [span for span in text.spans if span != Plain(" ")] == [
        Name(7),
        Mention(7),
        Moment(at),
        PlaceRef(1, "C1"),
        link,
        Plain("in", "bold"),
        Plain(" 3"),
    ]


def test_a_member_is_named_and_not_notified() -> None:
    assert say("{who}", who=INES).spans == (Name(7),)


def test_a_placeholder_without_an_argument_is_a_bug_that_shows() -> None:
    with pytest.raises(KeyError):
        say("{missing}")
    with pytest.raises(KeyError):
        say("{who.name}", who=INES)


def test_a_number_chooses_the_form_of_words() -> None:
    assert plain(count(1, "{n} link", "{n} links")) == "1 link"
    assert plain(count(0, "{n} link", "{n} links")) == "0 links"
    assert plain(count(2, "{n} link by {who}", "{n} links by {who}", who="x")) == "2 links by x"


def test_things_are_listed_as_one_would_say_them() -> None:
    assert plain(listed([])) == ""
    assert plain(listed(["a"])) == "a"
    assert plain(listed(["a", "b"])) == "a and b"
    assert plain(listed(["a", "b", "c"], conjunction="or")) == "a, b or c"
    assert plain(listed([INES, "b"]), {7: "Ines"}) == "Ines and b"


def test_plain_words_for_logs_and_terminals() -> None:
    at = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    text = say("{who} {at} {where} {a} {b}", who=INES, at=at, where=Channel(1, "C1"),
               a=Link("https://x.org", "x"), b=Link("https://x.org", "https://x.org"))  # fmt: skip
    assert plain(text) == "someone Mon 02 Mar 09:05 #C1 x (https://x.org) https://x.org"
    assert plain(text, {7: "Ines"}, {"C1": "general"}).startswith("Ines Mon 02 Mar 09:05 #general")


def test_an_empty_text_is_nothing() -> None:
    assert not say("")
    assert not say("{x}", x="")
    assert say("{x}", x="0")
    assert say(":tada:")


def test_a_card_takes_templates_and_parts() -> None:
    made = card("Title", "**bold**", say("{x}", x="**typed**"), tone="good")
    assert made.parts == (Text((Plain("bold", "bold"),)), Text((Plain("**typed**"),)))
    assert (made.title, made.tone) == ("Title", "good")
