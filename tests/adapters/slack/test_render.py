"""Cards as blocks: Slack takes them, all of a card arrives, and what was typed notifies nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack import limits
from adapters.slack.block_elements import visible_length
from adapters.slack.button_payload import ButtonPayload, decode_button
from adapters.slack.permalinks import permalinks_of
from adapters.slack.render import BUTTON_TOO_LONG, Page, message_pages, notification_text, view_page
from facilitation.core.platforms.surface import Person, RenderableCard
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Emoji,
    Field,
    Fields,
    File,
    Item,
    Items,
    Link,
    LinkButton,
    Mention,
    Menu,
    Moment,
    Name,
    Option,
    Picture,
    PlaceRef,
    Plain,
    Small,
    Text,
    Tone,
)
from tests.adapters.contract.puppet import PARTS, a_png, renderable, text
from tests.fakes.slack.checking import wrong_with_blocks

TYPED = "<!channel> <!here> <@U1> <#C1> <https://evil.org|https://bank.org> &lt;!here&gt; @here *b* :tada:"


def valid(page: Page) -> Page:
    """The page, if Slack would take it."""
    shown = page.with_files(dict.fromkeys(page.pictures, "F1"))
    for block in shown.blocks:
        if block["type"] != "image":  # the library's model knows no file behind a picture
            parsed = Block.parse(block)
            assert parsed is not None
            parsed.validate_json()
    assert list(wrong_with_blocks(list(shown.blocks), most=limits.BLOCKS_IN_MESSAGE)) == []
    assert sum(visible_length(block) for block in page.blocks) <= limits.CHARACTERS_IN_MESSAGE
    assert len(page.text) <= 4 * limits.FALLBACK
    return page


def shown(card: Card, **more: Any) -> list[Page]:
    return [
        valid(page)
        for page in message_pages(
            RenderableCard(card, {1: Person("Ana", "U1"), 2: Person("Ben")}, {}, **more)
        )
    ]


def words(things: Any) -> str:
    """Every text of some blocks, one after the other."""
    if isinstance(things, dict):
        own = things["text"] if isinstance(things.get("text"), str) else ""
        return own + "".join(words(value) for key, value in things.items() if not isinstance(value, str))
    return "".join(words(one) for one in things) if isinstance(things, list | tuple) else ""


@pytest.mark.parametrize("part", PARTS)
def test_slack_takes_every_part(part: str) -> None:
    for page in message_pages(renderable(PARTS[part])):
        valid(page)


@pytest.mark.parametrize(
    ("words_of_it", "line"),
    [
        ("Everything about you", "export.json: Everything about you, and more"),
        ("Everything about you.", "export.json: Everything about you, and more"),
        ("", "export.json, and more"),
    ],
)
def test_a_file_stands_as_its_words_which_go_on(words_of_it: str, line: str) -> None:
    card = Card(parts=(File("export.json", b"{}", words_of_it),))
    [page] = message_pages(RenderableCard(card), ", and more")
    assert words(valid(page).blocks) == line
    assert page.text == line.removesuffix(", and more")
    assert words(view_page(RenderableCard(card), overflow_note="").blocks) == line.removesuffix(", and more")


@pytest.mark.parametrize(
    ("tone", "title"), [("plain", "Saved"), ("good", "✅ Saved"), ("careful", "⚠️ Saved")]
)
def test_a_tone_stands_before_the_title(tone: Tone, title: str) -> None:
    [page] = shown(Card("Saved", tone=tone))
    assert page.blocks[0]["text"] == {"type": "plain_text", "text": title, "emoji": False}


def test_a_title_that_is_too_long_for_a_header_is_shown_whole() -> None:
    title = "a very long title " * 20
    [page] = shown(Card(title))
    assert page.blocks[0]["type"] == "rich_text"
    assert words(page.blocks) == title


def everywhere(typed: str) -> Card:
    """Words that a member typed, in every place where a card may have them."""
    said = text(typed)
    return Card(
        typed,
        (
            said,
            Text((Plain(typed, "bold"), Link(f"https://x.org/{typed}", typed), Link(typed, typed))),
            Small(said),
            Small(Text((Plain(typed), Moment(datetime(2026, 3, 2, tzinfo=UTC)), Name(2)))),
            Fields((Field(typed, said),)),
            Items((Item(said, said, (Button(typed[:70], "a.b"),)), Item(said, said))),
            Buttons(
                (Button(typed[:70], "a.b", {"word": typed}),), (LinkButton(typed[:70], "https://x.org"),)
            ),
            Menu(typed[:70], "a.b", "f", (Option("v", typed[:70]),)),
            Picture(a_png(), typed),
        ),
    )


@given(
    st.sampled_from([TYPED, "<!everyone>", "a|b>c", "`x` ~y~ _z_ *w*"]) | st.text(min_size=1, max_size=100)
)
def test_what_people_typed_is_never_markup(typed: str) -> None:
    typed = typed.encode("utf-8", "replace").decode()
    for page in shown(everywhere(typed)):
        for markup in _markups(page.blocks):
            assert markup.startswith(("<!date^", "<https://x.org/"))
            assert markup.count("<") == 1
        assert "<" not in page.text


def _markups(things: Any) -> list[str]:
    """What Slack reads as markup."""
    if isinstance(things, dict):
        mine = [str(things["text"])] if things.get("type") == "mrkdwn" else []
        return mine + [one for value in things.values() for one in _markups(value)]
    return [one for thing in things for one in _markups(thing)] if isinstance(things, list | tuple) else []


def test_a_name_does_not_notify_and_a_mention_does() -> None:
    [page] = shown(Card(parts=(Text((Name(1), Plain(" meets "), Mention(1), Plain(" and "), Mention(2))),)))
    assert page.blocks[0]["elements"][0]["elements"] == [
        {"type": "text", "text": "Ana"},
        {"type": "text", "text": " meets "},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " and "},
        {"type": "text", "text": "@Ben"},
    ]
    assert page.text == "Ana meets Ana and Ben"


def test_a_moment_is_shown_in_the_zone_of_the_reader() -> None:
    at = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    [page] = shown(Card(parts=(Text((Moment(at),)),)), zone="Europe/Lisbon")
    assert page.blocks[0]["elements"][0]["elements"] == [
        {
            "type": "date",
            "timestamp": int(at.timestamp()),
            "format": "{date_long} at {time}",
            "fallback": "Mon 02 Mar, 14:30 (Europe/Lisbon)",
        }
    ]


def test_small_print_holds_references_and_falls_back_to_a_paragraph() -> None:
    mixed = Text(
        (Plain("see "), PlaceRef(1, "C1"), Link("https://x.org/a|b", "a & b"), Emoji("tada"), Mention(1))
    )
    [page] = shown(Card(parts=(Small(mixed),)))
    assert [one["text"] for one in page.blocks[0]["elements"]] == [
        "see ",
        "<#C1>",
        "<https://x.org/a%7Cb|a &amp; b>",
        ":tada:",
        "<@U1>",
    ]
    [many] = shown(Card(parts=(Small(Text(tuple(Name(1) for _ in range(11)))),)))
    assert many.blocks[0]["type"] == "rich_text"


def test_a_message_is_linked_and_a_place_of_another_workspace_only_named() -> None:
    here, there = PlaceRef(1, "C1", "1714.000200"), PlaceRef(2, "222", "333")
    both = Text((here, there))
    renderable = RenderableCard(Card(parts=(both, Small(both))), places={"C1": "a<b", "222": "far"}, space=1)
    paragraph, small = valid(
        message_pages(renderable.linked(permalinks_of("https://w.slack.com/")))[0]
    ).blocks
    url = "https://w.slack.com/archives/C1/p1714000200"
    assert paragraph["elements"][0]["elements"] == [
        {"type": "link", "url": url, "text": "#a<b"},
        {"type": "text", "text": "#far"},
    ]
    assert [one["text"] for one in small["elements"]] == [f"<{url}|#a&lt;b>", "#far"]
    assert permalinks_of("")(here) == ""


def test_only_web_addresses_become_links() -> None:
    links = (
        Link("javascript:alert(1)", "a"),
        Link("ftp://x.org", "b"),
        Link("https://x.org", "https://x.org"),
    )
    buttons = (LinkButton("a", "javascript:alert(1)"), LinkButton("b", "https://x.org"))
    [page] = shown(Card(parts=(Text(links), Buttons((), buttons))))
    kinds = [element["type"] for element in page.blocks[0]["elements"][0]["elements"]]
    assert kinds == ["text", "text", "link"]
    assert [button["url"] for button in page.blocks[1]["elements"]] == ["https://x.org"]


def test_what_a_button_carries_comes_back() -> None:
    button = Button(
        "Go", "channel.ask", {"id": 7, "tags": ("a", "b"), "word": "ümlaut", "none": None}, community=9
    )
    [page] = shown(Card(parts=(Buttons((button,)),)), community=5)
    asked = decode_button(page.blocks[0]["elements"][0]["value"])
    assert asked == ButtonPayload(
        "channel.ask", {"id": 7, "tags": ["a", "b"], "word": "ümlaut", "none": None}, 9
    )


def test_a_button_that_would_carry_too_much_is_left_out_with_a_word() -> None:
    [page] = shown(
        Card(parts=(Buttons((Button("Go", "a.b", {"note": "x" * 2_000}), Button("Stay", "a.b"))),))
    )
    assert [button["text"]["text"] for button in page.blocks[0]["elements"]] == ["Stay"]
    assert words(page.blocks[1]) == BUTTON_TOO_LONG


def test_many_buttons_options_items_and_paragraphs_are_all_shown() -> None:
    card = Card(
        "Many",
        (
            Buttons(tuple(Button(f"b{n}.", "a.b", {"n": n}) for n in range(60))),
            Menu("Which", "a.b", "f", tuple(Option(str(n), f"o{n}.") for n in range(250))),
            Items(tuple(Item(text(f"i{n}."), buttons=(Button(f"x{n}.", "a.b"),)) for n in range(80))),
            *(text(f"p{n}.") for n in range(120)),
        ),
    )
    found = shown(card)
    assert len(found) > 5
    said = "".join(words(page.blocks) for page in found)
    wanted = [f"b{n}." for n in range(60)] + [f"o{n}." for n in range(250)]
    wanted += [f"{kind}{n}." for kind in "ix" for n in range(80)] + [f"p{n}." for n in range(120)]
    assert [one for one in wanted if one not in said] == []


@given(
    st.lists(st.text(alphabet="ab \n\u0301😀é", min_size=1, max_size=6), min_size=1, max_size=20),
    st.integers(1, 900),
)
def test_a_long_text_is_parted_and_nothing_is_lost(pieces: list[str], times: int) -> None:
    whole = "".join(pieces) * times
    said = "".join(words(page.blocks) for page in shown(Card(parts=(text(whole),))))
    assert said == whole


def test_a_letter_keeps_its_marks_where_a_text_is_parted() -> None:
    whole = "e\u0301" * 30_000
    for page in shown(Card(parts=(text(whole),))):
        for block in page.blocks:
            assert words(block).startswith("e")
            assert words(block).endswith("\u0301")


def test_a_letter_with_endless_marks_is_parted_all_the_same() -> None:
    whole = "a" + "\u0301" * 50_000
    assert "".join(words(page.blocks) for page in shown(Card(parts=(text(whole),)))) == whole


def test_long_items_are_shown_whole() -> None:
    whole = "word " * 3_000
    found = shown(
        Card(parts=(Items((Item(text(whole), text("quiet"), (Button("Go", "a.b"),)), Item(text("next")))),))
    )
    assert "".join(words(page.blocks) for page in found) == whole + "\nquietGonext"


def test_a_view_says_so_where_it_cannot_show_everything() -> None:
    card = Card(parts=tuple(text(f"p{n}.") for n in range(150)))
    page = view_page(RenderableCard(card), overflow_note="There is more.")
    assert len(page.blocks) == limits.BLOCKS_IN_VIEW
    assert words(page.blocks[-1]) == "There is more."


def test_a_picture_waits_for_its_file_and_leaves_its_words_without() -> None:
    [page] = message_pages(RenderableCard(Card("Chart", (Picture(a_png(), "Rising"),))))
    assert page.with_files({1: "F9"}).blocks[1] == {
        "type": "image",
        "alt_text": "Rising",
        "slack_file": {"id": "F9"},
    }
    assert words(page.without_pictures().blocks[1]) == "Picture: Rising"


def test_a_notification_is_a_glimpse_that_pings_nobody() -> None:
    said = notification_text(
        RenderableCard(Card("Hi", (text("<!channel> " + "x" * 1_000), Picture(a_png(), "Chart"))))
    )
    assert said.startswith("Hi &lt;!channel&gt; xxx")
    assert said.endswith("…")
    assert notification_text(RenderableCard(Card())) == "A message from your community"


def test_an_empty_card_is_one_message() -> None:
    assert len(message_pages(RenderableCard(Card()))) == 1
    assert json.dumps(message_pages(RenderableCard(Card(parts=(Text(),))))[0].blocks) == "[]"
