"""Elements of Block Kit, each within Slack's size limits."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from adapters.slack import limits

Json = dict[str, Any]

_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def rich_text_blocks(elements: list[Json]) -> Iterator[Json]:
    """A paragraph as rich text, in as many blocks as it needs."""
    for chunk in split_elements(elements):
        yield {"type": "rich_text", "elements": [rich_text_section(chunk)]}


def rich_text_section(elements: list[Json]) -> Json:
    """Elements in one line of a rich text."""
    return {"type": "rich_text_section", "elements": elements}


def bulleted_list(sections: list[Json]) -> Json:
    """Sections as a bulleted list."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": sections}],
    }


def context_block(elements: list[Json]) -> Json:
    """Elements in small print."""
    return {"type": "context", "elements": elements}


def text_element(text: str, style: Json | None = None) -> Json:
    """Text in a rich text, which Slack never parses as markup."""
    element: Json = {"type": "text", "text": text}
    return {**element, "style": style} if style else element


def plain_text(text: str) -> Json:
    """Text of a label."""
    # Without `emoji: false`, `:words:` that a person typed would become a picture.
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_text(text: str) -> Json:
    """Text that Slack parses as mrkdwn: for references only, never for what people typed."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def is_linkable(url: str) -> bool:
    """Whether an address is of the web and short enough for a link."""
    return len(url) <= limits.URL and _WEB_ADDRESS.fullmatch(url) is not None


def url_in_markup(url: str) -> str:
    """An address without the characters that would end it within mrkdwn."""
    return url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C")


def truncated(text: str, limit: int) -> str:
    """A label shortened to `limit` characters: names of communities and topics may be long."""
    text = text or "–"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def split_elements(elements: list[Json]) -> Iterator[list[Json]]:
    """Split elements into lists that fit one block each; long texts are split between words."""
    chunk: list[Json] = []
    left = limits.CHARACTERS_IN_BLOCK
    for element in elements:
        rest = element
        while visible_length(rest) > left:
            at = _split_position(rest["text"], left) if rest["type"] == "text" else 0
            if at:
                chunk.append({**rest, "text": rest["text"][:at]})
                rest = {**rest, "text": rest["text"][at:]}
            if not chunk:
                break
            yield chunk
            chunk, left = [], limits.CHARACTERS_IN_BLOCK
        chunk.append(rest)
        left = max(0, left - visible_length(rest))
    if chunk:
        yield chunk


def _split_position(text: str, limit: int) -> int:
    """Where to split a text: after the last line or word that fits, else before a letter with its marks."""
    for mark in ("\n", " "):
        at = text.rfind(mark, limit // 2, limit)
        if at > 0:
            return at + 1
    for at in range(limit, max(limit - 50, 0), -1):
        if not unicodedata.combining(text[at]):
            return at
    return limit


def visible_length(things: Any) -> int:
    """The number of characters that people see of blocks or elements."""
    return sum(_characters(things))


def _characters(thing: Any) -> Iterator[int]:
    match thing:
        case dict():
            for key, value in thing.items():
                if isinstance(value, str):
                    yield len(value) if key in ("text", "alt_text", "url", "fallback") else 0
                else:
                    yield from _characters(value)
        case list() | tuple():
            for one in thing:
                yield from _characters(one)
        case _:
            pass
