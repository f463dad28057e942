"""How people's words find things: folded alike for both databases, and what they find put in order.

A database is asked for the nearest candidates, with its own index and its own measure; `ranked` puts those in
one order, the same on both.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TERMS_AT_MOST = 12
"""How many different words of a search count; the rest of a long one is ignored."""
LONGEST_WORD = 40
PREFIX_FROM = 3
"""From this length on, a word also finds the longer words that begin with it."""
WORDS_USUALLY = 25
"""The length of a usual entry in words; a match in a longer one says a little less."""
SUBSTRING = 0.25
"""What a word weighs that stands only inside an address: `hub` in `github.com`."""

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
# Chinese and Japanese put no spaces between words: there each sign is a word.
_SIGNS = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"(?=\w)[{_SIGNS}]|[^\W_{_SIGNS}]+")


@dataclass(frozen=True)
class Term:
    """One word to look for; `open_ended` if longer words that begin with it count too."""

    word: str
    open_ended: bool

    def is_in(self, word: str) -> bool:
        """Whether a folded word matches."""
        return word.startswith(self.word) if self.open_ended else word == self.word


@dataclass(frozen=True)
class Candidate:
    """Something that may be meant: its folded words by field, the one with the address last."""

    id: int
    fields: tuple[str, ...]


def unaccented(text: str) -> str:
    """Text without case and accents, so that *Café* and *cafe* are one."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)


def words_in(text: str) -> list[str]:
    """The words of a text, folded; whatever is no letter or digit only parts them."""
    return _WORD.findall(unaccented(text))


def folded(*texts: str) -> str:
    """The folded words of some texts with one space between them, as a search column keeps them."""
    return " ".join(word for text in texts for word in words_in(text))


def terms_of(words: str) -> tuple[Term, ...]:
    """What to look for. Nothing that people type is syntax: quotes, `*` and `-` part words, `AND` is one."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in words_in(words))
    return tuple(
        Term(_without_plural(word), True) if len(word) >= PREFIX_FROM else Term(word, False)
        for word in list(found)[:TERMS_AT_MOST]
    )


def rarity(holders: int, total: int) -> float:
    """How much a word says that so many of all entries hold: BM25's inverse document frequency, above 0."""
    return math.log1p((total - holders + 0.5) / (holders + 0.5))


def ranked(
    candidates: Iterable[Candidate],
    terms: Sequence[Term],
    rarities: Sequence[float],
    weights: Sequence[float],
) -> list[int]:
    """Candidates' ids, the best first; of equal ones the newest, which has the highest id.

    BM25 over weighted fields (Robertson, Zaragoza and Taylor, *Simple BM25 extension to multiple weighted
    fields*, 2004) with k1 = 1.2 and b = 0.5. `rarities` goes with `terms`, `weights` with the fields.
    """

    def score(candidate: Candidate) -> float:
        fields = [field.split() for field in candidate.fields]
        k = 1.2 * (0.5 + 0.5 * sum(map(len, fields)) / WORDS_USUALLY)
        total = 0.0
        for term, rare in zip(terms, rarities, strict=True):
            times = sum(
                weight * sum(map(term.is_in, words)) for weight, words in zip(weights, fields, strict=True)
            )
            if not times and term.open_ended and term.word in candidate.fields[-1]:
                times = SUBSTRING
            total += rare * times / (times + k)
        return total

    # Rounded, since sums of the same numbers in another order may differ in the last digit.
    scores = {candidate.id: round(score(candidate), 9) for candidate in candidates}
    return sorted(scores, key=lambda one: (-scores[one], -one))


def _without_plural(word: str) -> str:
    """The beginning that singular and plural share, of words in -s: *tags* finds *tag*."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
