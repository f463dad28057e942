"""Text as the shelf stores it: valid for both databases, and folded where it is searched."""

import unicodedata
from urllib.parse import unquote

from storage.ranking import folded, unaccented
from storage.resources.tables import LONGEST_LABEL, LONGEST_TAG
from storage.resources.values import Link


def clean(words: str) -> str:
    """Text without NUL and other control characters, which the databases reject."""
    return "".join(
        sign for sign in words if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()


def topic_of(tag: str) -> str:
    """The folded form by which two tags are one topic. Folding may lengthen a tag."""
    return unaccented(tag)[: 2 * LONGEST_TAG]


def address_words(link: Link) -> str:
    """The words of an address, each once: those of its readable form, and those of the rest."""
    path = unquote(link.key.partition("?")[0])
    return " ".join(dict.fromkeys(folded(link.label, path).split()))


def on_one_line(headline: str) -> str:
    """A headline on one line, as long as its column allows."""
    return " ".join(clean(headline).split())[:LONGEST_LABEL]
