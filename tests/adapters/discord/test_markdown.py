"""Nothing that a person typed is formatting, a mention, a link or a time on Discord."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.custom_ids import TokenCache
from adapters.discord.limits import size
from adapters.discord.markdown import clean, escaped, link_address, one_line, split_markdown
from adapters.discord.permalinks import permalinks_of
from facilitation.core.platforms.surface import Person, RenderableCard
from facilitation.core.values.cards import (
    Card,
    Emoji,
    Link,
    Mention,
    Moment,
    Name,
    PlaceRef,
    Plain,
    Span,
    Text,
)
from tests.adapters.discord.reading import EMOJI, blocks, inline

HOSTILE = [
    "@everyone and @here",
    "<@123456789012345678> <@!123456789012345678> <@&1> <#1>",
    "<t:0> <t:0:R> <:blob:123456789012345678> <a:blob:1> </cop home:1> <id:home>",
    "[x](http://evil.example) [x](<http://evil.example>) <http://evil.example> http://evil.example",
    "HTTPS://evil.example steam://run a@b.example <mailto:a@b.example>",
    "**bold** *em* _em_ __under__ ~~gone~~ ||spoiler|| `code` ``code`` ***both***",
    "```py\nprint()\n```",
    "# Heading\n## Heading\n### Heading\n-# small\n> quote\n>>> quote",
    "- entry\n* entry\n+ entry\n1. entry\n12) entry\n   - deeper",
    "\\*\\*not bold\\*\\* \\",
    "\u200b# heading\n\u200b- entry\n\u2060> quote\n\ufeff1. entry",
    "@\u200beveryone <@\u200b&1> [x]\u200b(http://evil.example) *\u200b*x**",
    "a\u202eb\u2066c",
    "_a_b_ snake_case_word 2*3*4 ~ | : ; ¯\\_(ツ)_/¯",
    ":tada: :smile: 10:30",
    "line\r\nline\rline\0end",
]
RENDERABLE = RenderableCard(
    None,  # type: ignore[arg-type]  # no card is needed for a text
    {1: Person("Ana *Sousa*", "111"), 2: Person("@everyone", ""), 3: Person("Chi", "not-an-id")},
    {"C1": "general"},
)


def shown(markdown: str) -> str:
    """A stretch of Markdown as it shows."""
    return "\n".join(inline(text) for _, text in blocks(markdown))


def assert_plain(typed: str) -> None:
    """Typed characters show as they are, in every line. The reader names the emoji that the bot uses."""
    markdown = escaped(typed)
    assert [kind for kind, _ in blocks(markdown) if kind] == []
    expected = clean(typed).replace("\u200b", "")
    for character, name in EMOJI.items():
        expected = expected.replace(character, f":{name}:")
    assert shown(markdown) == expected


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_shows_as_it_is(typed: str) -> None:
    assert_plain(typed)


@given(st.text(alphabet=st.sampled_from("\\*_~|`<>[]()@#:-+.!>1ab/& \n\u200bthps"), max_size=40))
def test_no_mixture_of_marks_is_formatting(typed: str) -> None:
    assert_plain(typed)


@example("👍")
@given(st.text(max_size=200))
def test_any_text_can_be_sent_and_shows_as_it_is(typed: str) -> None:
    escaped(typed).encode("utf-8")
    assert_plain(typed)


def test_the_reader_sees_what_is_not_escaped() -> None:
    """Else the tests above would hold for nothing."""
    assert [inline(typed) for typed in HOSTILE[:6]] != HOSTILE[:6]
    assert inline("@everyone") == "@@everyone"
    assert inline("[x](http://evil.example)") == "x <http://evil.example>"
    assert {kind for typed in HOSTILE for kind, _ in blocks(typed)} >= {"#", "-#", ">", "-", "```"}


@pytest.mark.parametrize(
    ("spans", "seen"),
    [
        ((Plain("a "), Plain("b", "bold"), Plain("c", "italic"), Plain("d", "code")), "a **b**_c_`d`"),
        ((Plain(" padded ", "bold"), Plain("x")), " **padded** x"),
        ((Plain("a`b", "code"),), "a`b"),
        ((Plain("**a**", "bold"),), "****a****"),
        ((Plain("  ", "bold"), Plain("x")), "  x"),
        ((Name(1), Plain(" "), Name(2), Plain(" "), Name(9)), "Ana *Sousa* @everyone someone"),
        ((Mention(1), Plain(" "), Mention(3)), "@Ana Chi"),
        ((PlaceRef(1, "C1"), Plain(" "), PlaceRef(1, "222")), "#general #help"),
        ((Emoji("tada"), Plain(" "), Emoji("nosuchthing")), ":tada: :nosuchthing:"),
        ((Link("https://a.example/x_(y)_z", "a [b]"),), "a [b] <https://a.example/x_%28y%29_z>"),
        ((Link("https://a.example", "https://a.example"),), "https://a.example <https://a.example>"),
        ((Link("javascript:alert(1)", "press"), Plain(" "), Link("ftp://x", "old")), "press old"),
        ((Moment(datetime(2025, 5, 5, 14, 30, tzinfo=UTC)),), "Mon 5 May, 14:30"),
        ((Moment(datetime(2025, 5, 5, 14, 30, tzinfo=UTC), "time"),), "14:30"),
    ],
)
def test_a_text_shows_its_spans(spans: tuple[Span, ...], seen: str) -> None:
    markdown = "".join(split_markdown(Text(spans), RENDERABLE, 4_000))
    assert inline(markdown, {"111": "Ana", "222": "help"}) == seen


def test_a_message_is_opened_where_it_stands() -> None:
    threads: TokenCache[str] = TokenCache()
    threads.put("444", "777")
    find = permalinks_of("999", threads)
    assert find(PlaceRef(1, "222", "333")) == "https://discord.com/channels/999/222/333"
    assert find(PlaceRef(1, "222", "777")) == "https://discord.com/channels/999/444/777", "in its thread"
    assert find(PlaceRef(1, "C1", "333")) == permalinks_of("", threads)(PlaceRef(1, "222", "333")) == ""


def test_a_place_of_another_space_is_named_and_not_linked() -> None:
    here, there = PlaceRef(1, "222", "333"), PlaceRef(2, "555", "666")
    card = Card(parts=(Text((here, Plain(" "), there)),))
    renderable = RenderableCard(card, places={"222": "help [x]", "555": "far"}, space=1).linked(
        permalinks_of("9", TokenCache())
    )
    markdown = "".join(split_markdown(Text((here, Plain(" "), there)), renderable, 4_000))
    assert inline(markdown) == "#help [x] <https://discord.com/channels/9/222/333> #far"


@pytest.mark.parametrize("label", HOSTILE)
def test_the_words_of_a_link_cannot_lead_elsewhere(label: str) -> None:
    markdown = "".join(split_markdown(Text((Link("https://good.example", label),)), RENDERABLE, 4_000))
    assert inline(markdown) == f"{' '.join(clean(label).split())} <https://good.example>".replace(
        "\u200b", ""
    )


@pytest.mark.parametrize(
    "url", ["https://a.example/>) @everyone", "https://a.example/`**x**\n# y", "http://a/|||"]
)
def test_an_address_cannot_break_out_of_its_link(url: str) -> None:
    found = link_address(url)
    assert found is not None
    assert inline(f"[x](<{found}>)") == f"x <{found}>"


@pytest.mark.parametrize("length", [1, 399, 400, 401, 5_000, 100_000])
def test_a_long_text_is_cut_into_pieces_that_fit_and_lose_nothing(length: int) -> None:
    typed = ("a\u0301\u0302*_" * length)[:length]
    found = split_markdown(Text((Plain(typed),)), RENDERABLE, 3_800)
    assert max(size(piece) for piece in found) <= 3_800
    assert "".join(inline(piece) for piece in found) == typed


def test_a_long_text_is_cut_between_words() -> None:
    typed = "word " * 2_000
    found = split_markdown(Text((Plain(typed),)), RENDERABLE, 3_800)
    assert len(found) == 3
    assert all(piece.endswith("word ") for piece in found)


def test_lone_surrogates_and_nul_do_not_reach_discord() -> None:
    assert clean("a\ud83db\0c") == "a\ufffdbc"


def test_a_name_stays_on_its_line() -> None:
    assert "\n" not in one_line("Ana\n# Sousa")
