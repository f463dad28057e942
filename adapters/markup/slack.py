"""Reads Slack's markup in what people wrote: as they see it, as words of a command, and its links.

In a raw text the `&`, `<` and `>` that people typed are always escaped, so every `<…>` is markup
(https://docs.slack.dev/messaging/formatting-message-text).
"""

import re
from collections.abc import Callable, Mapping

_MARK = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"<(https?:[^>|]*)")

Names = Mapping[str, str]
"""The names of people and channels by their ids."""


def plain(raw: str, names: Names) -> str:
    """A message as people see it."""
    if "<" in raw:
        return _read(raw, lambda mark: _as_seen(mark, names))
    return clean(unescaped(raw))


def with_addresses(raw: str, names: Names) -> str:
    """A message as people see it, and each address that is behind a label next to its label."""
    return _read(raw, lambda mark: _with_address(mark, names))


def command_words(raw: str) -> str:
    """The words behind a command: people as `<@id>`, channels as `<#id>`, links as their addresses."""
    return _read(raw, _as_word)


def channel_names(raw: str) -> dict[str, str]:
    """The names of the channels in a raw text, by id, for those that have a label."""
    found: dict[str, str] = {}
    for mark in _MARK.findall(raw):
        target, _, label = mark.partition("|")
        if target.startswith("#") and label:
            found[target[1:]] = unescaped(label)
    return found


def links(raw: str) -> tuple[str, ...]:
    """The web addresses in a raw text, in order; one that occurs twice is listed twice."""
    if "<http" not in raw:
        return ()
    return tuple(map(unescaped, _ADDRESS.findall(raw)))


def is_question(raw: str) -> bool:
    """Whether there is a question mark outside the addresses."""
    return "?" in raw and ("<http" not in raw or "?" in _ADDRESS.sub("", raw))


def without_mention(raw: str, handle: str) -> str:
    """A raw text without the first mention of a person."""
    return re.sub(rf"<@{re.escape(handle)}(?:\|[^<>]*)?>", "", raw, count=1).strip()


def escaped(text: str) -> str:
    """Plain text for a place that reads markup: it notifies nobody, and nothing in it becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """The text without escapes: Slack escapes three characters and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def clean(text: str) -> str:
    """The text without what databases refuse: NUL (PostgreSQL) and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


# ------------------------------------------------------------------------------------------------


def _read(raw: str, shown: Callable[[str], str]) -> str:
    pieces: list[str] = []
    position = 0
    for mark in _MARK.finditer(raw):
        pieces += (unescaped(raw[position : mark.start()]), unescaped(shown(mark[1])))
        position = mark.end()
    return clean("".join((*pieces, unescaped(raw[position:]))))


def _as_seen(mark: str, names: Names) -> str:
    target, _, label = mark.partition("|")
    sign, handle = target[:1], target[1:]
    if sign in ("@", "#"):
        return sign + (label or names.get(handle, handle))
    if sign == "!":
        # <!here>, <!subteam^S1|@team>, <!date^1392734382^{date}|a moment>
        return label or "@" + handle.partition("^")[0]
    return label or target


def _with_address(mark: str, names: Names) -> str:
    target, _, label = mark.partition("|")
    if not target.startswith("http"):
        return _as_seen(mark, names)
    return target if not label or label in target else f"{label} {target}"


def _as_word(mark: str) -> str:
    target, _, label = mark.partition("|")
    if target[:1] in ("@", "#"):
        return f"<{target}>"
    if target[:1] == "!":
        return label or "@" + target[1:].partition("^")[0]
    return target.removeprefix("mailto:")
