"""Solves the matching exactly: the greatest total fit, then the least squared loads, then the longest wait.

Few of all pairs matter. An exact solver is given the best few of each side. The dual prices of its solution
then decide for every other pair whether it could improve the matching. If some could, the best of them are
added, and it is solved again. The result is therefore an optimum over all pairs.

The three aims are one integer: a point of fit weighs more than all loads and days together, and a unit of
squared load more than all days. Ten thousand people who wait for up to a year give weights below 2⁵⁰, which
the solver's floating-point numbers represent exactly. Where that does not suffice, days are halved until it
does. The proof uses 64-bit integers and detects an inexact solution.

The solver is scipy's for sparse assignments. Measured on 172,000 candidate pairs of 10,000 people, and with
14,000 of 1,000: scipy 2.7 s and 25 ms, OR-tools' network flow 1.0 s and 17 ms, HiGHS 12.6 s and 1.2 s,
networkx 1.2 s at 1,000; the dense assignment of all pairs 49 s and 0.9 GB. OR-tools would add six
packages, among them pandas; with the few candidates that the proof permits, scipy needs one second.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from facilitation.mentoring.scoring import Numbers, Scores
from facilitation.mentoring.shortlist import (
    BestPairs,
    CandidatePairs,
    PointCosts,
    best_candidates,
    first_candidates,
    union,
)

CANDIDATES = 12
"""Candidate pairs of each request and mentor in the first pass."""
EXACT = 1 << 50
"""Weights below this, and sums of a few of them, are exact as floating-point numbers."""
NOBODY = -1


@dataclass(frozen=True)
class Places:
    """The free places and mentees of mentors (columns), and the days that requests (rows) have waited."""

    capacity: Numbers
    load: Numbers
    waited: Numbers


@dataclass(frozen=True)
class _Weights:
    """The weights of the aims in the one integer."""

    fit: int
    load: int
    waited: Numbers

    def pairs(self, rows: Numbers, fits: Numbers) -> Numbers:
        return fits * self.fit + self.waited[rows]

    def place(self, load: Numbers) -> Numbers:
        """The cost of one more mentee for a mentor with this load: the growth of the squared load."""
        return (2 * load + 1) * self.load


@dataclass(frozen=True)
class Choice:
    """For each request (row) the column of its mentor, or NOBODY, and the fit."""

    mentors: Numbers
    fits: Numbers


def solve(scores: Scores[Any], places: Places, minimum: int) -> Choice:
    """The optimum over all pairs whose fit is at least the minimum. The same input gives the same result."""
    if not places.capacity.any() or not len(places.waited):
        nobody = np.full(len(places.waited), NOBODY)
        return Choice(nobody, np.zeros_like(nobody))
    weights, free, width = _weigh(places), places.capacity > 0, CANDIDATES
    pairs, is_rough = first_candidates(scores, free, minimum, width), True
    while True:
        chosen = _assign(pairs, places, weights)
        prices, worth = _prices(pairs, places, weights, chosen)
        costs = _Costs(worth - weights.waited, np.where(free, prices, 1001 * weights.fit), weights.fit)
        missed = _missed(scores, minimum, costs, width)
        if not len(missed.rows):
            return Choice(chosen, _fits_of(pairs, chosen))
        if len(missed.rows) * 100 > len(pairs.rows):
            # Prices reflect demand, so they select better candidates than fits did.
            kept = pairs.only(pairs.columns == chosen[pairs.rows]) if is_rough else pairs
            pairs = union((kept, best_candidates(scores, free, minimum, width, costs.points())))
            is_rough = False
            width *= 2
        pairs = union((pairs, missed))


def _fits_of(pairs: CandidatePairs, chosen: Numbers) -> Numbers:
    own = pairs.only(pairs.columns == chosen[pairs.rows])
    fits = np.zeros(len(chosen), np.int64)
    fits[own.rows] = own.fits
    return fits


def _weigh(places: Places) -> _Weights:
    """Weights such that all days together weigh less than a unit of load, and all loads less than a point."""
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


def _assign(pairs: CandidatePairs, places: Places, weights: _Weights) -> Numbers:
    """The best matching of these pairs, as the column of each row.

    In the solver, each place of a mentor is a column, which costs more than the place before. Each request
    has one more column, which stands for NOBODY.
    """
    people = len(places.waited)
    # A mentor needs no more places than there are pairs with them.
    capacity = np.minimum(places.capacity, np.bincount(pairs.columns, minlength=len(places.capacity)))
    last, several = np.cumsum(capacity), capacity[pairs.columns]
    each = np.repeat(np.arange(len(pairs.rows)), several)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(several) - several, several)
    mentors = pairs.columns[each]
    weight = weights.pairs(pairs.rows, pairs.fits)[each] - weights.place(places.load[mentors] + nth)
    dearest = int(weight.max(initial=0)) + 1
    rows = np.concatenate((pairs.rows[each], np.arange(people)))
    columns = np.concatenate((last[mentors] - capacity[mentors] + nth, last[-1] + np.arange(people)))
    # scipy takes an entry of 0 for a missing one, hence the one more.
    costs = np.concatenate((dearest - weight, np.full(people, dearest))).astype(np.float64)
    table = sparse.csr_matrix((costs, (rows, columns)), shape=(people, int(last[-1]) + people))
    _, found = min_weight_full_bipartite_matching(table)
    mentor_of = np.repeat(np.arange(len(capacity)), capacity)
    return np.where(found < last[-1], np.append(mentor_of, NOBODY)[np.minimum(found, last[-1])], NOBODY)


# The proof ---------------------------------------------------------------------------------------


def _prices(
    pairs: CandidatePairs, places: Places, weights: _Weights, chosen: Numbers
) -> tuple[Numbers, Numbers]:
    """The price of a place with each mentor, and what each request gains, which prove the matching.

    These are the lowest prices at which each request prefers its own mentor. If no price of a mentor with
    free places exceeds the cost of the next place, and no request gains less than nothing, then by the
    duality of linear programs no matching of these pairs is better. Raises ArithmeticError if the matching is
    no optimum.
    """
    weight = weights.pairs(pairs.rows, pairs.fits)
    taken = np.bincount(chosen[chosen != NOBODY], minlength=len(places.capacity))
    prices = np.where(taken > 0, weights.place(places.load + taken - 1), 0)
    own = np.zeros(len(chosen), np.int64)
    is_own = pairs.columns == chosen[pairs.rows]
    own[pairs.rows[is_own]] = weight[is_own]
    served = chosen != NOBODY
    highest = np.where(taken < places.capacity, weights.place(places.load + taken), np.iinfo(np.int64).max)
    np.minimum.at(highest, chosen[served], own[served])
    starts = np.flatnonzero(np.diff(pairs.columns, prepend=-1))
    of, gap = pairs.columns[starts], weight - own[pairs.rows]
    while len(starts):
        # What requests with another mentor, or none, would pay to change.
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
    """What requests gain and places cost. A pair improves the matching if its weight exceeds the sum."""

    requests: Numbers
    mentors: Numbers
    point: int

    def points(self) -> PointCosts:
        """The costs in points, rounded down: a fit that does not exceed their sum cannot exceed the costs."""
        return PointCosts(*((one // self.point).astype(np.int16) for one in (self.requests, self.mentors)))


def _missed(scores: Scores[Any], minimum: int, costs: _Costs, width: int) -> CandidatePairs:
    """The best few of all pairs that would improve the matching at these prices."""
    found = BestPairs(scores.shape, width)
    points = costs.points()
    for first, fits in scores.blocks(minimum):
        surplus = fits - points.mentors
        surplus -= points.requests[first : first + len(fits), None]
        rows, columns = np.nonzero((surplus > 0) & (fits > 0))
        paid = costs.requests[first + rows] + costs.mentors[columns]
        gain = fits[rows, columns] * np.int64(costs.point) - paid
        if (gain > 0).any():
            ranks = np.zeros_like(fits)
            ranks[rows, columns] = np.where(gain > 0, surplus[rows, columns], 0)
            found.add(first, ranks, fits)
    return found.pairs()
