"""Which of all pairs are looked at: the best few of everybody on both sides."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from facilitation.mentoring.scoring import Fits, Flags, Numbers, Scores


@dataclass(frozen=True)
class Pairs:
    """Some pairs and their fits, by column (mentor) and then by row (request), none twice."""

    rows: Numbers
    columns: Numbers
    fits: Numbers

    def and_also(self, other: "Pairs") -> "Pairs":
        """These and those."""
        rows, columns, fits = (
            np.concatenate(two)
            for two in ((self.rows, other.rows), (self.columns, other.columns), (self.fits, other.fits))
        )
        order = np.lexsort((rows, columns))
        rows, columns, fits = rows[order], columns[order], fits[order]
        new = np.ones(len(rows), bool)
        new[1:] = (np.diff(columns) != 0) | (np.diff(rows) != 0)
        return Pairs(rows[new], columns[new], fits[new])


NONE = Pairs(*np.empty((3, 0), np.int64))


def best_of(scores: Scores[Any], free: Flags, minimum: int, width: int) -> Pairs:
    """The `width` best pairs of each request, and of each mentor who is free."""
    found = Best(scores.shape[1], width)
    for first, fits in scores.blocks(minimum):
        fits[:, ~free] = 0
        found.look_at(first, fits, fits)
    return found.pairs()


class Best:
    """Keeps the pairs of the highest rank in their row or column, out of all that is looked at."""

    def __init__(self, columns: int, width: int) -> None:
        self._width = width
        self._lowest = np.zeros(columns, np.int64)
        """The rank to surpass in each column."""
        self._by_row = NONE
        self._by_column = (NONE, np.empty(0, np.int64))

    def look_at(self, first: int, ranks: Fits | Numbers, fits: Fits) -> None:
        """Some whole rows; what has no rank above 0 is passed over."""
        ranks = _apart(first, ranks)
        width = self._width
        if ranks.shape[1] > width:
            bar = np.partition(ranks, -width, axis=1)[:, -width, None]
            rows, columns = np.nonzero((ranks >= bar) & (ranks > 0))
        else:
            rows, columns = np.nonzero(ranks)
        self._by_row = self._by_row.and_also(_taken(first, rows, columns, fits))
        rows, columns = np.nonzero(ranks > self._lowest)
        kept, old = self._by_column
        self._keep(
            Pairs(
                np.concatenate((kept.rows, rows + first)),
                np.concatenate((kept.columns, columns)),
                np.concatenate((kept.fits, fits[rows, columns])),
            ),
            np.concatenate((old, ranks[rows, columns])),
        )

    def pairs(self) -> Pairs:
        """What was kept."""
        return self._by_row.and_also(self._by_column[0])

    def _keep(self, pairs: Pairs, ranks: Numbers) -> None:
        """The best of each column."""
        order = np.lexsort((-ranks, pairs.columns))
        columns = pairs.columns[order]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        places = np.arange(len(columns)) - np.repeat(starts, np.diff(starts, append=len(columns)))
        kept = order[places < self._width]
        last = order[places == self._width - 1]
        self._lowest[pairs.columns[last]] = ranks[last]
        self._by_column = Pairs(pairs.rows[kept], pairs.columns[kept], pairs.fits[kept]), ranks[kept]


def _apart(first: int, ranks: Fits | Numbers) -> Numbers:
    """Ranks without ties: equals are taken from different places by each, or all would bring the same few."""
    rows, columns = np.ogrid[: ranks.shape[0], : ranks.shape[1]]
    order = (((rows + first) * 40503 + columns * 30011) >> 4) & 1023
    wide: Numbers = ranks.astype(np.int32 if ranks.dtype == np.int16 else np.int64)
    return np.where(wide > 0, (wide << 10) + order.astype(wide.dtype), 0)


def _taken(first: int, rows: Numbers, columns: Numbers, fits: Fits) -> Pairs:
    return Pairs(rows + first, columns, fits[rows, columns].astype(np.int64))
