"""The greatest total fit, then the least squared loads, then the longest wait: exactly, and proved.

Few of all pairs matter. Each side's best few are given to an exact solver; the prices which follow from its
answer then say of every pair that was left out whether it could have made a better matching. If one could,
the best of those are added, and it is solved again. What comes back is therefore an optimum over all pairs,
whichever were looked at first.

The three aims are one whole number: a point of fit weighs more than all loads and days together, a unit of
squared load more than all days. Ten thousand people who wait for up to a year make weights below 2⁵⁰, which
the solver's floating-point numbers hold exactly; where more would be needed, days are counted in twos, fours
and so on. The proof is done in 64-bit whole numbers and would uncover an inexact answer.

The solver is scipy's for sparse assignments. Measured with 172,000 candidate pairs of 10,000 people, and with
14,000 of 1,000: scipy 2.7 s and 25 ms, OR-tools' network flow 1.0 s and 17 ms, HiGHS 12.6 s and 1.2 s,
networkx 1.2 s at 1,000; the dense assignment of all pairs 49 s, in 0.9 GB. OR-tools would bring six more
packages, pandas among them, and with the few candidates that the proof allows for scipy needs one second.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from facilitation.mentoring.scoring import Numbers, Scores
from facilitation.mentoring.shortlist import Best, Pairs, Points, best_of, first_of, union

CANDIDATES = 12
"""Pairs that each side brings at first."""
EXACT = 1 << 50
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
    weights, free, width = _weigh(places), places.capacity > 0, CANDIDATES
    pairs, is_rough = first_of(scores, free, minimum, width), True
    while True:
        chosen = _assign(pairs, places, weights)
        prices, worth = _prices(pairs, places, weights, chosen)
        costs = _Costs(worth - weights.waited, np.where(free, prices, 1001 * weights.fit), weights.fit)
        missed = _missed(scores, minimum, costs, width)
        if not len(missed.rows):
            return Choice(chosen, _fits_of(pairs, chosen))
        if len(missed.rows) * 100 > len(pairs.rows):
            # Prices know better than fits did who is in demand, and so which pairs matter.
            kept = pairs.only(pairs.columns == chosen[pairs.rows]) if is_rough else pairs
            pairs = union((kept, best_of(scores, free, minimum, width, costs.points())))
            is_rough = False
            width *= 2
        pairs = union((pairs, missed))


def _fits_of(pairs: Pairs, chosen: Numbers) -> Numbers:
    mine = pairs.only(pairs.columns == chosen[pairs.rows])
    fits = np.zeros(len(chosen), np.int64)
    fits[mine.rows] = mine.fits
    return fits


def _weigh(places: Places) -> _Weights:
    """Weights by which no number of days outweighs a load, and no loads and days a point of fit."""
    most = min(len(places.waited), int(places.capacity.sum()))
    grown = places.load + places.capacity
    loads = min(most * int(2 * grown.max() + 1), int((grown**2 - places.load**2).sum()))
    waited = places.waited
    while True:
        load = int(np.sort(waited)[::-1][:most].sum()) + 1
        fit = load * (loads + 1)
        if fit * 1001 < EXACT or not waited.any():
            return _Weights(fit, load, waited)
        waited = waited // 2


# The solver --------------------------------------------------------------------------------------


def _assign(pairs: Pairs, places: Places, weights: _Weights) -> Numbers:
    """The best matching of these pairs.

    Every place of a mentor is a column of its own, dearer than the one before; and each request has one more
    column, which means nobody.
    """
    people = len(places.waited)
    # Nobody fills more places than there are pairs with them.
    capacity = np.minimum(places.capacity, np.bincount(pairs.columns, minlength=len(places.capacity)))
    last, several = np.cumsum(capacity), capacity[pairs.columns]
    each = np.repeat(np.arange(len(pairs.rows)), several)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(several) - several, several)
    mentors = pairs.columns[each]
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


def _prices(pairs: Pairs, places: Places, weights: _Weights, chosen: Numbers) -> tuple[Numbers, Numbers]:
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
    served = chosen != NOBODY
    highest = np.where(taken < places.capacity, weights.place(places.load + taken), np.iinfo(np.int64).max)
    np.minimum.at(highest, chosen[served], own[served])
    starts = np.flatnonzero(np.diff(pairs.columns, prepend=-1))
    of, gap = pairs.columns[starts], weight - own[pairs.rows]
    while len(starts):
        # What those who have another mentor, or none, would pay rather than stay as they are.
        offered = np.append(prices, 0)[chosen[pairs.rows]] + gap
        raised = np.maximum(prices[of], np.maximum.reduceat(offered, starts))
        if (raised > highest[of]).any():
            raise ArithmeticError("the solver’s answer is no optimum")
        if (raised == prices[of]).all():
            break
        prices[of] = raised
    return prices, np.where(served, own - np.append(prices, 0)[chosen], 0)


@dataclass(frozen=True)
class _Costs:
    """What the fit of a pair must surpass to be worth more than it costs: the sum of both sides."""

    mine: Numbers
    theirs: Numbers
    point: int

    def points(self) -> Points:
        """Rounded down. What does not surpass the sum of these cannot surpass the sum itself."""
        return Points(*((one // self.point).astype(np.int16) for one in (self.mine, self.theirs)))


def _missed(scores: Scores[Any], minimum: int, costs: _Costs, width: int) -> Pairs:
    """Of all pairs, the best few of those that are worth more than they cost at these prices."""
    found = Best(scores.shape, width)
    points = costs.points()
    for first, fits in scores.blocks(minimum):
        left = fits - points.theirs
        left -= points.mine[first : first + len(fits), None]
        rows, columns = np.nonzero((left > 0) & (fits > 0))
        gain = fits[rows, columns] * np.int64(costs.point) - costs.mine[first + rows] - costs.theirs[columns]
        if (gain > 0).any():
            ranks = np.zeros_like(fits)
            ranks[rows, columns] = np.where(gain > 0, left[rows, columns], 0)
            found.look_at(first, ranks, fits)
    return found.pairs()
