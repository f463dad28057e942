"""What stands in a message that somebody wrote: addresses, a question, and what Discord unfurled of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_ADDRESS = re.compile(r"https?://[^\s<>]+")
_SENTENCE = ".,;:!?'\"*_~|`"


def links_in(text: str) -> tuple[str, ...]:
    """Each address in order, without the punctuation of the sentence around it."""
    return tuple(_without_sentence(found) for found in _ADDRESS.findall(text))


def is_question(text: str) -> bool:
    """Whether there is a question mark outside the addresses."""
    return "?" in _ADDRESS.sub("", text)


def titles_in(embeds: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The titles that Discord found behind the links of a message, by address."""
    return {
        str(one["url"]): str(one["title"])
        for one in embeds
        if one.get("url") and one.get("title") and one.get("type") != "rich"
    }


def _without_sentence(found: str) -> str:
    found = found.rstrip(_SENTENCE)
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip(_SENTENCE)
    return found
