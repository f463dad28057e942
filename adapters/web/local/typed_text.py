"""Parses text typed on the local page: commands, mentions, and segments for display.

Text is not parsed as Markdown or HTML: except `code`, addresses, mentions and emoji, it is shown as typed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from facilitation.core.values.links import find_links

_COMMAND = re.compile(r"/(cop|coordinate)(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
_CODE_OR_MENTION = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<@!?(?P<person>[\w.-]+)(?:\|[^<>\n]*)?>"
    r"|<#(?P<channel>[\w.-]+)(?:\|[^<>\n]*)?>",
    re.DOTALL,
)
_EMOJI = re.compile(r"(?<![\w:]):(?P<emoji>[a-z0-9_+-]{2,40}):(?![\w:])", re.IGNORECASE)

Kind = Literal["plain", "code", "link", "person", "channel", "emoji"]


@dataclass(frozen=True)
class Segment:
    """A part of a typed text.

    `target` is the address of a link, the handle of a person or channel, or the short name of an emoji.
    """

    kind: Kind
    text: str
    target: str = ""


@dataclass(frozen=True)
class TypedCommand:
    """A slash command: its root, and the words after it."""

    root: Literal["cop", "coordinate"]
    words: str


def parse_command(text: str) -> TypedCommand | None:
    """Parse a slash command; returns None if the text is a message."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    root: Literal["cop", "coordinate"] = "cop" if found[1].casefold() == "cop" else "coordinate"
    return TypedCommand(root, (found[2] or "").strip())


def segments(text: str) -> Iterator[Segment]:
    """The segments of a typed text, in order, without the marks around code and links."""
    position = 0
    for found in _CODE_OR_MENTION.finditer(text):
        yield from _links_and_emoji(text[position : found.start()])
        yield _code_or_mention(found)
        position = found.end()
    yield from _links_and_emoji(text[position:])


def resolve_names(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Replace `@Name` with `<@handle>` and `#channel` with `<#handle>`, as platforms deliver them.

    `people` and `channels` map handles to names. Names are recognised in any case, the longest first.
    """
    text = _resolve(text, "@", people, "<@{}>")
    return _resolve(text, "#", channels, "<#{}>")


def matching_names(names: Iterable[str], start: str) -> list[str]:
    """The names that have a word that begins with `start`; names that begin with it come first."""
    start = start.casefold()
    at_front = [name for name in names if name.casefold().startswith(start)]
    within = [name for name in names if name not in at_front and f" {start}" in f" {name.casefold()}"]
    return at_front + within


# ------------------------------------------------------------------------------------------------


def _code_or_mention(found: re.Match[str]) -> Segment:
    for kind in ("block", "code"):
        if found[kind] is not None:
            return Segment("code", found[kind].strip("\n"))
    if found["person"]:
        return Segment("person", found[0], found["person"])
    return Segment("channel", found[0], found["channel"])


def _links_and_emoji(text: str) -> Iterator[Segment]:
    position = 0
    for link in find_links(text):
        if text.startswith("<", link.start):
            yield from _emoji(text[position : link.start])
            yield Segment("link", link.label or link.url, link.url)
            position = link.end
        else:  # Markdown brackets are shown as typed
            start = text.index(link.url, link.start)
            yield from _emoji(text[position:start])
            yield Segment("link", link.url, link.url)
            position = start + len(link.url)
    yield from _emoji(text[position:])


def _emoji(text: str) -> Iterator[Segment]:
    position = 0
    for found in _EMOJI.finditer(text):
        if found.start() > position:
            yield Segment("plain", text[position : found.start()])
        yield Segment("emoji", found[0], found["emoji"])
        position = found.end()
    if position < len(text):
        yield Segment("plain", text[position:])


def _resolve(text: str, mark: str, names: Mapping[str, str], form: str) -> str:
    if mark not in text:
        return text
    handles = {key.casefold(): handle for handle, name in names.items() for key in (handle, name) if key}
    alternatives = "|".join(re.escape(name) for name in sorted(handles, key=len, reverse=True))
    if not alternatives:
        return text
    pattern = re.compile(rf"(?<![\w<&/]){mark}({alternatives})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: form.format(handles[found[1].casefold()]), text)
