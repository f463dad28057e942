"""Which of all pairs are looked at: the best few of everybody on both sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facilitation.mentoring.scoring import Fits, Flags, Numbers, Scores

FEW = 50_000
"""With no more pairs than this, it takes longer to choose among them than to solve them all."""
Ranks: TypeAlias = NDArray[np.int32]
_ABOVE = 3000
"""Added to what a fit leaves after two prices, each of at most 1,001 points, so that it is positive."""


@dataclass(frozen=True)
class Pairs:
    """Some pairs and their fits, by column (mentor) and then by row (request), none twice."""

    rows: Numbers
    columns: Numbers
    fits: Numbers

    def only(self, which: Flags | Numbers) -> "Pairs":
        """Some of these."""
        return Pairs(self.rows[which], self.columns[which], self.fits[which])


def union(several: Iterable[Pairs]) -> Pairs:
    """All of these."""
    some = list(several)
    if not some:
        return Pairs(*np.empty((3, 0), np.int64))
    all_ = _joined(some)
    order = np.lexsort((all_.rows, all_.columns))
    pairs = all_.only(order)
    is_new = np.ones(len(order), bool)
    is_new[1:] = (np.diff(pairs.columns) != 0) | (np.diff(pairs.rows) != 0)
    return pairs.only(is_new)


@dataclass(frozen=True)
class Points:
    """What a place with each mentor costs, and what each request gains, in whole points of fit."""

    mine: Fits
    theirs: Fits


def first_of(scores: Scores[Any], free: Flags, minimum: int, width: int) -> Pairs:
    """All pairs where they are few, else the best of each."""
    if scores.is_small:
        ((first, fits),) = scores.blocks(minimum)
        pairs = _taken(first, (fits > 0) & free, fits)
        if len(pairs.rows) <= FEW:
            return union([pairs])
    rows, columns = (np.zeros(size, np.int16) for size in scores.shape)
    return best_of(scores, free, minimum, width, Points(rows, columns))


def best_of(scores: Scores[Any], free: Flags, minimum: int, width: int, points: Points) -> Pairs:
    """The pairs of each request, and of each mentor who is free, that leave most over what they cost."""
    found = Best(scores.shape, width)
    for first, fits in scores.blocks(minimum):
        left = fits - points.theirs
        left -= points.mine[first : first + len(fits), None]
        left += _ABOVE
        left *= (fits > 0) & free
        found.look_at(first, left, fits)
    return found.pairs()


class Best:
    """Keeps the pairs of the highest rank in their row or column, out of all that is looked at."""

    def __init__(self, shape: tuple[int, int], width: int) -> None:
        self._width = width
        # Equals are taken from different places by each, or all would bring the same few.
        luck = np.random.default_rng(0)
        self._apart = [luck.integers(0, 1024, size, np.int32) for size in shape]
        self._lowest = np.zeros(shape[1], np.int32)
        """The rank to surpass in each column."""
        self._in_rows: list[Pairs] = []
        self._in_columns: list[tuple[Pairs, Ranks]] = []
        self._most = 2 * shape[1] * width
        """Pairs by column that may wait to be sorted out."""

    def look_at(self, first: int, ranks: Fits, fits: Fits) -> None:
        """Some whole rows; what has rank 0 is passed over."""
        wide = ranks.astype(np.int32) << 10
        wide += self._apart[0][first : first + len(fits), None] ^ self._apart[1]
        wide *= ranks > 0
        self._in_rows.append(_taken(first, wide >= _bar(wide, self._width), fits))
        better = wide > self._lowest
        self._in_columns.append((_taken(first, better, fits), wide.ravel()[np.flatnonzero(better)]))
        if sum(len(ranks) for _, ranks in self._in_columns) > self._most:
            self._sort_out()

    def pairs(self) -> Pairs:
        """What was kept."""
        self._sort_out()
        return union([*self._in_rows, *(pairs for pairs, _ in self._in_columns)])

    def _sort_out(self) -> None:
        """Only the best of each column stay."""
        if not self._in_columns:
            return
        ranks = np.concatenate([ranks for _, ranks in self._in_columns])
        pairs = _joined([pairs for pairs, _ in self._in_columns])
        order = np.argsort((pairs.columns << 32) - ranks)
        columns = pairs.columns[order]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        places = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        best, last = order[places < self._width], order[places == self._width - 1]
        self._lowest[pairs.columns[last]] = ranks[last]
        self._in_columns = [(pairs.only(best), ranks[best])]


def _bar(ranks: Ranks, width: int) -> Ranks:
    """For each row a positive rank that at least `width` of it reach, if so many have one, and few more.

    That of the best in each of some groups is found ten times as fast as that of all.
    """
    rows, columns = ranks.shape
    groups = 8 * width
    if columns > 2 * groups:
        even = columns // groups * groups
        ranks = ranks[:, :even].reshape(rows, -1, groups).max(axis=1)
    elif columns <= width:
        return np.ones((rows, 1), np.int32)
    return np.maximum(1, np.partition(ranks, -width, axis=1)[:, -width, None])


def _taken(first: int, which: Flags, fits: Fits) -> Pairs:
    at = np.flatnonzero(which)
    rows, columns = np.divmod(at, which.shape[1])
    return Pairs(rows + first, columns, fits.ravel()[at].astype(np.int64))


def _joined(several: Iterable[Pairs]) -> Pairs:
    names = ("rows", "columns", "fits")
    some = list(several)
    return Pairs(*(np.concatenate([getattr(one, name) for one in some]) for name in names))
