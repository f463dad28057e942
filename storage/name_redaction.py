"""What a person is called, and how that is taken out of other people's words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from storage.ranking import folded

Rule = Literal["hidden", "blank", "folded", "row", "kept"]
"""What becomes of a name in a column: `someone` stands there instead, the column is emptied, its folded words
go, the whole row goes, or it stays because it is an address, a technical word, or somebody else's name."""

SOMEONE = "someone"
SHORTEST = 2
"""A shorter name would be found everywhere."""


@dataclass(frozen=True)
class NamePatterns:
    """The platform ids and full names of one person.

    An id counts as a whole word; so does a name, of several words in any case and however they are joined
    (*ana.sousa*), of one word as it is written: *Will* is a name, *will* is not.
    """

    handles: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, handles: Iterable[str], names: Iterable[str]) -> "NamePatterns":
        """Names without those that are too short to be looked for."""
        kept = [
            tuple(dict.fromkeys(word.strip() for word in words if len(word.strip()) >= SHORTEST))
            for words in (handles, names)
        ]
        return cls(kept[0], kept[1])

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.handles, *self.names)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        between = r"[\s._-]+"
        parts = [[re.escape(part) for part in name.split()] for name in self.names]
        several = [f"(?i:{between.join(words)})" for words in parts if len(words) > 1]
        single = [re.escape(word) for word in self.words if len(word.split()) == 1]
        words = "|".join(sorted((*several, *single), key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)")

    @cached_property
    def _folded(self) -> re.Pattern[str]:
        found = sorted(filter(None, map(folded, self.words)), key=len, reverse=True)
        words = "|".join(map(re.escape, found))
        return re.compile(rf"(?:^|(?<= ))(?:{words})(?: |$)" if words else r"(?!)")

    def is_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return self._pattern.search(text) is not None

    def hidden(self, text: str) -> str:
        """A text with `someone` instead."""
        return self._pattern.sub(SOMEONE, text)

    def unfolded(self, text: str) -> str:
        """Folded words, as a search column has them, without theirs."""
        return self._folded.sub("", text).strip()

    def perhaps_in(self, column: "ColumnElement[Any] | InstrumentedAttribute[Any]") -> ColumnElement[bool]:
        """What a row fulfils in whose column one of them may stand: a database's own search is coarser."""
        words = dict.fromkeys((*self.words, *(folded(word) for word in self.words)))
        escaped = [re.sub(r"([%_/])", r"/\1", word.lower()) for word in words if word]
        # Between the words of a name may stand any one character.
        patterns = [f"%{'_'.join(word.split())}%" for word in escaped]
        return or_(*(func.lower(column).like(pattern, escape="/") for pattern in patterns))
