"""The candidate pairs that the solver is given: the best few of each request and of each mentor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from facilitation.mentoring.scoring import Fits, Flags, Numbers, Scores

ALL_UP_TO = 50_000
"""Up to this number of possible pairs, choosing candidates takes longer than solving them all."""
Ranks: TypeAlias = NDArray[np.int32]
_OFFSET = 3000
"""Added to a fit less two costs of at most 1,001 points each, so that the sum is positive."""


@dataclass(frozen=True)
class CandidatePairs:
    """Distinct pairs and their fits, sorted by column (mentor), then by row (request)."""

    rows: Numbers
    columns: Numbers
    fits: Numbers

    def only(self, which: Flags | Numbers) -> "CandidatePairs":
        """The pairs that a mask or indexes select."""
        return CandidatePairs(self.rows[which], self.columns[which], self.fits[which])


def union(several: Iterable[CandidatePairs]) -> CandidatePairs:
    """All pairs of several sets, each once."""
    some = list(several)
    if not some:
        return CandidatePairs(*np.empty((3, 0), np.int64))
    all_ = _concatenated(some)
    order = np.lexsort((all_.rows, all_.columns))
    pairs = all_.only(order)
    is_new = np.ones(len(order), bool)
    is_new[1:] = (np.diff(pairs.columns) != 0) | (np.diff(pairs.rows) != 0)
    return pairs.only(is_new)


@dataclass(frozen=True)
class PointCosts:
    """What each request gains, and what a place with each mentor costs, in whole points of fit."""

    requests: Fits
    mentors: Fits


def first_candidates(scores: Scores[Any], free: Flags, minimum: int, width: int) -> CandidatePairs:
    """All possible pairs if they are few, else the best of each request and mentor."""
    if scores.is_small:
        ((first, fits),) = scores.blocks(minimum)
        pairs = _selected(first, (fits > 0) & free, fits)
        if len(pairs.rows) <= ALL_UP_TO:
            return union([pairs])
    rows, columns = (np.zeros(size, np.int16) for size in scores.shape)
    return best_candidates(scores, free, minimum, width, PointCosts(rows, columns))


def best_candidates(
    scores: Scores[Any], free: Flags, minimum: int, width: int, costs: PointCosts
) -> CandidatePairs:
    """The pairs of each request and each free mentor whose fit exceeds their costs the most."""
    found = BestPairs(scores.shape, width)
    for first, fits in scores.blocks(minimum):
        surplus = fits - costs.mentors
        surplus -= costs.requests[first : first + len(fits), None]
        surplus += _OFFSET
        surplus *= (fits > 0) & free
        found.add(first, surplus, fits)
    return found.pairs()


class BestPairs:
    """Keeps the pairs that rank highest in their row or column, among all that are added."""

    def __init__(self, shape: tuple[int, int], width: int) -> None:
        self._width = width
        # Each row and column orders equal pairs differently, or all would keep the same few.
        random = np.random.default_rng(0)
        self._tie_breaks = [random.integers(0, 1024, size, np.int32) for size in shape]
        self._lowest = np.zeros(shape[1], np.int32)
        """The rank that a pair must exceed, by column."""
        self._in_rows: list[CandidatePairs] = []
        self._in_columns: list[tuple[CandidatePairs, Ranks]] = []
        self._most = 2 * shape[1] * width
        """The number of pairs by column at which they are pruned."""

    def add(self, first: int, ranks: Fits, fits: Fits) -> None:
        """Add whole rows. Pairs of rank 0 are ignored."""
        wide = ranks.astype(np.int32) << 10
        wide += self._tie_breaks[0][first : first + len(fits), None] ^ self._tie_breaks[1]
        wide *= ranks > 0
        self._in_rows.append(_selected(first, wide >= _threshold(wide, self._width), fits))
        better = wide > self._lowest
        self._in_columns.append((_selected(first, better, fits), wide.ravel()[np.flatnonzero(better)]))
        if sum(len(ranks) for _, ranks in self._in_columns) > self._most:
            self._prune()

    def pairs(self) -> CandidatePairs:
        """The pairs that were kept."""
        self._prune()
        return union([*self._in_rows, *(pairs for pairs, _ in self._in_columns)])

    def _prune(self) -> None:
        """Drop all but the best pairs of each column."""
        if not self._in_columns:
            return
        ranks = np.concatenate([ranks for _, ranks in self._in_columns])
        pairs = _concatenated([pairs for pairs, _ in self._in_columns])
        order = np.argsort((pairs.columns << 32) - ranks)
        columns = pairs.columns[order]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        places = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        best, last = order[places < self._width], order[places == self._width - 1]
        self._lowest[pairs.columns[last]] = ranks[last]
        self._in_columns = [(pairs.only(best), ranks[best])]


def _threshold(ranks: Ranks, width: int) -> Ranks:
    """For each row, a positive rank that at least `width` pairs reach, if that many are positive.

    Few more reach it. It is taken from the best of each of some groups of columns, which is ten times as fast
    as an exact threshold.
    """
    rows, columns = ranks.shape
    groups = 8 * width
    if columns > 2 * groups:
        even = columns // groups * groups
        ranks = ranks[:, :even].reshape(rows, -1, groups).max(axis=1)
    elif columns <= width:
        return np.ones((rows, 1), np.int32)
    return np.maximum(1, np.partition(ranks, -width, axis=1)[:, -width, None])


def _selected(first: int, which: Flags, fits: Fits) -> CandidatePairs:
    at = np.flatnonzero(which)
    rows, columns = np.divmod(at, which.shape[1])
    return CandidatePairs(rows + first, columns, fits.ravel()[at].astype(np.int64))


def _concatenated(several: Iterable[CandidatePairs]) -> CandidatePairs:
    names = ("rows", "columns", "fits")
    some = list(several)
    return CandidatePairs(*(np.concatenate([getattr(one, name) for one in some]) for name in names))
