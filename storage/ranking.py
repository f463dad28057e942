"""Search over people's words: folded alike for both databases, and ranked alike.

Each database finds the nearest candidates with its own index and measure. `ranked` sorts them in the same
order for both.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TERMS_AT_MOST = 12
"""The number of different words of a search that count. The rest of a long one is ignored."""
LONGEST_WORD = 40
PREFIX_FROM = 3
"""A word of at least this length also matches longer words that begin with it."""
WORDS_USUALLY = 25
"""The usual length of an entry in words. A match in a longer entry weighs a little less."""
SUBSTRING = 0.25
"""The weight of a word that is only part of an address: `hub` in `github.com`."""

# Letters that Unicode does not decompose into a plain letter and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
# Chinese and Japanese do not separate words: each sign counts as a word.
_SIGNS = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"(?=\w)[{_SIGNS}]|[^\W_{_SIGNS}]+")


@dataclass(frozen=True)
class Term:
    """A word to search for. With `open_ended`, longer words that begin with it match too."""

    word: str
    open_ended: bool

    def is_in(self, word: str) -> bool:
        """Whether a folded word matches."""
        return word.startswith(self.word) if self.open_ended else word == self.word


@dataclass(frozen=True)
class Candidate:
    """A possible result: its folded words by field, the address last."""

    id: int
    fields: tuple[str, ...]


def unaccented(text: str) -> str:
    """Text without case and accents: *Café* and *cafe* become equal."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)


def words_in(text: str) -> list[str]:
    """The folded words of a text. All characters but letters and digits separate words."""
    return _WORD.findall(unaccented(text))


def folded(*texts: str) -> str:
    """The folded words of some texts, separated by single spaces, as search columns store them."""
    return " ".join(word for text in texts for word in words_in(text))


def terms_of(words: str) -> tuple[Term, ...]:
    """The terms of a search. It has no syntax: quotes, `*` and `-` separate words, and `AND` is a word."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in words_in(words))
    return tuple(
        Term(_without_plural(word), True) if len(word) >= PREFIX_FROM else Term(word, False)
        for word in list(found)[:TERMS_AT_MOST]
    )


def rarity(holders: int, total: int) -> float:
    """The weight of a word that `holders` of `total` entries have: BM25's inverse document frequency, above
    0.
    """
    return math.log1p((total - holders + 0.5) / (holders + 0.5))


def ranked(
    candidates: Iterable[Candidate],
    terms: Sequence[Term],
    rarities: Sequence[float],
    weights: Sequence[float],
) -> list[int]:
    """The ids of candidates, the best first; of equal ones, the newest (the highest id) first.

    BM25 over weighted fields (Robertson, Zaragoza and Taylor, *Simple BM25 extension to multiple weighted
    fields*, 2004) with k1 = 1.2 and b = 0.5. `rarities` corresponds to `terms`, `weights` to the fields.
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

    # Rounded, because summing the same numbers in another order may change the last digit.
    scores = {candidate.id: round(score(candidate), 9) for candidate in candidates}
    return sorted(scores, key=lambda one: (-scores[one], -one))


def _without_plural(word: str) -> str:
    """The common beginning of singular and plural for words in -s: *tags* finds *tag*."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
