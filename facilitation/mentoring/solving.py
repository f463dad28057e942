"""The greatest total fit, then the least squared loads, then the longest wait: exactly, and proved.

Few of all pairs matter. Each side's best few are given to an exact solver; the prices which follow from its
answer then say of every pair that was left out whether it could have made a better matching. If one could,
the best of those are added, and it is solved again. What comes back is therefore an optimum over all pairs,
whichever were looked at first.

The three aims are one whole number: a point of fit weighs more than all loads and days together, a unit of
squared load more than all days. Such weights stay far below 2⁵³ for ten thousand people, so that the solver's
floating-point numbers are exact; the proof is done in 64-bit numbers and would uncover it were they not.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from facilitation.mentoring.scoring import Fits, Scores

Numbers: TypeAlias = NDArray[np.int64]
CANDIDATES = 20
"""Pairs that each side brings at first."""
ALL_AT_ONCE = 20_000
"""So many pairs and fewer are simply all looked at."""
EXACT = 1 << 51
"""Weights below this, and the sums of few of them, are exact as floating-point numbers."""
NOBODY = -1


@dataclass(frozen=True)
class Places:
    """What the mentors (columns) have room for, what they have already, and how long requests (rows) wait."""

    capacity: Numbers
    load: Numbers
    waited: Numbers


@dataclass(frozen=True)
class _Weights:
    """What a pair, and a mentor's next place, count in the one number for all three aims."""

    fit: int
    load: int
    waited: Numbers

    def pairs(self, rows: Numbers, fits: Numbers) -> Numbers:
        return fits * self.fit + self.waited[rows]

    def place(self, load: Numbers) -> Numbers:
        """What a place costs whose mentor had so many before it: that by which the square of a load grows."""
        return (2 * load + 1) * self.load


@dataclass
class _Pairs:
    """Pairs that are looked at, by mentor and then by request."""

    rows: Numbers
    columns: Numbers
    fits: Numbers

    def and_also(self, other: "_Pairs") -> "_Pairs":
        both = [
            np.concatenate(two)
            for two in ((self.columns, other.columns), (self.rows, other.rows), (self.fits, other.fits))
        ]
        order = np.lexsort((both[1], both[0]))
        columns, rows, fits = (one[order] for one in both)
        new = np.ones(len(rows), bool)
        new[1:] = (np.diff(columns) != 0) | (np.diff(rows) != 0)
        return _Pairs(rows[new], columns[new], fits[new])


@dataclass(frozen=True)
class Choice:
    """For each request (row) the column of its mentor, or NOBODY, and their fit."""

    mentors: Numbers
    fits: Numbers


def solve(scores: Scores[Any], places: Places, minimum: int) -> Choice:
    """The optimum over all pairs whose fit is not below the minimum; the same for the same numbers."""
    if not places.capacity.any() or not len(places.waited):
        nobody = np.full(len(places.waited), NOBODY)
        return Choice(nobody, np.zeros_like(nobody))
    weights = _weigh(places)
    width = CANDIDATES if scores.shape[0] * scores.shape[1] > ALL_AT_ONCE else max(scores.shape)
    pairs = _best(scores, places, minimum, width)
    while True:
        chosen = _assign(pairs, places, weights)
        prices, worth = _prices(pairs, places, weights, chosen)
        missed = _missed(scores, places, minimum, weights, prices, worth, width)
        if not len(missed.rows):
            return Choice(chosen, _fits_of(pairs, chosen))
        pairs = pairs.and_also(missed)
        width *= 2


def _fits_of(pairs: _Pairs, chosen: Numbers) -> Numbers:
    fits = np.zeros(len(chosen), np.int64)
    mine = pairs.columns == chosen[pairs.rows]
    fits[pairs.rows[mine]] = pairs.fits[mine]
    return fits


def _weigh(places: Places) -> _Weights:
    """Weights by which no number of days outweighs a load, and no loads and days a point of fit."""
    most = min(len(places.waited), int(places.capacity.sum()))
    taken = np.minimum(places.capacity, most)
    dearest = int((2 * (places.load + taken) + 1).max(initial=1))
    waited = places.waited
    while True:
        load = int(np.sort(waited)[::-1][:most].sum()) + 1
        fit = load * (most * dearest + 1)
        if fit * 1001 < EXACT or not waited.any():
            return _Weights(fit, load, waited)
        waited = waited // 2


# Which pairs ---------------------------------------------------------------------------------------


def _best(scores: Scores[Any], places: Places, minimum: int, width: int) -> _Pairs:
    """The best few pairs of each side."""
    found = _Pairs(*(np.empty(0, np.int64) for _ in range(3)))
    free = places.capacity > 0
    for first, fits in scores.blocks(minimum):
        ranks = fits.astype(np.int64) * free
        found = found.and_also(_top(ranks, fits, first, width))
    return found


def _top(ranks: Numbers, fits: Fits, first: int, width: int) -> _Pairs:
    """Of a block, the pairs of the highest positive rank in their row or column."""
    chosen = np.zeros(ranks.shape, bool)
    # Equals are taken from different places by each, or all would bring the same few.
    rows, columns = np.ogrid[: ranks.shape[0], : ranks.shape[1]]
    ranks = np.where(ranks > 0, (ranks << 10) + (((rows + first) * 40503 + columns * 30011 >> 4) & 1023), 0)
    for axis in (0, 1):
        if ranks.shape[axis] > width:
            best = np.argpartition(ranks, -width, axis=axis).take(range(-width, 0), axis=axis)
            np.put_along_axis(chosen, best, values=True, axis=axis)
        else:
            chosen[:] = True
    rows, columns = np.nonzero(chosen & (ranks > 0))
    return _Pairs(rows + first, columns, fits[rows, columns].astype(np.int64))


# The solver --------------------------------------------------------------------------------------


def _assign(pairs: _Pairs, places: Places, weights: _Weights) -> Numbers:
    """The best matching of these pairs.

    Every place of a mentor is a column of its own, dearer than the one before; and each request has one more
    column, which means nobody.
    """
    people, capacity = len(places.waited), places.capacity
    last = np.cumsum(capacity)
    each = np.repeat(np.arange(len(pairs.rows)), capacity[pairs.columns])
    mentors = pairs.columns[each]
    nth = np.arange(len(each)) - np.repeat(
        np.cumsum(capacity[pairs.columns]) - capacity[pairs.columns], capacity[pairs.columns]
    )
    weight = weights.pairs(pairs.rows, pairs.fits)[each] - weights.place(places.load[mentors] + nth)
    dearest = int(weight.max(initial=0)) + 1
    rows = np.concatenate((pairs.rows[each], np.arange(people)))
    columns = np.concatenate((last[mentors] - capacity[mentors] + nth, last[-1] + np.arange(people)))
    # An entry of 0 would count as no entry, hence the one more.
    costs = np.concatenate((dearest - weight, np.full(people, dearest))).astype(np.float64)
    table = sparse.csr_matrix((costs, (rows, columns)), shape=(people, int(last[-1]) + people))
    _, found = min_weight_full_bipartite_matching(table)
    mentor_of = np.repeat(np.arange(len(capacity)), capacity)
    return np.where(found < last[-1], np.append(mentor_of, NOBODY)[np.minimum(found, last[-1])], NOBODY)


# The proof ---------------------------------------------------------------------------------------


def _prices(pairs: _Pairs, places: Places, weights: _Weights, chosen: Numbers) -> tuple[Numbers, Numbers]:
    """What a place with each mentor is worth, and what each request gains: they prove the matching.

    The lowest prices are sought at which everybody likes their own mentor best. If no mentor who has room
    asks more than the next place costs, and nobody gains less than nothing, no matching of these pairs is
    better, by the duality of linear programs.
    """
    weight = weights.pairs(pairs.rows, pairs.fits)
    taken = np.bincount(chosen[chosen != NOBODY], minlength=len(places.capacity))
    prices = np.where(taken > 0, weights.place(places.load + taken - 1), 0)
    own = np.zeros(len(chosen), np.int64)
    mine = pairs.columns == chosen[pairs.rows]
    own[pairs.rows[mine]] = weight[mine]
    starts = np.flatnonzero(np.diff(pairs.columns, prepend=-1))
    of = pairs.columns[starts]
    current = chosen[pairs.rows]
    gap = weight - own[pairs.rows]
    highest = np.where(taken < places.capacity, weights.place(places.load + taken), np.iinfo(np.int64).max)
    while True:
        asked = np.where(current == NOBODY, weight, prices[current] + gap)
        raised = prices.copy()
        if len(starts):
            raised[of] = np.maximum(raised[of], np.maximum.reduceat(asked, starts))
        if (raised > highest).any():
            raise AssertionError("the solver’s answer is no optimum")
        if (raised == prices).all():
            break
        prices = raised
    worth = np.where(chosen == NOBODY, 0, own - np.append(prices, 0)[chosen])
    if (worth < 0).any():
        raise AssertionError("the solver’s answer is no optimum")
    return prices, worth


def _missed(
    scores: Scores[Any],
    places: Places,
    minimum: int,
    weights: _Weights,
    prices: Numbers,
    worth: Numbers,
    width: int,
) -> _Pairs:
    """Of all pairs, the best of those that are worth more than they cost at these prices."""
    found = _Pairs(*(np.empty(0, np.int64) for _ in range(3)))
    asks = np.where(places.capacity > 0, prices, np.iinfo(np.int64).max // 2)
    for first, fits in scores.blocks(minimum):
        last = first + len(fits)
        gain = fits.astype(np.int64) * weights.fit
        gain += (weights.waited[first:last] - worth[first:last])[:, None]
        gain -= asks
        gain[(fits == 0) | (gain < 0)] = 0
        if gain.any():
            found = found.and_also(_top(gain, fits, first, width))
    return found
