"""What Slack makes of a text that somebody types: `text` with its escapes and links, and `blocks`."""

import html
import re
from collections.abc import Mapping

from tests.fakes.slack.values import Json

_URL = r"(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)\]\"'])"
_LINKED = re.compile(r"<([^<>]*)>")
_RANGES = ("channel", "here", "everyone")


def composed(
    text: str, people: Mapping[str, str], channels: Mapping[str, str], *, named: bool = False
) -> str:
    """The `text` of the event, or (`named`) of a command with `should_escape`, which puts names beside ids.

    `people` and `channels` are ids by each name under which they can be typed. What names nobody stays as it
    is.
    """
    pattern = (
        rf"{_URL}|(?<!\S)@(?P<who>{_any_of(people)})(?!\w)|(?<!\S)#(?P<channel>{_any_of(channels)})(?!\w)"
    )
    pattern += rf"|(?<!\S)@(?P<range>{_any_of(_RANGES)})(?!\w)"
    parts: list[str] = []
    at = 0
    for found in re.finditer(pattern, text):
        parts += [escaped(text[at : found.start()]), _link(found, people, channels, named=named)]
        at = found.end()
    return "".join([*parts, escaped(text[at:])])


def rich_text(text: str) -> list[Json]:
    """The `blocks` of a message that was typed: one section, from its `text`."""
    elements: list[Json] = []
    at = 0
    for found in _LINKED.finditer(text):
        elements += _words(text[at : found.start()])
        elements.append(_element(found[1]))
        at = found.end()
    elements += _words(text[at:])
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]


def escaped(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def notified(text: str) -> set[str]:
    """Who is notified by a text in Slack's markup: ids of people, and `channel`, `here`, `everyone`."""
    found = set()
    for inner in _LINKED.findall(text):
        target = inner.partition("|")[0]
        is_group = target.startswith("!subteam^") or target.removeprefix("!") in _RANGES
        if is_group or target.startswith("@"):
            found.add(target[1:])
    return found


def _any_of(names: Mapping[str, str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"


def _link(
    found: re.Match[str], people: Mapping[str, str], channels: Mapping[str, str], *, named: bool
) -> str:
    if found["url"]:
        return f"<{escaped(found['url'])}>"
    if found["who"]:
        handle = people[found["who"]]
        label = found["who"].lower().replace(" ", ".")
        return f"<@{handle}|{label}>" if named else f"<@{handle}>"
    if found["channel"]:
        return f"<#{channels[found['channel']]}|{found['channel']}>"
    return f"<!{found['range']}>"


def _words(text: str) -> list[Json]:
    return [{"type": "text", "text": html.unescape(text)}] if text else []


def _element(inner: str) -> Json:
    target, _, label = inner.partition("|")
    match target[:1]:
        case "@":
            return {"type": "user", "user_id": target[1:]}
        case "#":
            return {"type": "channel", "channel_id": target[1:]}
        case "!":
            return {"type": "broadcast", "range": target[1:]}
        case _:
            pass
    link = {"type": "link", "url": html.unescape(target)}
    return link | {"text": html.unescape(label)} if label else link
