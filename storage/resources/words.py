"""Words as the shelf keeps them: fit for both databases, and folded where they are searched."""

import unicodedata
from urllib.parse import unquote

from storage.ranking import folded, unaccented
from storage.resources.tables import LONGEST_LABEL, LONGEST_TAG
from storage.resources.values import Link


def clean(words: str) -> str:
    """Text that both databases can keep: without NUL and other control characters."""
    return "".join(
        sign for sign in words if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()


def topic_of(tag: str) -> str:
    """What makes two tags one topic; folding may lengthen a tag."""
    return unaccented(tag)[: 2 * LONGEST_TAG]


def address_words(link: Link) -> str:
    """The words of an address, each once: those of its readable form, and of what that leaves out."""
    path = unquote(link.key.partition("?")[0])
    return " ".join(dict.fromkeys(folded(link.label, path).split()))


def on_one_line(headline: str) -> str:
    """A headline without breaks, and no longer than its column."""
    return " ".join(clean(headline).split())[:LONGEST_LABEL]
