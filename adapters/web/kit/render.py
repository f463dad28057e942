"""Renders cards as elements of the page.

Text is never parsed as HTML or Markdown, and only http and https URLs become links.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never
from zoneinfo import ZoneInfo

from nicegui import ui

from adapters.web.kit import formatting
from adapters.web.kit.elements import box, push_button, text_element
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
from facilitation.core.values.links import is_web_address

OnPress = Callable[[Button], Awaitable[None]]
OnChoose = Callable[[Menu, str], Awaitable[None]]


async def _do_nothing(*_: object) -> None:
    """Ignore a press or choice; the default, for cards that are only displayed."""


@dataclass(frozen=True)
class RenderContext:
    """The reader of a card, and the data for showing names, times and buttons to them.

    `handle` is the reader's own handle and `zone` their time zone. `people` maps member ids to persons, and
    `places` maps handles of channels to their names. `on_press` and `on_choose` are called when the reader
    presses a button or chooses an option, given by its value. `open_place` is called with the handle of a
    channel and the id of a message in it, or "" for none; if it is None, channel names are plain text.
    """

    handle: str
    zone: ZoneInfo
    people: Mapping[int, Person] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    on_press: OnPress = _do_nothing
    on_choose: OnChoose = _do_nothing
    open_place: Callable[[str, str], None] | None = None


def show_card(card: Card, context: RenderContext) -> ui.element:
    """Add a card to the page; returns its element."""
    with box("section", f"card tone-{card.tone}", aria_label=card.title or None) as element:
        if card.title:
            text_element(card.title, "h3", "card-title")
        for part in card.parts:
            show_part(part, context)
    return element


def show_part(part: Part, context: RenderContext) -> None:
    """Add one part of a card."""
    match part:
        case Text():
            show_text(part, context, "p", "card-text")
        case Small():
            show_text(part.text, context, "p", "card-small")
        case Fields():
            with box("dl", "card-fields"):
                for row in part.rows:
                    _show_field(row, context)
        case Items():
            with box("ul", "card-items"):
                for item in part.items:
                    _show_item(item, context)
        case Divider():
            box("hr", "card-line")
        case Picture():
            source = "data:image/png;base64," + base64.b64encode(part.png).decode()
            box("img", "card-picture", src=source, alt=part.alt)
        case File():
            _show_file(part)
        case Buttons():
            with box("div", "card-buttons"):
                _show_buttons(part.buttons, part.links, context)
        case Menu():
            _show_menu(part, context)
        case _:
            assert_never(part)


def show_text(text: Text, context: RenderContext, tag: str = "span", classes: str = "") -> None:
    """Add a text as one element; its line breaks are preserved."""
    with box(tag, f"rich-text {classes}"):
        for span in text.spans:
            show_span(span, context)


def show_span(span: Span, context: RenderContext) -> None:
    """Add one span of a text."""
    match span:
        case Plain():
            tag = {"plain": "span", "bold": "strong", "italic": "em", "code": "code"}[span.style]
            text_element(span.text, tag)
        case Link():
            show_link(span.url, span.label)
        case Name():
            text_element(_name(span.member, context), "span", "name")
        case Mention():
            person = context.people.get(span.member)
            show_mention(
                _name(span.member, context), is_reader=person is not None and person.handle == context.handle
            )
        case PlaceRef():
            show_channel(span.handle, context, span.message)
        case Moment():
            text_element(
                formatting.moment(span.at, context.zone, span.form),
                "time",
                "moment",
                datetime=span.at.isoformat(),
                title=formatting.full_moment(span.at, context.zone),
            )
        case Emoji():
            show_emoji(span.name)
        case _:
            assert_never(span)


def show_emoji(name: str) -> None:
    """Add an emoji, given by its short name; one without a known character is shown as `:name:`."""
    character = formatting.emoji(name)
    if character == f":{name}:":
        text_element(character)
    else:
        text_element(character, "span", "emoji", role="img", aria_label=name.replace("_", " "))


def _name(member: int, context: RenderContext) -> str:
    person = context.people.get(member)
    return person.name if person and person.name else "someone"


def show_mention(name: str, *, is_reader: bool) -> None:
    """Add a mention of a person, highlighted if it is the reader."""
    text_element(f"@{name}", "span", "mention mention-me" if is_reader else "mention")


def show_link(url: str, label: str) -> None:
    """Add a link; if its URL is not http or https, its label and URL are shown as text."""
    if is_web_address(url):
        text_element(
            label or url,
            "a",
            "link",
            href=url,
            target="_blank",
            rel="noopener noreferrer nofollow",
            title=url,
        )
    else:
        text_element(label if label == url or not url else f"{label} ({url})")


def show_channel(handle: str, context: RenderContext, message: str = "") -> None:
    """Add the name of a channel; pressing it opens the channel, at `message` if that id is not empty."""
    name, open_place = f"#{context.places.get(handle, handle)}", context.open_place
    if open_place is None:
        text_element(name, "span", "channel-name")
    else:
        title = f"Go to the message in {name}" if message else f"Go to {name}"
        push_button(name, lambda: open_place(handle, message), "channel-name", title=title)


def _show_field(row: Field, context: RenderContext) -> None:
    with box("div", "card-field"):
        text_element(row.label, "dt")
        show_text(row.value, context, "dd")


def _show_item(item: Item, context: RenderContext) -> None:
    with box("li", "card-item"):
        with box("div", "card-item-body"):
            show_text(item.text, context, "div", "card-item-text")
            if item.detail:
                show_text(item.detail, context, "div", "card-item-detail")
        if item.buttons:
            with box("div", "card-item-buttons"):
                _show_buttons(item.buttons, (), context, small=True)


def _show_file(file: File) -> None:
    # Every file is sent as application/octet-stream, which browsers save and never render as a page.
    source = "data:application/octet-stream;base64," + base64.b64encode(file.data).decode()
    classes = "button card-file"
    text_element(f"Download {file.name}", "a", classes, href=source, download=file.name, title=file.words)


def _show_buttons(
    buttons: tuple[Button, ...], links: tuple[LinkButton, ...], context: RenderContext, *, small: bool = False
) -> None:
    for button in buttons:
        _show_button(button, context, "button-small" if small else "")
    for link in links:
        # A link button with another scheme, such as javascript:, is omitted.
        if is_web_address(link.url):
            text_element(
                link.label,
                "a",
                "button button-link",
                href=link.url,
                target="_blank",
                rel="noopener noreferrer",
            )


def _show_button(button: Button, context: RenderContext, classes: str) -> None:
    async def press() -> None:
        element.props["disabled"] = True
        element.classes(add="is-busy")
        try:
            await context.on_press(button)
        finally:
            if not element.is_deleted:
                element.props.pop("disabled", None)
                element.classes(remove="is-busy")

    element = push_button(button.label, press, f"button button-{button.style} {classes}")


def _show_menu(menu: Menu, context: RenderContext) -> None:
    async def choose(value: object) -> None:
        if value is None:
            return
        select.value = None  # otherwise, choosing the same option again would not count as a change
        await context.on_choose(menu, str(value))

    with box("label", "card-menu"):
        text_element(menu.label, "span", "card-menu-label")
        options = {option.value: option.label for option in menu.options}
        select = ui.select(options, on_change=lambda event: choose(event.value))
        select.props["aria-label"] = menu.label
        select.props["display-value"] = "Choose…"
        select.props("outlined dense options-dense behavior=menu").classes("choice")
