"""A person's names, and how they are removed from what other people wrote."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from storage.ranking import folded

Rule = Literal["hidden", "blank", "folded", "row", "kept"]
"""What becomes of a name in a column.

`hidden`: `someone` replaces it. `blank`: the column is emptied. `folded`: its folded words are removed.
`row`: the row is deleted. `kept`: it stays, because the column holds an address, a technical word or a name.
"""

SOMEONE = "someone"
SHORTEST = 2
"""Shorter names are ignored, because they would be found everywhere."""


@dataclass(frozen=True)
class NamePatterns:
    """The platform ids and full names of one person.

    An id matches as a whole word. A name of several words matches in any case and however the words are
    joined (*ana.sousa*). A name of one word matches only in its own case: *Will* is a name, *will* is not.
    """

    handles: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, handles: Iterable[str], names: Iterable[str]) -> "NamePatterns":
        """The patterns of these ids and names. Those that are too short are left out."""
        kept = [
            tuple(dict.fromkeys(word.strip() for word in words if len(word.strip()) >= SHORTEST))
            for words in (handles, names)
        ]
        return cls(kept[0], kept[1])

    @property
    def words(self) -> tuple[str, ...]:
        """All ids and names."""
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
        """Whether one of the names is in a text."""
        return self._pattern.search(text) is not None

    def hidden(self, text: str) -> str:
        """The text with `someone` in place of the names."""
        return self._pattern.sub(SOMEONE, text)

    def unfolded(self, text: str) -> str:
        """Folded words, as in a search column, without the folded names."""
        return self._folded.sub("", text).strip()

    def perhaps_in(self, column: "ColumnElement[Any] | InstrumentedAttribute[Any]") -> ColumnElement[bool]:
        """A condition for rows that may contain a name. It also matches others, which `hidden` leaves
        unchanged.
        """
        words = dict.fromkeys((*self.words, *(folded(word) for word in self.words)))
        escaped = [re.sub(r"([%_/])", r"/\1", word.lower()) for word in words if word]
        # Any one character may separate the words of a name.
        patterns = [f"%{'_'.join(word.split())}%" for word in escaped]
        return or_(*(func.lower(column).like(pattern, escape="/") for pattern in patterns))
