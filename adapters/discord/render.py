"""Cards as messages: a container of components, which is also what carries a tone's colour.

Components (Discord's “v2”) and not embeds, for three reasons. Everything said is shown in its order, with a
button beside the line it belongs to. Nothing typed is ever unfurled or turned into an embed of its own. And
each component keeps the `id` it was given, by which a delivery in doubt is found again (`ids.mark_of`).

What does not fit one message is split into several, at the borders of parts where that is possible.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, assert_never

import discord
from discord import ui

from adapters.discord.ids import Ids, Press, Shelf
from adapters.discord.limits import (
    ALT_TEXT,
    BUTTON_LABEL,
    BUTTON_URL,
    MENU_OPTIONS,
    MESSAGE_COMPONENTS,
    MESSAGE_TEXT,
    OPTION_LABEL,
    PLACEHOLDER,
    ROW_BUTTONS,
    shortened,
    size,
)
from adapters.discord.markdown import address, one_line, pieces
from facilitation.core.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Fields,
    Item,
    Items,
    LinkButton,
    Menu,
    Option,
    Part,
    Picture,
    Plain,
    Small,
    Text,
    Tone,
    mentioned_in,
)
from facilitation.core.surface import Spoken

COLOURS: dict[Tone, int | None] = {"plain": None, "good": 0x2F9E44, "careful": 0xE8590C}
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
_LINE = MESSAGE_TEXT - 200
"""Characters of the longest stretch of text, with room for what stands before and behind it."""


@dataclass(frozen=True)
class Page:
    """One message: its components, its pictures, and the handles of whom it notifies."""

    blocks: tuple["Block", ...]
    colour: int | None
    pictures: tuple[Picture, ...] = ()
    mentions: tuple[str, ...] = ()

    def with_button(self, button: ui.Button[Any]) -> "Page":
        """The same with one more button at its end."""
        return replace(self, blocks=(*self.blocks, Block(row=(button,))))

    def container(self, mark: int | None = None) -> ui.Container[Any]:
        """The components, with `mark` as the number of the outermost."""
        return ui.Container(*(block.item() for block in self.blocks), accent_colour=self.colour, id=mark)

    def files(self) -> list[discord.File]:
        """The pictures as attachments; Discord shows the description to whoever cannot see them."""
        return [
            discord.File(io.BytesIO(one.png), f"picture-{n}.png", description=one.alt[:ALT_TEXT] or None)
            for n, one in enumerate(self.pictures)
        ]


@dataclass(frozen=True)
class Block:
    """One component of a page: how much it takes, and how it is made."""

    text: str = ""
    button: ui.Button[Any] | None = None
    row: tuple[ui.Button[Any] | ui.Select[Any], ...] = ()
    picture: Picture | None = None
    number: int = 0

    @property
    def components(self) -> int:
        """How many components it counts for."""
        return 3 if self.button else 1 + len(self.row) + (self.picture is not None)

    def item(self) -> ui.Item[Any]:
        """The component itself."""
        if self.button is not None:
            return ui.Section(ui.TextDisplay(self.text), accessory=self.button)
        if self.text:
            return ui.TextDisplay(self.text)
        if self.row:
            return ui.ActionRow(*self.row)
        if self.picture is not None:
            alt = self.picture.alt[:ALT_TEXT] or None
            shown = discord.MediaGalleryItem(f"attachment://picture-{self.number}.png", description=alt)
            return ui.MediaGallery(shown)
        return ui.Separator()


def pages(spoken: Spoken, kept: Shelf[Press], guild: str = "") -> list[Page]:
    """A card as messages, none for an empty one; `guild` goes with its buttons in direct messages."""
    writer = _Writer(spoken, kept, guild)
    return _packed(writer.blocks(), spoken)


class _Writer:
    """Turns the parts of one card into blocks."""

    def __init__(self, spoken: Spoken, kept: Shelf[Press], guild: str) -> None:
        self._spoken = spoken
        self._ids = Ids(kept)
        self._guild = guild

    def blocks(self) -> Iterator[Block]:
        """The card from top to bottom."""
        card = self._spoken.card
        if card.title.strip():
            title = Text((Plain(" ".join(card.title.split())),))
            yield from self._words(title, before="## ")
        for part in card.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Block]:
        match part:
            case Text():
                yield from self._words(part)
            case Small():
                yield from self._words(part.text, before="-# ", newline="\n-# ")
            case Fields():
                for row in part.rows:
                    yield from self._words(row.value, before=f"**{one_line(row.label)}:** ")
            case Items():
                for item in part.items:
                    yield from self._item(item)
            case Divider():
                yield Block()
            case Picture():
                yield Block(picture=part)
                if len(part.alt) > ALT_TEXT:
                    yield from self._words(Text((Plain(part.alt),)), before="-# ", newline="\n-# ")
            case Buttons():
                yield from self._buttons(part)
            case Menu():
                yield from self._menu(part)
            case _:
                assert_never(part)

    def _words(self, text: Text, before: str = "", newline: str = "\n") -> Iterator[Block]:
        room = _LINE - size(before)
        for n, piece in enumerate(pieces(text, self._spoken, room, newline)):
            shown = (before if n == 0 or before in ("-# ", "## ") else "") + piece
            yield Block(shown if piece.strip() else "\u200b")

    def _item(self, item: Item) -> Iterator[Block]:
        lines = [block.text for block in self._words(item.text, "- ", "\n  ")]
        lines += [block.text for block in self._words(item.detail, "-# ", "\n-# ")]
        together = "\n".join(lines)
        shown = [together] if size(together) <= _LINE else lines
        *above, last = shown or ["\u200b"]
        yield from (Block(line) for line in above)
        if len(item.buttons) == 1:
            yield Block(last, button=self._button(item.buttons[0]))
        else:
            yield Block(last)
            yield from self._rows([self._button(button) for button in item.buttons])

    def _buttons(self, part: Buttons) -> Iterator[Block]:
        shown = [self._button(button) for button in part.buttons]
        for link in part.links:
            url = address(link.url)
            if url is not None and len(url) <= BUTTON_URL:
                shown.append(ui.Button(label=shortened(link.label, BUTTON_LABEL), url=url))
            else:
                yield from self._words(_as_text(link))
        yield from self._rows(shown)

    def _rows(self, buttons: list[ui.Button[Any]]) -> Iterator[Block]:
        for start in range(0, len(buttons), ROW_BUTTONS):
            yield Block(row=tuple(buttons[start : start + ROW_BUTTONS]))

    def _button(self, button: Button) -> ui.Button[Any]:
        community = button.community or self._spoken.community
        press = Press(button.ask, dict(button.args), community, self._guild)
        label = shortened(button.label, BUTTON_LABEL)
        return ui.Button(label=label, style=_STYLES[button.style], custom_id=self._ids.of(press))

    def _menu(self, menu: Menu) -> Iterator[Block]:
        press = Press(menu.ask, dict(menu.args), self._spoken.community, self._guild, menu.field)
        for start in range(0, len(menu.options), MENU_OPTIONS):
            options = menu.options[start : start + MENU_OPTIONS]
            select: ui.Select[Any] = ui.Select(
                placeholder=shortened(menu.label, PLACEHOLDER),
                options=choices(options),
                custom_id=self._ids.of(press),
                required=False,  # which only a form may ask
            )
            yield Block(row=(select,))


def choices(options: Iterable[Option], chosen: object = None) -> list[discord.SelectOption]:
    """Options of a menu."""
    return [
        discord.SelectOption(
            label=shortened(one.label, OPTION_LABEL), value=one.value, default=one.value == chosen
        )
        for one in options
    ]


def _as_text(link: LinkButton) -> Text:
    return Text((Plain(f"{link.label}: {link.url}"),))


def _packed(blocks: Iterator[Block], spoken: Spoken) -> list[Page]:
    """Blocks into as few messages as will take them, in their order."""
    packed: list[list[Block]] = [[]]
    text, components = 0, 1
    for block in blocks:
        text += size(block.text)
        components += block.components
        if packed[-1] and (text > MESSAGE_TEXT or components > MESSAGE_COMPONENTS):
            packed.append([])
            text, components = size(block.text), 1 + block.components
        packed[-1].append(block)
    return [_page(blocks, spoken) for blocks in packed if blocks]


def _page(blocks: list[Block], spoken: Spoken) -> Page:
    card: Card = spoken.card
    pictures = [block.picture for block in blocks if block.picture is not None]
    numbered: list[Block] = []
    for block in blocks:
        number = sum(one.picture is not None for one in numbered)
        numbered.append(replace(block, number=number))
    handles = {spoken.people[member].handle for member in mentioned_in(card) if member in spoken.people}
    shown = "".join(block.text for block in blocks)
    mentions = sorted(handle for handle in handles if handle.isdigit() and f"<@{handle}>" in shown)
    return Page(tuple(numbered), COLOURS[card.tone], tuple(pictures), tuple(mentions))
