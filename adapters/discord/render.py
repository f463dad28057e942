"""Renders cards as messages: a container of components, whose accent colour shows the tone.

Components (“v2”) rather than embeds, for three reasons. Everything is shown in order, with a button beside
the line it belongs to. Nothing that people typed is unfurled. And each component keeps its `id`, by
which a delivery in doubt is looked up (`custom_ids.component_id`).

A card that does not fit one message is split into several messages, between parts where possible.
"""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any, assert_never

import discord
from discord import ui

from adapters.discord.custom_ids import ButtonPayload, CustomIds, TokenCache
from adapters.discord.limits import (
    ALT_TEXT,
    BUTTON_LABEL,
    BUTTON_URL,
    FILE_NAME,
    MENU_OPTIONS,
    MESSAGE_COMPONENTS,
    MESSAGE_FILES,
    MESSAGE_TEXT,
    OPTION_LABEL,
    PLACEHOLDER,
    ROW_BUTTONS,
    shortened,
    size,
)
from adapters.discord.markdown import link_address, one_line, split_markdown
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Fields,
    File,
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

COLOURS: dict[Tone, int | None] = {"plain": None, "good": 0x2F9E44, "careful": 0xE8590C}
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
_MAX_COMPONENT_TEXT = MESSAGE_TEXT - 200
"""The longest text of one component, with room for prefixes."""
_UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9._-]+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,9}\Z")
_BAD_START = re.compile(r"^(?:SPOILER_|[._-])+", re.IGNORECASE)
"""What must not begin a file's name: a dot hides the file, and `SPOILER_` blurs it."""


@dataclass(frozen=True)
class Page:
    """One message: its components, and the handles of the people that it notifies."""

    blocks: tuple["Block", ...]
    colour: int | None
    mentions: tuple[str, ...] = ()

    def with_button(self, button: ui.Button[Any]) -> "Page":
        """The page with one more button at its end."""
        return replace(self, blocks=(*self.blocks, Block(row=(button,))))

    def container(self, container_id: int | None = None) -> ui.Container[Any]:
        """The page as a container."""
        return ui.Container(
            *(block.item() for block in self.blocks), accent_colour=self.colour, id=container_id
        )

    def files(self) -> list[discord.File]:
        """Pictures and files as attachments; new ones each time, because discord.py reads each only once."""
        attachments = (block.attachment() for block in self.blocks)
        return [file for file in attachments if file is not None]


@dataclass(frozen=True)
class Block:
    """One top-level component of a page, with what counts towards Discord's limits."""

    text: str = ""
    button: ui.Button[Any] | None = None
    row: tuple[ui.Button[Any] | ui.Select[Any], ...] = ()
    attached: Picture | File | None = None
    name: str = ""
    """The name of the attachment, unique within its page."""

    @property
    def components(self) -> int:
        """As how many components Discord counts it, nested ones included."""
        return 3 if self.button else 1 + len(self.row) + isinstance(self.attached, Picture)

    def item(self) -> ui.Item[Any]:
        """The component."""
        if self.button is not None:
            return ui.Section(ui.TextDisplay(self.text), accessory=self.button)
        if self.text:
            return ui.TextDisplay(self.text)
        if self.row:
            return ui.ActionRow(*self.row)
        match self.attached:
            case Picture():
                alt = self.attached.alt[:ALT_TEXT] or None
                return ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{self.name}", description=alt))
            case File():
                return ui.File(f"attachment://{self.name}")
            case None:
                return ui.Separator()

    def attachment(self) -> discord.File | None:
        """The attachment that it shows, with a description for screen readers."""
        match self.attached:
            case Picture(png, alt):
                return _attachment(png, self.name, alt)
            case File(_, data, description):
                return _attachment(data, self.name, description)
            case None:
                return None


def message_pages(
    renderable: RenderableCard, payloads: TokenCache[ButtonPayload], guild: str = ""
) -> list[Page]:
    """A card as messages, none for an empty card. For a direct message, `guild` is added to its buttons."""
    renderer = _Renderer(renderable, payloads, guild)
    return _pack(renderer.blocks(), renderable)


class _Renderer:
    """Renders the parts of one card as blocks."""

    def __init__(self, renderable: RenderableCard, payloads: TokenCache[ButtonPayload], guild: str) -> None:
        self._renderable = renderable
        self._ids = CustomIds(payloads)
        self._guild = guild

    def blocks(self) -> Iterator[Block]:
        """The blocks of the card, from top to bottom."""
        card = self._renderable.card
        if card.title.strip():
            title = Text((Plain(" ".join(card.title.split())),))
            yield from self._text_blocks(title, before="## ")
        for part in card.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Block]:
        match part:
            case Text():
                yield from self._text_blocks(part)
            case Small():
                yield from self._text_blocks(part.text, before="-# ", newline="\n-# ")
            case Fields():
                for row in part.rows:
                    yield from self._text_blocks(row.value, before=f"**{one_line(row.label)}:** ")
            case Items():
                for item in part.items:
                    yield from self._item(item)
            case Divider():
                yield Block()
            case Picture():
                yield Block(attached=part)
                if len(part.alt) > ALT_TEXT:
                    yield from self._text_blocks(Text((Plain(part.alt),)), before="-# ", newline="\n-# ")
            case File():
                yield Block(attached=part)
            case Buttons():
                yield from self._buttons(part)
            case Menu():
                yield from self._menu(part)
            case _:
                assert_never(part)

    def _text_blocks(self, text: Text, before: str = "", newline: str = "\n") -> Iterator[Block]:
        limit = _MAX_COMPONENT_TEXT - size(before)
        for n, piece in enumerate(split_markdown(text, self._renderable, limit, newline)):
            shown = (before if n == 0 or before in ("-# ", "## ") else "") + piece
            yield Block(shown if piece.strip() else "\u200b")

    def _item(self, item: Item) -> Iterator[Block]:
        lines = [block.text for block in self._text_blocks(item.text, "- ", "\n  ")]
        lines += [block.text for block in self._text_blocks(item.detail, "-# ", "\n-# ")]
        together = "\n".join(lines)
        shown = [together] if size(together) <= _MAX_COMPONENT_TEXT else lines
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
            url = link_address(link.url)
            if url is not None and len(url) <= BUTTON_URL:
                shown.append(ui.Button(label=shortened(link.label, BUTTON_LABEL), url=url))
            else:
                yield from self._text_blocks(_as_text(link))
        yield from self._rows(shown)

    def _rows(self, buttons: list[ui.Button[Any]]) -> Iterator[Block]:
        for start in range(0, len(buttons), ROW_BUTTONS):
            yield Block(row=tuple(buttons[start : start + ROW_BUTTONS]))

    def _button(self, button: Button) -> ui.Button[Any]:
        community = button.community or self._renderable.community
        payload = ButtonPayload(button.command, dict(button.args), community, self._guild)
        label = shortened(button.label, BUTTON_LABEL)
        return ui.Button(label=label, style=_STYLES[button.style], custom_id=self._ids.id_for(payload))

    def _menu(self, menu: Menu) -> Iterator[Block]:
        payload = ButtonPayload(
            menu.command, dict(menu.args), self._renderable.community, self._guild, menu.field
        )
        for start in range(0, len(menu.options), MENU_OPTIONS):
            options = menu.options[start : start + MENU_OPTIONS]
            select: ui.Select[Any] = ui.Select(
                placeholder=shortened(menu.label, PLACEHOLDER),
                options=select_options(options),
                custom_id=self._ids.id_for(payload),
                required=False,  # only a form may require a choice
            )
            yield Block(row=(select,))


def select_options(options: Iterable[Option], chosen: object = None) -> list[discord.SelectOption]:
    """The options of a menu."""
    return [
        discord.SelectOption(
            label=shortened(one.label, OPTION_LABEL), value=one.value, default=one.value == chosen
        )
        for one in options
    ]


def _as_text(link: LinkButton) -> Text:
    return Text((Plain(f"{link.label}: {link.url}"),))


def _pack(blocks: Iterator[Block], renderable: RenderableCard) -> list[Page]:
    """Pack blocks into as few messages as possible, in order."""
    packed: list[list[Block]] = [[]]
    text, components, files = 0, 1, 0
    for block in blocks:
        text += size(block.text)
        components += block.components
        files += block.attached is not None
        if packed[-1] and (text > MESSAGE_TEXT or components > MESSAGE_COMPONENTS or files > MESSAGE_FILES):
            packed.append([])
            text, components, files = size(block.text), 1 + block.components, block.attached is not None
        packed[-1].append(block)
    return [_page(blocks, renderable) for blocks in packed if blocks]


def _page(blocks: list[Block], renderable: RenderableCard) -> Page:
    card: Card = renderable.card
    named: list[Block] = []
    for block in blocks:
        taken = [one.name for one in named if one.name]
        named.append(block if block.attached is None else replace(block, name=_name(block.attached, taken)))
    handles = {
        renderable.people[member].handle for member in mentioned_in(card) if member in renderable.people
    }
    shown = "".join(block.text for block in blocks)
    mentions = sorted(handle for handle in handles if handle.isdigit() and f"<@{handle}>" in shown)
    return Page(tuple(named), COLOURS[card.tone], tuple(mentions))


def _attachment(data: bytes, name: str, description: str) -> discord.File:
    return discord.File(io.BytesIO(data), name, description=description[:ALT_TEXT] or None)


def _name(attached: Picture | File, taken: list[str]) -> str:
    """A name for an attachment, unique and in safe characters: components refer to attachments by name."""
    name = "picture.png" if isinstance(attached, Picture) else _safe(attached.name)
    others = (f"{n}-{name}" for n in count(len(taken)))
    return next(one for one in chain([name], others) if one not in taken)


def _safe(name: str) -> str:
    """A file's name in characters that Discord does not change; its extension is kept."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = _UNSAFE_CHARACTERS.sub("-", ascii_only)
    extension = "".join(_EXTENSION.findall(safe))
    stem = _BAD_START.sub("", safe.removesuffix(extension))
    return (stem[: FILE_NAME - len(extension)] or "file") + extension
