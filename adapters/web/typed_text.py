"""What people type, read once: mentions, links, questions, commands; and split for display.

Nothing typed is ever parsed as markup: apart from `code`, line breaks, web addresses and mentions it is
shown as it was written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

_LINK = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_PIECE = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<@!?(?P<person>[\w.-]+)(?:\|[^<>\n]*)?>"
    r"|<#(?P<channel>[\w.-]+)(?:\|[^<>\n]*)?>"
    r"|<(?P<address>https?://[^\s<>|]+)(?:\|(?P<label>[^<>\n]*))?>"
    r"|(?P<link>https?://[^\s<>\"'`]+)"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+-]{2,40}):(?![\w:])",
    re.IGNORECASE | re.DOTALL,
)
_COMMAND = re.compile(r"/(cop|coordinate)(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
_AFTER_LINK = ".,;:!?*_~"

Kind = Literal["plain", "code", "link", "person", "channel", "emoji"]


@dataclass(frozen=True)
class Piece:
    """A stretch of typed text: its characters and, for links, people, channels and emoji, what they name."""

    kind: Kind
    text: str
    of: str = ""


@dataclass(frozen=True)
class Command:
    """What follows `/cop` or `/coordinate`."""

    root: Literal["cop", "coordinate"]
    words: str


def command_in(text: str) -> Command | None:
    """The command that a text is, if it is one."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    return Command("cop" if found[1].casefold() == "cop" else "coordinate", (found[2] or "").strip())


def links_in(text: str) -> tuple[str, ...]:
    """The web addresses in a text, each once."""
    return tuple(dict.fromkeys(_trimmed(found[0]) for found in _LINK.finditer(text)))


def is_question(text: str) -> bool:
    """Whether a text asks something: a question mark outside its addresses."""
    return "?" in _LINK.sub("", text)


def pieces(text: str) -> Iterator[Piece]:
    """A typed text in stretches, for display."""
    at = 0
    for found in _PIECE.finditer(text):
        piece = _piece(found)
        if found.start() > at:
            yield Piece("plain", text[at : found.start()])
        yield piece
        at = found.start() + len(piece.text) if found["link"] else found.end()
    if at < len(text):
        yield Piece("plain", text[at:])


def linked(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """A text with `@Name` as `<@handle>` and `#channel` as `<#handle>`, as platforms hand them over.

    `people` and `channels` map handles to names; names are recognised in any case, longest first.
    """
    text = _replaced(text, "@", people, "<@{}>")
    return _replaced(text, "#", channels, "<#{}>")


def _replaced(text: str, mark: str, names: Mapping[str, str], form: str) -> str:
    if mark not in text:
        return text
    handles = {key.casefold(): handle for handle, name in names.items() for key in (handle, name) if key}
    ways = "|".join(re.escape(name) for name in sorted(handles, key=len, reverse=True))
    if not ways:
        return text
    pattern = re.compile(rf"(?<![\w<&/]){mark}({ways})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: form.format(handles[found[1].casefold()]), text)


def _piece(found: re.Match[str]) -> Piece:
    for kind in ("block", "code"):
        if found[kind] is not None:
            return Piece("code", found[kind].strip("\n"))
    if found["person"]:
        return Piece("person", found[0], found["person"])
    if found["channel"]:
        return Piece("channel", found[0], found["channel"])
    if found["address"]:
        return Piece("link", found["label"] or found["address"], found["address"])
    if found["link"]:
        address = _trimmed(found["link"])
        return Piece("link", address, address)
    return Piece("emoji", found[0], found["emoji"])


def _trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    address = address.rstrip(_AFTER_LINK)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_AFTER_LINK)
    return address


def first_of(names: Iterable[str], start: str) -> list[str]:
    """The names in which a word begins with what was typed, best first."""
    start = start.casefold()
    at_front = [name for name in names if name.casefold().startswith(start)]
    within = [name for name in names if name not in at_front and f" {start}" in f" {name.casefold()}"]
    return at_front + within
