"""Addresses and questions in text that people typed, where the platform marks neither."""

import re

_ADDRESS = re.compile(r"https?://\S+")
_AFTER = ".,;:!?'\"*_~|`"


def links(text: str) -> tuple[str, ...]:
    """Each address of the web in order, without what belongs to the sentence around it."""
    if "http" not in text:
        return ()
    return tuple([_trimmed(found) for found in _ADDRESS.findall(text)])


def is_question(text: str) -> bool:
    """Whether there is a question mark outside the addresses."""
    return "?" in text and ("http" not in text or "?" in _ADDRESS.sub("", text))


def _trimmed(found: str) -> str:
    """`<https://a.example>`, `[words](https://a.example)` and a full stop at the end are no part of it."""
    found = found.partition(">")[0].rstrip(_AFTER)
    while found.endswith(")") and found.count(")") > found.count("("):
        found = found[:-1].rstrip(_AFTER)
    return found
