import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.archive.slack_markup import is_question, links, plain

NAMES = {"U1": "Inês", "C1": "general"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("hello <@U1>", "hello @Inês"),
        ("hello <@U2>", "hello @U2"),
        ("hello <@U2|marek>", "hello @marek"),
        ("see <#C1>", "see #general"),
        ("see <#C2|reading>", "see #reading"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@editors> <!subteam^S2>", "@editors @subteam"),
        ("<!date^1392734382^{date}|a moment>", "a moment"),
        ("<https://example.org/a&amp;b|the page>", "the page"),
        ("<https://example.org/a&amp;b>", "https://example.org/a&b"),
        ("<mailto:ines@example.org|ines@example.org>", "ines@example.org"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt; stays escaped", "&lt; stays escaped"),
        ("", ""),
    ],
)
def test_markup_reads_like_what_people_saw(raw: str, shown: str) -> None:
    assert plain(raw, NAMES) == shown


def test_links_come_in_order_and_whole() -> None:
    raw = "<https://example.org/a?b=1&amp;c|x> <http://example.net> <mailto:a@b.example> <@U1> <https://c.example|d>"
    assert links(raw) == ("https://example.org/a?b=1&c", "http://example.net", "https://c.example")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("is it?", True),
        ("it is", False),
        ("<https://example.org/?q=1>", False),
        ("<https://example.org/?q=1|words>", False),
        ("<https://example.org/|what?>", True),
        ("<https://example.org/?q=1> or not?", True),
        ("<@U1>?", True),
    ],
)
def test_a_question_mark_counts_outside_addresses(raw: str, expected: bool) -> None:
    assert is_question(raw) is expected


@given(st.text(alphabet="abc<>&?|@#!;lt:/htps"))
def test_anything_can_be_shown(raw: str) -> None:
    assert len(plain(raw, NAMES)) <= len(raw) + 10 * raw.count("<")
    assert len(links(raw)) <= raw.count("<http")
    assert is_question(raw) <= ("?" in raw)


@given(st.text())
def test_what_slack_escapes_comes_back_as_typed(typed: str) -> None:
    raw = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain(raw, NAMES) == typed.replace("\x00", "")
