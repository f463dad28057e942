"""Reads messages as people see them: Markdown by Discord's rules, and components as lines.

The rules are applied in the order of Discord's clients: escapes, then angle brackets, then addresses, links,
code and styles. Anything that would be formatting, a mention or a link is shown as one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

EMOJI = {"🎉": "tada", "👍": "+1"}

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_ANGLE = re.compile(
    r"<(?:t:(?P<at>-?\d+)(?::(?P<form>[tTdDfFR]))?|@!?(?P<person>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)"
    r"|a?:(?P<emoji>\w+):\d+|(?P<command>/[\w -]+:\d+)|id:(?P<guide>\w+)|(?P<url>(?:https?|steam)://[^\s>]+)"
    r"|(?P<mail>(?:mailto:|tel:)?[^\s<>]+@[^\s<>]+))>"
)
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_BARE = re.compile(r"(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]")
_MASKED = re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(\s*<?((?:https?://)[^\s>)]*)>?\s*\)")
_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
_STYLES = (
    (re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"), "**"),
    (re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"), "__"),
    (re.compile(r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b|\*(?=\S)((?:\\[\s\S]|[^\\*])+?)\*(?!\*)"), "_"),
    (re.compile(r"~~((?:\\[\s\S]|[^\\])+?)~~"), "~~"),
    (re.compile(r"\|\|((?:\\[\s\S]|[^\\])+?)\|\|"), "||"),
)
_BLOCK = re.compile(r"\s*(?:(#{1,3}) +(?=\S)|(-#) +(?=\S)|(>{1,3}) +|([*+-]|\d+[.)]) +(?=\S))(.*)", re.DOTALL)

Names = Mapping[str, str]


def inline(text: str, names: Names | None = None, zone: str = "UTC") -> str:
    """A line as it shows; styles as `**` and `_`, what can be followed as `words <address>`."""
    names = names or {}
    shown, at = "", 0
    while at < len(text):
        piece, length = _piece(text, at, names, zone)
        shown += piece
        at += length
    return shown.replace("\u200b", "")


def blocks(text: str) -> list[tuple[str, str]]:
    """Lines with what they are: `#` headings, `-#` small print, `>` quotes, `-` entries, or nothing."""
    found = []
    if "```" in text and re.search(r"```[\s\S]+?```", text):
        return [("```", text)]
    for line in text.split("\n"):
        block = _BLOCK.fullmatch(line)
        if block is None:
            found.append(("", line))
        else:
            heading, small, quote, entry, rest = block.groups()
            found.append(("#" if heading else small or (">" if quote else "-" if entry else ""), rest))
    return found


def lines_of(components: list[dict[str, Any]], names: Names, zone: str) -> Iterator[str]:
    """The lines of a message made of components, as the contract writes them."""
    for one in components:
        match one["type"]:
            case 17:
                yield from lines_of(one["components"], names, zone)
            case 10:
                yield from _text(one["content"], names, zone)
            case 9:
                *above, last = [
                    line for part in one["components"] for line in _text(part["content"], names, zone)
                ]
                yield from above
                yield f"{last} {_button(one['accessory'])}"
            case 1:
                yield _row(one["components"])
            case 14:
                yield "---"
            case 12:
                yield from (f"(picture: {item['description']})" for item in one["items"])
            case 13:
                yield f"(file: {one['name']})"
            case other:
                raise AssertionError(f"nothing is known of component {other}")


# ------------------------------------------------------------------------------------------------


def _text(content: str, names: Names, zone: str) -> Iterator[str]:
    def read(text: str) -> str:
        return inline(text, names, zone)

    if content.startswith("## "):
        yield f"# {read(content.removeprefix('## '))}"
    elif content.startswith("- "):
        yield _entry(content, read)
    elif (row := re.fullmatch(r"\*\*((?:\\.|[^*\\])+):\*\* ([\s\S]*)", content)) is not None:
        yield f"{read(row[1])}: {read(row[2])}"
    else:
        yield from (read(line.removeprefix("-# ")) for line in content.split("\n"))


def _entry(content: str, read: Callable[[str], str]) -> str:
    text, _, detail = content.removeprefix("- ").partition("\n-# ")
    return f"- {read(text)}" + (f" / {read(detail)}" if detail else "")


def _row(components: list[dict[str, Any]]) -> str:
    if components[0]["type"] == 3:
        menu = components[0]
        return f"{{{menu['placeholder']}: {' | '.join(one['label'] for one in menu['options'])}}}"
    return " ".join(_button(one) for one in components)


def _button(one: dict[str, Any]) -> str:
    return f"[{one['label']} <{one['url']}>]" if "url" in one else f"[{one['label']}]"


def _piece(text: str, at: int, names: Names, zone: str) -> tuple[str, int]:
    """What shows at a place of a text, and how many of its characters that takes."""
    if found := _ESCAPE.match(text, at):
        return found[1], found.end() - at
    if found := _ANGLE.match(text, at):
        return _angled(found, names, zone), found.end() - at
    if found := _EVERYONE.match(text, at):
        return f"@{found[0]}", found.end() - at
    if found := _BARE.match(text, at):
        return f"{found[0]} <{found[0]}>", found.end() - at
    if found := _MASKED.match(text, at):
        return f"{inline(found[1], names, zone)} <{found[2]}>", found.end() - at
    if found := _CODE.match(text, at):
        return f"`{found[2]}`", found.end() - at
    for pattern, mark in _STYLES:
        if found := pattern.match(text, at):
            inner = next(group for group in found.groups() if group is not None)
            return f"{mark}{inline(inner, names, zone)}{mark}", found.end() - at
    for character, name in EMOJI.items():
        if text.startswith(character, at):
            return f":{name}:", len(character)
    return text[at], 1


def _angled(found: re.Match[str], names: Names, zone: str) -> str:
    if found["at"]:
        at = datetime.fromtimestamp(int(found["at"]), UTC).astimezone(ZoneInfo(zone))
        day, clock = f"{at:%a} {at.day} {at:%b}", f"{at:%H:%M}"
        return {"D": day, "d": day, "t": clock}.get(found["form"] or "f", f"{day}, {clock}")
    if found["person"]:
        return f"@{names.get(found['person'], 'unknown')}"
    if found["channel"]:
        return f"#{names.get(found['channel'], 'unknown')}"
    if found["url"]:
        return f"{found['url']} <{found['url']}>"
    return f"«{found[0]}»"
