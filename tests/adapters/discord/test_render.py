"""A card becomes as many messages as it needs, each within Discord's limits."""

from typing import Any

import pytest

from adapters.discord.custom_ids import ButtonPayload, TokenCache
from adapters.discord.limits import CUSTOM_ID, MESSAGE_COMPONENTS, MESSAGE_FILES, MESSAGE_TEXT, size
from adapters.discord.render import Page, message_pages
from facilitation.core.platforms.surface import Person, RenderableCard
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    File,
    Item,
    Items,
    LinkButton,
    Mention,
    Menu,
    Option,
    Picture,
    Plain,
    Small,
    Text,
)
from tests.adapters.contract.puppet import PARTS, renderable
from tests.adapters.discord.reading import lines_of

LONG = "a\u0301\u0302* @everyone " * 2_000
CARDS = {
    **PARTS,
    "many paragraphs": Card("Title", tuple(Text((Plain(f"paragraph {n}"),)) for n in range(120))),
    "many buttons": Card(
        parts=(Buttons(tuple(Button(f"{n}", "puppet.press", {"n": n}) for n in range(60))),)
    ),
    "same buttons": Card(parts=(Buttons(tuple(Button("Yes", "puppet.press") for _ in range(30))),)),
    "many items": Card(
        parts=(
            Items(
                tuple(
                    Item(
                        Text((Plain(f"{n} {'x' * 150}"),)),
                        Text((Plain("y"),)),
                        (Button("Go", "puppet.press", {"n": n}),),
                    )
                    for n in range(60)
                )
            ),
        )
    ),
    "long everywhere": Card(
        LONG,
        (
            Text((Plain(LONG, "bold"),)),
            Small(Text((Plain("\n" * 9_000 + LONG),))),
            Fields((Field(LONG[:500], Text((Plain(LONG),))),)),
            Items((Item(Text((Plain(LONG),)), Text((Plain(LONG),)), (Button("Go", "puppet.press"),)),)),
            Buttons((Button("z" * 300, "puppet.press", {"long": "w" * 300}),)),
        ),
    ),
    "many options": Card(
        parts=(Menu("Which?", "puppet.choose", "one", tuple(Option(f"{n}", "o" * 200) for n in range(60))),)
    ),
    "long picture": Card(parts=(Picture(b"png", "alt " * 600),)),
    "many files": Card(parts=tuple(File("same.csv", b"%d" % n, "A table") for n in range(25))),
    "pictures and files": Card(parts=(Picture(b"png", "One"), File("picture.png", b"png", "Two")) * 20),
    "bad links": Card(
        parts=(
            Buttons((), (LinkButton("Old", "ftp://x"), LinkButton("Far", "https://a.example/" + "x" * 600))),
        )
    ),
}


def shown(card: Card) -> list[Page]:
    return message_pages(renderable(card), TokenCache())


def flat(component: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [
        *component.get("components", ()),
        *([component["accessory"]] if "accessory" in component else ()),
    ]
    return [component, *(deeper for one in inner for deeper in flat(one))]


def attached(found: list[dict[str, Any]]) -> list[str]:
    """The names of the attachments that components show, from top to bottom."""
    media = [item["media"] for one in found for item in one.get("items", ({"media": one.get("file")},))]
    return [one["url"].removeprefix("attachment://") for one in media if one]


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_message_fits(card: Card) -> None:
    for page in shown(card):
        found = flat(page.container(7).to_component_dict())
        ids = [one["custom_id"] for one in found if "custom_id" in one]
        names = [file.filename for file in page.files()]
        assert len(found) <= MESSAGE_COMPONENTS
        assert len(names) == len(set(names)) <= MESSAGE_FILES
        assert names == attached(found)
        assert sum(size(one.get("content", "")) for one in found) <= MESSAGE_TEXT
        assert all(one["content"].strip() for one in found if one["type"] == 10)
        assert len(ids) == len(set(ids))
        assert all(size(one) <= CUSTOM_ID for one in ids)
        assert all(0 < len(one["label"]) <= 80 for one in found if one["type"] == 2)
        assert all(0 < len(one["options"]) <= 25 for one in found if one["type"] == 3)


@pytest.mark.parametrize("name", ["many paragraphs", "many items", "long everywhere"])
def test_what_does_not_fit_one_message_is_in_the_next(name: str) -> None:
    found = shown(CARDS[name])
    lines = [line for page in found for line in lines_of([page.container().to_component_dict()], {}, "UTC")]
    assert len(found) > 1
    if name == "many paragraphs":
        assert lines == ["# Title", *(f"paragraph {n}" for n in range(120))]
    if name == "many items":
        assert [line.split()[1] for line in lines] == [str(n) for n in range(60)]
    if name == "long everywhere":
        assert "".join(lines).count("\u0301") == 6 * 2_000 + LONG[:500].count("\u0301")


def test_an_empty_card_is_no_message() -> None:
    assert shown(Card()) == []


def test_only_who_is_mentioned_in_a_message_is_notified_by_it() -> None:
    long = Text((Plain("x" * 3_700),))
    card = Card(parts=(Text((Mention(1),)), long, Text((Mention(3), Plain("y" * 400)))))
    found = message_pages(
        RenderableCard(card, {1: Person("Ana", "111"), 3: Person("Chi", "333")}),
        TokenCache(),
    )
    assert [page.mentions for page in found] == [("111",), ("333",)]


def test_a_name_notifies_nobody() -> None:
    assert shown(PARTS["name"])[0].mentions == ()


def test_tones_have_colours() -> None:
    colours = [page.colour for name in ("text", "good", "careful") for page in shown(PARTS[name])]
    assert len(set(colours)) == 3
    assert colours[0] is None


def test_a_picture_is_an_attachment_with_its_words() -> None:
    page = shown(PARTS["picture"])[0]
    assert [file.description for file in page.files()] == ["Messages per week, rising"]
    gallery = page.container().to_component_dict()["components"][1]
    assert gallery["items"][0]["media"]["url"] == f"attachment://{page.files()[0].filename}"


def test_words_of_a_picture_that_are_too_long_stand_beneath_it() -> None:
    page = shown(CARDS["long picture"])[0]
    assert page.blocks[1].text.count("alt") == 600


def test_a_file_is_an_attachment_that_counts_as_one_component() -> None:
    page = shown(PARTS["file"])[0]
    (file,) = page.files()
    component = page.container().to_component_dict()["components"][1]
    assert (file.filename, file.fp.read()) == ("export.json", b'{"a": 1}\n')
    assert (component["type"], component["file"]["url"]) == (13, "attachment://export.json")
    assert [block.components for block in page.blocks] == [1, 1]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("My café list.csv", "My-cafe-list.csv"),
        ("SPOILER_spoiler_end.txt", "end.txt"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本.json", "file.json"),
        ("", "file"),
        (".env", "file.env"),
        ("two\nlines.tar.gz", "two-lines.tar.gz"),
        ("x" * 300 + ".json", "x" * 95 + ".json"),
    ],
)
def test_a_file_has_a_name_that_discord_leaves_as_it_is(name: str, safe: str) -> None:
    (file,) = shown(Card(parts=(File(name, b"1", "One"),)))[0].files()
    assert (file.filename, file.spoiler) == (safe, False)


def test_files_of_one_name_are_told_apart() -> None:
    same = tuple(File(name, b"1", "One") for name in ("a.csv", "1-a.csv", "a.csv", "a.csv"))
    (page,) = shown(Card(parts=same))
    assert [file.filename for file in page.files()] == ["a.csv", "1-a.csv", "2-a.csv", "3-a.csv"]


def test_a_button_in_a_direct_message_names_the_server() -> None:
    kept: TokenCache[ButtonPayload] = TokenCache()
    page = message_pages(renderable(PARTS["buttons"]), kept, "112233445566778899")[0]
    assert "@" in flat(page.container().to_component_dict())[3]["custom_id"]
