"""Slack's markup in what people typed, read once: words for the house, facts for the diary.

In a raw text people's own `&`, `<` and `>` are always escaped, so every `<…>` is markup
(https://docs.slack.dev/messaging/formatting-message-text).
"""

import re
from collections.abc import Callable, Mapping

_MARK = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"<(https?:[^>|]*)")

Names = Mapping[str, str]


def plain(raw: str, names: Names) -> str:
    """A message as people see it; `names` gives people's and channels' names by their ids."""
    return _read(raw, lambda mark: _shown(mark, names))


def words(raw: str) -> str:
    """What follows a command: people as `<@id>`, channels as `<#id>`, links as their addresses."""
    return _read(raw, _token)


def telling(raw: str, names: Names) -> str:
    """A message with people and channels by name, and with every address in it, also behind other words."""
    return _read(raw, lambda mark: _told(mark, names))


def channels_in(raw: str) -> dict[str, str]:
    """The names of the channels that a raw text refers to, by id, as far as it tells them."""
    found: dict[str, str] = {}
    for mark in _MARK.findall(raw):
        target, _, label = mark.partition("|")
        if target.startswith("#") and label:
            found[target[1:]] = unescaped(label)
    return found


def links(raw: str) -> tuple[str, ...]:
    """Each address of the web in a raw text, in order."""
    return tuple(dict.fromkeys(unescaped(address) for address in _ADDRESS.findall(raw)))


def is_question(raw: str) -> bool:
    """Whether there is a question mark outside the addresses."""
    return "?" in _ADDRESS.sub("", raw)


def without_mention(raw: str, handle: str) -> str:
    """A raw text without the first mention of somebody."""
    return re.sub(rf"<@{re.escape(handle)}(?:\|[^<>]*)?>", "", raw, count=1).strip()


def escaped(text: str) -> str:
    """Words as they are for a place that reads markup: nobody is notified, nothing becomes a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Slack escapes three characters and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def clean(text: str) -> str:
    """Characters that a database takes: no NUL, and no half of a surrogate pair."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _read(raw: str, shown: Callable[[str], str]) -> str:
    pieces: list[str] = []
    at = 0
    for mark in _MARK.finditer(raw):
        pieces += (unescaped(raw[at : mark.start()]), unescaped(shown(mark[1])))
        at = mark.end()
    return clean("".join((*pieces, unescaped(raw[at:]))))


def _shown(mark: str, names: Names) -> str:
    target, _, label = mark.partition("|")
    sign, handle = target[:1], target[1:]
    if sign in ("@", "#"):
        return sign + (label or names.get(handle, handle))
    if sign == "!":
        # <!here>, <!subteam^S1|@team>, <!date^1392734382^{date}|a moment>
        return label or "@" + handle.partition("^")[0]
    return label or target


def _told(mark: str, names: Names) -> str:
    target, _, label = mark.partition("|")
    if not target.startswith("http"):
        return _shown(mark, names)
    return target if not label or label in target else f"{label} {target}"


def _token(mark: str) -> str:
    target, _, label = mark.partition("|")
    if target[:1] in ("@", "#"):
        return f"<{target}>"
    if target[:1] == "!":
        return label or "@" + target[1:].partition("^")[0]
    return target.removeprefix("mailto:") if target.startswith("mailto:") else target
