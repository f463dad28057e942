"""Slack's message markup as plain words, and the links and questions in it.

In the raw text `&`, `<` and `>` of people are always escaped, so every `<…>` is markup
(https://docs.slack.dev/messaging/formatting-message-text).
"""

import re
from collections.abc import Mapping

_MARK = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"<(https?:[^>|]*)")


def plain(raw: str, names: Mapping[str, str]) -> str:
    """The text as people see it; `names` gives people's and channels' names by their ids."""
    if "<" in raw:
        raw = _MARK.sub(lambda mark: _shown(mark[1], names), raw)
    if "&" in raw:
        raw = unescaped(raw)
    if "\x00" in raw:
        raw = raw.replace("\x00", "")  # PostgreSQL takes any character but this one
    return raw


def links(raw: str) -> tuple[str, ...]:
    """Each address of the web in the raw text, in order."""
    if "<http" not in raw:
        return ()
    return tuple(map(unescaped, _ADDRESS.findall(raw)))


def is_question(raw: str) -> bool:
    """Whether there is a question mark outside the addresses."""
    return "?" in raw and ("<http" not in raw or "?" in _ADDRESS.sub("", raw))


def unescaped(text: str) -> str:
    """Slack escapes three characters and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(mark: str, names: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    sign, handle = target[:1], target[1:]
    if sign in ("@", "#"):
        return sign + (label or names.get(handle, handle))
    if sign == "!":
        # <!here>, <!subteam^S1|@team>, <!date^1392734382^{date}|a moment>
        return label or "@" + handle.partition("^")[0]
    return label or target
