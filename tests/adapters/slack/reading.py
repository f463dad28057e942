"""Reads Slack's messages as the lines of the contract suite: what a person would read, top to bottom."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.markup import slack as markup
from adapters.slack.render import ITEM_BLOCK_PREFIX, TONE_MARKS

Json = dict[str, Any]
_DATE = re.compile(r"<!date\^(\d+)\^([^|>]+)\|[^>]*>")
_STYLES = {"bold": "**", "italic": "_", "code": "`"}


@dataclass(frozen=True)
class Eyes:
    """Who reads: their zone, and the names of people and channels."""

    zone: str
    people: Mapping[str, str]
    channels: Mapping[str, str]

    def text(self, raw: str) -> str:
        """Slack's own markup as it is shown."""
        raw = _DATE.sub(lambda date: self.moment(int(date[1]), date[2]), raw)
        names = {**self.people, **self.channels}
        return markup.plain(raw, names)

    def moment(self, at: int, form: str) -> str:
        local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.zone))
        return {
            "{date_long}": f"{local:%a} {local.day} {local:%b}",
            "{time}": f"{local:%H:%M}",
            "{date_long} at {time}": f"{local:%a} {local.day} {local:%b}, {local:%H:%M}",
        }[form]


def block_lines(blocks: list[Json], eyes: Eyes) -> list[str]:
    """The blocks of a message or view as lines; buttons of an item stand behind it."""
    lines: list[str] = []
    for block in blocks:
        if block["type"] == "actions" and str(block.get("block_id")).startswith(ITEM_BLOCK_PREFIX):
            lines[-1] += " " + _buttons(block)
        else:
            lines += _LINES[block["type"]](block, eyes)
    return lines


def file_lines(names: list[str]) -> list[str]:
    """The files that were shared with a message as lines."""
    return [f"(file: {name})" for name in names]


def form_lines(view: Json, errors: Mapping[str, str]) -> list[str]:
    """A modal as lines: its title, then one for each field."""
    lines = [view["title"]["text"]]
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        hint = f" ({block['hint']['text']})" if "hint" in block else ""
        error = f" ! {errors[block['block_id']]}" if block["block_id"] in errors else ""
        lines.append(block["label"]["text"] + ("" if block.get("optional") else "*") + hint + error)
    return lines


def _header(block: Json, eyes: Eyes) -> Iterator[str]:
    title = block["text"]["text"]
    for mark in filter(None, TONE_MARKS.values()):
        title = title.removeprefix(mark)
    yield f"# {title}"


def _rich_text(block: Json, eyes: Eyes) -> Iterator[str]:
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            for section in element["elements"]:
                yield "- " + _inline(section["elements"], eyes).replace("\n", " / ")
        else:
            yield from _inline(element["elements"], eyes).split("\n")


def _inline(elements: list[Json], eyes: Eyes) -> str:
    return "".join(_element(element, eyes) for element in elements)


def _element(element: Json, eyes: Eyes) -> str:
    match element["type"]:
        case "text":
            is_label = element["text"].endswith(": ")
            marks = [
                m for style, m in _STYLES.items() if element.get("style", {}).get(style) and not is_label
            ]
            return "".join((*marks, str(element["text"]), *reversed(marks)))
        case "link":
            return f"{element.get('text', element['url'])} <{element['url']}>"
        case "user":
            return "@" + eyes.people[element["user_id"]]
        case "channel":
            return "#" + eyes.channels[element["channel_id"]]
        case "date":
            return eyes.moment(element["timestamp"], element["format"])
        case "emoji":
            return f":{element['name']}:"
        case other:
            raise AssertionError(f"nobody knows how {other} looks")


def _context(block: Json, eyes: Eyes) -> Iterator[str]:
    said = (
        one["text"] if one["type"] == "plain_text" else eyes.text(one["text"]) for one in block["elements"]
    )
    yield from " ".join(said).split("\n")


def _endpoints(block: Json, eyes: Eyes) -> Iterator[str]:
    yield _buttons(block)


def _buttons(block: Json) -> str:
    shown = []
    for button in block["elements"]:
        url = f" <{button['url']}>" if "url" in button else ""
        shown.append(f"[{button['text']['text']}{url}]")
    return " ".join(shown)


def _section(block: Json, eyes: Eyes) -> Iterator[str]:
    words = block["text"]["text"]
    menu = block.get("accessory")
    if menu is None:
        yield words
    else:
        yield f"{{{words}: {' | '.join(option['text']['text'] for option in menu['options'])}}}"


def _divider(block: Json, eyes: Eyes) -> Iterator[str]:
    yield "---"


def _image(block: Json, eyes: Eyes) -> Iterator[str]:
    assert block["slack_file"]["id"]
    yield f"(picture: {block['alt_text']})"


_LINES: dict[str, Callable[[Json, Eyes], Iterator[str]]] = {
    "header": _header,
    "rich_text": _rich_text,
    "context": _context,
    "actions": _endpoints,
    "section": _section,
    "divider": _divider,
    "image": _image,
}
