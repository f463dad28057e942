"""Slack's markup is read as what people meant: their words, and the facts for the diary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.markup import slack as markup

NAMES = {"U1": "Ana Sousa", "C1": "dask"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("kudos <@U1|ana> for help", "kudos <@U1> for help"),
        ("kudos <@U1>", "kudos <@U1>"),
        ("find <#C1|dask>", "find <#C1>"),
        ("share <https://x.org/a?b&amp;c> #one", "share https://x.org/a?b&c #one"),
        ("share <https://x.org|the guide>", "share https://x.org"),
        ("mail <mailto:ana@x.org|ana@x.org>", "mail ana@x.org"),
        ("hello <!here> and <!subteam^S1|@team>", "hello @here and @team"),
        ("&lt;!channel&gt; &amp;lt; &lt;@U1&gt;", "<!channel> &lt; <@U1>"),
        ('find "two words"', 'find "two words"'),
        ("nul\x00 \ud83d half", "nul ? half"),
    ],
)
def test_what_follows_a_command(raw: str, words: str) -> None:
    assert markup.command_words(raw) == words


@pytest.mark.parametrize(
    ("raw", "seen", "told"),
    [
        ("hi <@U1> in <#C1>", "hi @Ana Sousa in #dask", "hi @Ana Sousa in #dask"),
        ("hi <@U9>", "hi @U9", "hi @U9"),
        ("<https://x.org|the guide>", "the guide", "the guide https://x.org"),
        ("<https://x.org>", "https://x.org", "https://x.org"),
        ("<https://evil.org|https://bank.org>", "https://bank.org", "https://bank.org https://evil.org"),
        ("&lt;!here&gt;", "<!here>", "<!here>"),
    ],
)
def test_a_message_as_people_see_it(raw: str, seen: str, told: str) -> None:
    assert markup.plain(raw, NAMES) == seen
    assert markup.with_addresses(raw, NAMES) == told


def test_links_and_questions_are_recognised() -> None:
    raw = "Is <https://x.org/a?b&amp;c|it> here: <mailto:a@b.example> <@U1> or <http://y.org>"
    assert markup.links(raw) == ("https://x.org/a?b&c", "http://y.org")
    assert not markup.is_question(raw)
    assert markup.is_question(raw + "?")


def test_the_names_of_channels_are_kept() -> None:
    assert markup.channel_names("find <#C1|dask> <#C2> <@U1|ana>") == {"C1": "dask"}


def test_the_bot_is_taken_out_of_what_is_said_to_it() -> None:
    assert markup.without_mention("<@B1> find <@B1>", "B1") == "find <@B1>"


@given(st.text())
def test_what_is_escaped_is_read_back_as_it_was(typed: str) -> None:
    typed = markup.clean(typed)
    assert markup.plain(markup.escaped(typed), {}) == typed
    assert markup.command_words(markup.escaped(typed)) == typed


@given(st.text(alphabet="<>@#!|&;ahtps:/^ \x00\ud800"))
def test_nothing_that_arrives_is_an_error(raw: str) -> None:
    for read in (markup.command_words(raw), markup.plain(raw, {}), markup.with_addresses(raw, {})):
        assert "\x00" not in read
        read.encode()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("hello <@U1>", "hello @Ana Sousa"),
        ("hello <@U2>", "hello @U2"),
        ("hello <@U2|marek>", "hello @marek"),
        ("see <#C1>", "see #dask"),
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
    assert markup.plain(raw, NAMES) == shown


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
    assert markup.is_question(raw) is expected


@given(st.text(alphabet="abc<>&?|@#!;lt:/htps"))
def test_anything_can_be_shown(raw: str) -> None:
    assert len(markup.plain(raw, NAMES)) <= len(raw) + 10 * raw.count("<")
    assert len(markup.links(raw)) <= raw.count("<http")
    assert markup.is_question(raw) <= ("?" in raw)
