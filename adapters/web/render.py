"""Cards and typed text as elements of the page.

One `match` each for spans and parts. Whatever people typed stays characters: no element made here takes
HTML or Markdown, and only http and https addresses can be followed.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never
from zoneinfo import ZoneInfo

from nicegui import ui

from adapters.web import formatting
from adapters.web.elements import box, push, words
from adapters.web.typed_text import pieces
from facilitation.core.platforms.surface import Person
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
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
    Part,
    Picture,
    PlaceRef,
    Plain,
    Small,
    Span,
    Text,
)

Press = Callable[[Button], Awaitable[None]]
Choose = Callable[[Menu, str], Awaitable[None]]


async def _nothing(*_: object) -> None:
    """What a card does where nobody can press it."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and what is needed to show names, times and buttons to them."""

    handle: str
    zone: ZoneInfo
    people: Mapping[int, Person] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    handles: Mapping[str, str] = field(default_factory=dict)
    """People's names by handle, for mentions that were typed."""
    press: Press = _nothing
    choose: Choose = _nothing
    go: Callable[[str, str], None] | None = None
    """Opens a channel, at a message if one is given."""


def show_card(card: Card, reader: Reader) -> ui.element:
    """A card: its title over its parts."""
    with box("section", f"card tone-{card.tone}", aria_label=card.title or None) as shown:
        if card.title:
            words(card.title, "h3", "card-title")
        for part in card.parts:
            show_part(part, reader)
    return shown


def show_part(part: Part, reader: Reader) -> None:
    """One part of a card."""
    match part:
        case Text():
            show_text(part, reader, "p", "card-text")
        case Small():
            show_text(part.text, reader, "p", "card-small")
        case Fields():
            with box("dl", "card-fields"):
                for row in part.rows:
                    _show_field(row, reader)
        case Items():
            with box("ul", "card-items"):
                for item in part.items:
                    _show_item(item, reader)
        case Divider():
            box("hr", "card-line")
        case Picture():
            source = "data:image/png;base64," + base64.b64encode(part.png).decode()
            box("img", "card-picture", src=source, alt=part.alt)
        case File():
            _show_file(part)
        case Buttons():
            with box("div", "card-buttons"):
                _show_buttons(part.buttons, part.links, reader)
        case Menu():
            _show_menu(part, reader)
        case _:
            assert_never(part)


def show_text(text: Text, reader: Reader, tag: str = "span", classes: str = "") -> None:
    """A text as one element; line breaks within it are kept."""
    with box(tag, f"speech {classes}"):
        for span in text.spans:
            show_span(span, reader)


def show_span(span: Span, reader: Reader) -> None:
    """One span of a text."""
    match span:
        case Plain():
            tag = {"plain": "span", "bold": "strong", "italic": "em", "code": "code"}[span.style]
            words(span.text, tag)
        case Link():
            _show_link(span.url, span.label)
        case Name():
            words(_name(span.member, reader), "span", "name")
        case Mention():
            person = reader.people.get(span.member)
            _show_mention(
                _name(span.member, reader), mine=person is not None and person.handle == reader.handle
            )
        case PlaceRef():
            _show_channel(span.handle, reader, span.message)
        case Moment():
            said = formatting.moment(span.at, reader.zone, span.form)
            words(
                said,
                "time",
                "moment",
                datetime=span.at.isoformat(),
                title=formatting.full_moment(span.at, reader.zone),
            )
        case Emoji():
            show_emoji(span.name)
        case _:
            assert_never(span)


def show_typed(text: str, reader: Reader) -> None:
    """What a person typed: characters, with `code`, addresses, mentions and emoji recognised."""
    for piece in pieces(text):
        match piece.kind:
            case "plain":
                words(piece.text)
            case "code":
                words(piece.text, "code")
            case "link":
                _show_link(piece.of, piece.text)
            case "person":
                name = reader.handles.get(piece.of)
                if name:
                    _show_mention(name, mine=piece.of == reader.handle)
                else:
                    words(piece.text)
            case "channel":
                if piece.of in reader.places:
                    _show_channel(piece.of, reader)
                else:
                    words(piece.text)
            case "emoji":
                show_emoji(piece.of)
            case _:
                assert_never(piece.kind)


def show_emoji(name: str) -> None:
    """An emoji, named for whoever hears the page; its short name in colons where there is no such emoji."""
    drawn = formatting.emoji(name)
    if drawn == f":{name}:":
        words(drawn)
    else:
        words(drawn, "span", "emoji", role="img", aria_label=name.replace("_", " "))


def _name(member: int, reader: Reader) -> str:
    person = reader.people.get(member)
    return person.name if person and person.name else "someone"


def _show_mention(name: str, *, mine: bool) -> None:
    words(f"@{name}", "span", "mention mention-me" if mine else "mention")


def _show_link(url: str, label: str) -> None:
    if url.lower().startswith(("http://", "https://")):
        words(
            label or url,
            "a",
            "link",
            href=url,
            target="_blank",
            rel="noopener noreferrer nofollow",
            title=url,
        )
    else:
        words(label if label == url or not url else f"{label} ({url})")


def _show_channel(handle: str, reader: Reader, message: str = "") -> None:
    name, go = f"#{reader.places.get(handle, handle)}", reader.go
    if go is None:
        words(name, "span", "channel-name")
    else:
        title = f"Go to the message in {name}" if message else f"Go to {name}"
        push(name, lambda: go(handle, message), "channel-name", title=title)


def _show_field(row: Field, reader: Reader) -> None:
    with box("div", "card-field"):
        words(row.label, "dt")
        show_text(row.value, reader, "dd")


def _show_item(item: Item, reader: Reader) -> None:
    with box("li", "card-item"):
        with box("div", "card-item-words"):
            show_text(item.text, reader, "div", "card-item-text")
            if item.detail:
                show_text(item.detail, reader, "div", "card-item-detail")
        if item.buttons:
            with box("div", "card-item-buttons"):
                _show_buttons(item.buttons, (), reader, small=True)


def _show_file(file: File) -> None:
    # application/octet-stream, whatever it holds: a browser saves that and never opens it as a page.
    source = "data:application/octet-stream;base64," + base64.b64encode(file.data).decode()
    classes = "button card-file"
    words(f"Download {file.name}", "a", classes, href=source, download=file.name, title=file.words)


def _show_buttons(
    buttons: tuple[Button, ...], links: tuple[LinkButton, ...], reader: Reader, *, small: bool = False
) -> None:
    for button in buttons:
        _show_button(button, reader, "button-small" if small else "")
    for link in links:
        if link.url.lower().startswith(("http://", "https://")):
            words(
                link.label,
                "a",
                "button button-link",
                href=link.url,
                target="_blank",
                rel="noopener noreferrer",
            )


def _show_button(button: Button, reader: Reader, classes: str) -> None:
    async def press() -> None:
        shown.props["disabled"] = True
        shown.classes(add="is-busy")
        try:
            await reader.press(button)
        finally:
            if not shown.is_deleted:
                shown.props.pop("disabled", None)
                shown.classes(remove="is-busy")

    shown = push(button.label, press, f"button button-{button.style} {classes}")


def _show_menu(menu: Menu, reader: Reader) -> None:
    async def choose(value: object) -> None:
        if value is None:
            return
        select.value = None  # so that the same option can be chosen again
        await reader.choose(menu, str(value))

    with box("label", "card-menu"):
        words(menu.label, "span", "card-menu-label")
        options = {option.value: option.label for option in menu.options}
        select = ui.select(options, on_change=lambda event: choose(event.value))
        select.props["aria-label"] = menu.label
        select.props["display-value"] = "Choose…"
        select.props("outlined dense options-dense behavior=menu").classes("choice")
