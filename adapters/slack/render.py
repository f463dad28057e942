"""Renders cards as Slack blocks, with pure functions. What people typed is never parsed as markup.

Texts become `rich_text`, which needs no escaping. Small print becomes context blocks, which cannot contain
rich text: there mentions, links, channels, dates and emoji are mrkdwn, and everything else is plain text. A
card that does not fit one message continues in the next.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from adapters.markup.slack import escaped
from adapters.slack import limits
from adapters.slack.block_elements import (
    bulleted_list,
    context_block,
    is_linkable,
    mrkdwn_text,
    plain_text,
    rich_text_blocks,
    rich_text_section,
    split_elements,
    text_element,
    truncated,
    url_in_markup,
    visible_length,
)
from adapters.slack.button_payload import ButtonPayload, encode_button
from facilitation.core.platforms.surface import RenderableCard
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Divider,
    Emoji,
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
    Part,
    Picture,
    PlaceRef,
    Plain,
    Small,
    Span,
    Text,
    Tone,
    texts,
)
from facilitation.core.values.speech import plain

Json = dict[str, Any]

TONE_MARKS: dict[Tone, str] = {"plain": "", "good": "✅ ", "careful": "⚠️ "}
"""The characters before a card's title that show its tone."""
DATE_FORMATS = {"date": "{date_long}", "time": "{time}", "both": "{date_long} at {time}"}
"""Slack's date formats (https://docs.slack.dev/messaging/formatting-message-text), by the form of a `Moment`.

Slack shows dates in the reader's time zone.
"""
ITEM_BLOCK_PREFIX = "item-"
"""The prefix of the block_id of a row of buttons that belongs to the list item above it."""
LINK_ACTION_PREFIX = "link-"
"""The prefix of the action_id of buttons that only open a URL."""
BUTTON_TOO_LONG = (
    "This was too long to keep in a button. Please type it again, in a channel of that community."
)

_EMOJI = re.compile(r"[a-z0-9_+-]+")


@dataclass(frozen=True)
class Page:
    """One message or view: its blocks, the text for notifications, and the pictures still to be uploaded.

    `pictures` has the index of each picture's block, whose `slack_file` is added by `with_files`.
    """

    blocks: tuple[Json, ...]
    text: str
    pictures: dict[int, Picture] = field(default_factory=dict)

    def with_files(self, files: dict[int, str]) -> "Page":
        """A copy whose picture blocks refer to uploaded files; `files` maps block indexes to file ids."""
        blocks = list(self.blocks)
        for index, file in files.items():
            blocks[index] = {**blocks[index], "slack_file": {"id": file}}
        return replace(self, blocks=tuple(blocks))

    def without_pictures(self) -> "Page":
        """A copy in which each picture is replaced by its description."""
        blocks = list(self.blocks)
        for index, picture in self.pictures.items():
            blocks[index] = context_block([plain_text(f"Picture: {picture.alt}")])
        return replace(self, blocks=tuple(blocks), pictures={})


def message_pages(renderable: RenderableCard, file_note: str = "") -> list[Page]:
    """A card as one or more messages.

    Blocks cannot contain files: a file is shown as its name and description, followed by `file_note`, which
    says where the file itself is.
    """
    text = notification_text(renderable)
    pages: list[Page] = []
    blocks: list[Json] = []
    pictures: dict[int, Picture] = {}
    characters = 0
    for block, picture in _Renderer(renderable, file_note).blocks():
        is_too_long = characters + visible_length(block) > limits.CHARACTERS_IN_MESSAGE
        if blocks and (is_too_long or len(blocks) == limits.BLOCKS_IN_MESSAGE):
            pages.append(Page(tuple(blocks), text, pictures))
            blocks, pictures, characters = [], {}, 0
        if picture is not None:
            pictures[len(blocks)] = picture
        blocks.append(block)
        characters += visible_length(block)
    if blocks or not pages:
        pages.append(Page(tuple(blocks), text, pictures))
    return pages


def view_page(renderable: RenderableCard, *, overflow_note: str, file_note: str = "") -> Page:
    """A card as one view. If it has too many blocks, the rest is replaced by `overflow_note`.

    For `file_note` see `message_pages`.
    """
    blocks = list(_Renderer(renderable, file_note).blocks())
    if len(blocks) > limits.BLOCKS_IN_VIEW:
        blocks = [*blocks[: limits.BLOCKS_IN_VIEW - 1], (context_block([plain_text(overflow_note)]), None)]
    pictures = {index: picture for index, (_, picture) in enumerate(blocks) if picture is not None}
    return Page(tuple(block for block, _ in blocks), notification_text(renderable), pictures)


def notification_text(renderable: RenderableCard) -> str:
    """The text for notifications: the beginning of a card, escaped so that it contains no mentions."""
    names = {member: person.name or "someone" for member, person in renderable.people.items()}
    lines = [
        renderable.card.title,
        *(plain(text, names, renderable.places) for text in texts(renderable.card)),
    ]
    lines += [part.alt for part in renderable.card.parts if isinstance(part, Picture)]
    lines += [_file_text(part) for part in renderable.card.parts if isinstance(part, File)]
    whole = " ".join(" ".join(lines).split()) or "A message from your community"
    return escaped(whole if len(whole) <= limits.FALLBACK else whole[: limits.FALLBACK - 1] + "…")


# Parts -------------------------------------------------------------------------------------------

Block = tuple[Json, Picture | None]


class _Renderer:
    """Renders one card as blocks."""

    def __init__(self, renderable: RenderableCard, file_note: str) -> None:
        self._renderable = renderable
        self._file_note = file_note
        self._rows = 0  # of buttons or menus, counted for unique block ids

    def blocks(self) -> Iterator[Block]:
        """The blocks of the card, each with the picture to upload for it, if any."""
        card = self._renderable.card
        if card.title:
            yield from ((block, None) for block in self._title(TONE_MARKS[card.tone] + card.title))
        for part in card.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Block]:
        match part:
            case Text():
                yield from self._without_picture(self._texts(part))
            case Small():
                yield from self._without_picture(self._small(part.text))
            case Fields():
                yield from self._without_picture(self._fields(part))
            case Items():
                yield from self._without_picture(self._items(part.items))
            case Divider():
                yield {"type": "divider"}, None
            case Picture():
                yield {"type": "image", "alt_text": truncated(part.alt or "A picture", limits.ALT_TEXT)}, part
            case File():
                yield from self._without_picture(
                    rich_text_blocks([text_element(_file_text(part) + self._file_note)])
                )
            case Buttons():
                yield from self._without_picture(self._buttons(part.buttons, part.links, "buttons-"))
            case Menu():
                yield from self._without_picture(self._menu(part))
            case _:
                assert_never(part)

    @staticmethod
    def _without_picture(blocks: Iterable[Json]) -> Iterator[Block]:
        return ((block, None) for block in blocks)

    def _title(self, title: str) -> Iterator[Json]:
        if len(title) <= limits.HEADER:
            yield {"type": "header", "text": plain_text(title)}
        else:
            yield from rich_text_blocks([text_element(title, {"bold": True})])

    def _texts(self, text: Text) -> Iterator[Json]:
        """A paragraph, in as many blocks as it needs."""
        elements = list(self._elements(text))
        if elements:
            yield from rich_text_blocks(elements)

    def _small(self, text: Text) -> Iterator[Json]:
        elements = [one for span in text.spans for one in self._small_element(span)]
        is_short = all(len(one["text"]) <= limits.CHARACTERS_IN_TEXT for one in elements)
        if is_short and 0 < len(elements) <= limits.CONTEXT_ELEMENTS:
            yield context_block(elements)
        else:
            yield from self._texts(text)

    def _fields(self, fields: Fields) -> Iterator[Json]:
        elements: list[Json] = []
        for row in fields.rows:
            if elements:
                elements.append(text_element("\n"))
            elements += [text_element(f"{row.label}: ", {"bold": True}), *self._elements(row.value)]
        if elements:
            yield from rich_text_blocks(elements)

    def _items(self, items: Sequence[Item]) -> Iterator[Json]:
        listed: list[Json] = []
        for item in items:
            entry = [rich_text_section(elements) for elements in split_elements(self._item(item))]
            if (
                item.buttons
                or len(entry) > 1
                or visible_length([*listed, *entry]) > limits.CHARACTERS_IN_BLOCK
            ):
                if listed:
                    yield bulleted_list(listed)
                listed = []
            if item.buttons or len(entry) > 1:
                yield from (bulleted_list([one]) for one in entry)
                yield from self._buttons(item.buttons, (), ITEM_BLOCK_PREFIX)
            else:
                listed += entry
        if listed:
            yield bulleted_list(listed)

    def _item(self, item: Item) -> list[Json]:
        elements = list(self._elements(item.text))
        if item.detail:
            elements += [text_element("\n"), *self._elements(item.detail)]
        return elements or [text_element("–")]  # so that the section is not empty

    def _buttons(self, buttons: Sequence[Button], links: Sequence[LinkButton], prefix: str) -> Iterator[Json]:
        elements = [self._button(index, button) for index, button in enumerate(buttons)]
        fitting = [element for element in elements if len(element["value"]) <= limits.BUTTON_VALUE]
        is_any_left_out = len(fitting) < len(elements)
        fitting += [_link_button(index, link) for index, link in enumerate(links) if is_linkable(link.url)]
        for start in range(0, len(fitting), limits.ACTIONS_ELEMENTS):
            self._rows += 1
            row = fitting[start : start + limits.ACTIONS_ELEMENTS]
            yield {"type": "actions", "block_id": f"{prefix}{self._rows}", "elements": row}
        if is_any_left_out:
            yield context_block([plain_text(BUTTON_TOO_LONG)])

    def _button(self, index: int, button: Button) -> Json:
        community = button.community or self._renderable.community
        element: Json = {
            "type": "button",
            "action_id": f"ask-{index}",
            "text": plain_text(truncated(button.label, limits.BUTTON_TEXT)),
            "value": encode_button(ButtonPayload(button.command, dict(button.args), community)),
        }
        return element if button.style == "plain" else {**element, "style": button.style}

    def _menu(self, menu: Menu) -> Iterator[Json]:
        action_id = encode_button(
            ButtonPayload(menu.command, dict(menu.args), self._renderable.community, menu.field)
        )
        if not menu.options:
            return
        if len(action_id) > limits.ACTION_ID:
            yield context_block([plain_text(BUTTON_TOO_LONG)])
            return
        self._rows += 1
        yield {
            "type": "section",
            "block_id": f"menu-{self._rows}",
            "text": plain_text(truncated(menu.label, limits.CHARACTERS_IN_TEXT)),
            "accessory": {
                "type": "static_select",
                "action_id": action_id,
                "placeholder": plain_text("Choose…"),
                **options_of(menu.options),
            },
        }

    # Spans ---------------------------------------------------------------------------------------

    def _elements(self, text: Text) -> Iterator[Json]:
        for span in text.spans:
            element = self._element(span)
            if element is not None:
                yield element

    def _element(self, span: Span) -> Json | None:
        """A span as an element of rich text; None if it has no characters."""
        match span:
            case Plain():
                style: Json = {} if span.style == "plain" else {span.style: True}
                return text_element(span.text, style) if span.text else None
            case Link():
                return self._link(span)
            case Name():
                return text_element(self._name(span.member))
            case Mention():
                person = self._renderable.people.get(span.member)
                if person is not None and person.handle:
                    return {"type": "user", "user_id": person.handle}
                return text_element(f"@{self._name(span.member)}")
            case PlaceRef():
                return self._place(span)
            case Moment():
                return {
                    "type": "date",
                    "timestamp": int(span.at.timestamp()),
                    "format": DATE_FORMATS[span.form],
                    "fallback": self._moment(span),
                }
            case Emoji():
                if _EMOJI.fullmatch(span.name):
                    return {"type": "emoji", "name": span.name}
                return text_element(f":{span.name}:")
            case _:
                assert_never(span)

    def _small_element(self, span: Span) -> list[Json]:
        """A span as elements of a context block; none if it has no characters."""
        match span:
            case Plain():
                return [plain_text(span.text)] if span.text.strip() else []
            case Link():
                if not is_linkable(span.url):
                    return [plain_text(_link_as_text(span))]
                label = escaped(span.label or span.url)
                return [mrkdwn_text(f"<{escaped(url_in_markup(span.url))}|{label}>")]
            case Name():
                return [plain_text(self._name(span.member))]
            case Mention():
                person = self._renderable.people.get(span.member)
                if person is not None and person.handle:
                    return [mrkdwn_text(f"<@{person.handle}>")]
                return [plain_text(f"@{self._name(span.member)}")]
            case PlaceRef():
                if span in self._renderable.links:
                    label = escaped(self._renderable.place_name(span))
                    return [mrkdwn_text(f"<{url_in_markup(self._renderable.links[span])}|{label}>")]
                if not self._renderable.is_here(span):
                    return [plain_text(self._renderable.place_name(span))]
                return [mrkdwn_text(f"<#{span.handle}>")]
            case Moment():
                at, form = int(span.at.timestamp()), DATE_FORMATS[span.form]
                return [mrkdwn_text(f"<!date^{at}^{form}|{self._moment(span)}>")]
            case Emoji():
                return [mrkdwn_text(f":{span.name}:")] if _EMOJI.fullmatch(span.name) else []
            case _:
                assert_never(span)

    def _link(self, link: Link) -> Json:
        if not is_linkable(link.url):
            return text_element(_link_as_text(link) or "–")
        element: Json = {"type": "link", "url": link.url}
        return element if not link.label or link.label == link.url else {**element, "text": link.label}

    def _place(self, ref: PlaceRef) -> Json:
        if ref in self._renderable.links:
            return {
                "type": "link",
                "url": self._renderable.links[ref],
                "text": self._renderable.place_name(ref),
            }
        if not self._renderable.is_here(ref):
            return text_element(self._renderable.place_name(ref))
        return {"type": "channel", "channel_id": ref.handle}

    def _name(self, member: int) -> str:
        person = self._renderable.people.get(member)
        return (person.name if person else "") or "someone"

    def _moment(self, moment: Moment) -> str:
        """A date as text in the community's time zone, for clients that cannot show Slack's dates."""
        local = moment.at.astimezone(ZoneInfo(self._renderable.zone or "UTC"))
        form = {"date": "%a %d %b", "time": "%H:%M", "both": "%a %d %b, %H:%M"}[moment.form]
        return f"{local:{form}} ({self._renderable.zone or 'UTC'})"


# Small parts -------------------------------------------------------------------------------------


def options_of(options: Sequence[Option]) -> Json:
    """The options of a menu, in groups if there are more than Slack accepts in one list."""
    rows = [option_of(option) for option in options]
    if len(rows) <= limits.OPTIONS:
        return {"options": rows}
    groups = [rows[start : start + limits.OPTIONS] for start in range(0, len(rows), limits.OPTIONS)]
    return {
        "option_groups": [{"label": plain_text(_group_label(group)), "options": group} for group in groups]
    }


def _group_label(group: list[Json]) -> str:
    return truncated(group[0]["text"]["text"], limits.OPTION_TEXT - 2) + " …"


def option_of(option: Option) -> Json:
    """One option of a menu or form."""
    return {
        "text": plain_text(truncated(option.label or option.value, limits.OPTION_TEXT)),
        "value": option.value,
    }


def _link_button(index: int, link: LinkButton) -> Json:
    text = plain_text(truncated(link.label, limits.BUTTON_TEXT))
    return {"type": "button", "action_id": f"{LINK_ACTION_PREFIX}{index}", "text": text, "url": link.url}


def _link_as_text(link: Link) -> str:
    """The label and URL of a link that Slack would refuse."""
    return link.label if link.label == link.url or not link.url else f"{link.label} ({link.url})".strip()


def _file_text(file: File) -> str:
    """A file's name and description, without a full stop at the end because a note follows."""
    return f"{file.name}: {file.words.rstrip('.')}" if file.words else file.name
