"""Finds web addresses in text that people typed, and tells whether the text asks something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from linkify_it import LinkifyIt

_LINKIFY = LinkifyIt()
_SCHEME = re.compile(r"https?:(?=//)", re.IGNORECASE)
_ANGLES = re.compile(r"<(https?://[^\s<>|]+)(?:\|([^<>\n]*))?>", re.IGNORECASE)
_LABEL = re.compile(r"\[([^\[\]]*)\]\(\Z")
_MAX_LABEL = 500
"""How many characters before an address are searched for `[label](`."""
_WITH_TAIL = re.compile(r"https?://\S+", re.IGNORECASE)
_END = re.compile(r"[`\"“”«»|]")
_TRAILING = ".,;:!?'’…*_~"
"""Marks behind an address that end a sentence, a quotation or a style: linkify-it leaves some of them."""


@dataclass(frozen=True)
class FoundLink:
    """An address in a text, as typed: bare, in angle brackets, or behind a label.

    `start` and `end` include the brackets. `label` is what `[label](url)` and Slack's `<url|label>` show
    instead of the address, else empty.
    """

    url: str
    start: int
    end: int
    label: str = ""


def find_links(text: str) -> Iterator[FoundLink]:
    """The addresses with the scheme http or https, in order."""
    position = 0
    while (scheme := _SCHEME.search(text, position)) is not None:
        found = _link_at(text, scheme.start(), scheme.end(), position)
        if found is None:
            position = scheme.end()
        else:
            yield found
            position = found.end


def find_urls(text: str) -> tuple[str, ...]:
    """The addresses in a text, in order; one that occurs twice is listed twice."""
    return tuple([link.url for link in find_links(text)]) if "://" in text else ()


def is_question(text: str) -> bool:
    """Whether there is a question mark outside the addresses.

    One directly behind an address counts as part of it.
    """
    return "?" in text and ("://" not in text or "?" in _WITH_TAIL.sub("", text))


def is_web_address(url: str) -> bool:
    """Whether an address has the scheme http or https, which is all that is ever shown as a link."""
    return url.lower().startswith(("http://", "https://"))


def _link_at(text: str, start: int, after_scheme: int, earliest: int) -> FoundLink | None:
    """The address at `start`, with the brackets around it; None if what follows the scheme is no address."""
    if start > earliest and text[start - 1] == "<":
        found = _ANGLES.match(text, start - 1)
        if found is not None:
            return FoundLink(found[1], found.start(), found.end(), found[2] or "")
    length = _LINKIFY.test_schema_at(text, "https:", after_scheme)
    if not length:
        return None
    url = text[start : after_scheme + length]
    cut = _END.search(url)
    url = (url[: cut.start()] if cut else url).rstrip(_TRAILING)
    end = start + len(url)
    if text.startswith(")", end):
        label = _LABEL.search(text, max(earliest, start - _MAX_LABEL), start)
        if label is not None:
            return FoundLink(url, label.start(), end + 1, label[1])
    return FoundLink(url, start, end)
