"""Forms small groups of people who are new to each other, as far as possible. Pure functions.

Two people who are to be kept apart are never in one group. Among all groupings, the best one has, in this
order: the fewest pairs who met before; the fewest pairs of one kind, if kinds are given; of the pairs who
meet again, those who met the fewest times; repeats for the people who had the fewest so far; and pairs whose
last meeting is longest ago. For up to ten people every grouping is compared. For more, no method is known
that surely finds the best (this is the social golfer problem, open since 1998), so the search
is a heuristic: simulated annealing by exchanges, then exchanges as long as one helps. The same input gives
the same groups.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import NamedTuple

MIN_GROUP, MAX_GROUP = 2, 5
"""The sizes of a group."""
MAX_EXHAUSTIVE = 10
"""Up to this number of people every grouping is compared: there are at most some thousands."""
RESTARTS = 4
EXCHANGES = 600
"""Exchanges that annealing tries, for each person and start."""
START_TEMPERATURE, END_TEMPERATURE = 0.8, 0.04
EPSILON = 1e-6
"""Costs below this are rounding errors of zero."""
MAX_AIM = 99
"""The highest cost of a pair for one aim, so that no sum over pairs outweighs the aim before it."""

Pair = tuple[int, int]
"""Two people, the lower number first."""
Groups = tuple[tuple[int, ...], ...]


class Met(NamedTuple):
    """How often two people were in a group, and when last, as any number that grows with time."""

    times: int
    last: int


@dataclass(frozen=True)
class Grouping:
    """The groups, each of two to five people; `ungrouped` are those for whom no group is possible."""

    groups: Groups
    ungrouped: tuple[int, ...] = ()


def pair_of(one: int, other: int) -> Pair:
    """The two, the lower number first."""
    return (one, other) if one < other else (other, one)


def pairs_of(groups: Groups) -> Iterator[Pair]:
    """Every pair within a group."""
    for group in groups:
        for one, other in combinations(group, 2):
            yield pair_of(one, other)


def form_groups(
    people: Collection[int],
    size: int,
    *,
    met: Mapping[Pair, Met],
    apart: Collection[Pair] = (),
    kinds: Mapping[int, str] | None = None,
    seed: int = 0,
) -> Grouping:
    """Groups of about `size` people without any pair that is to be kept `apart`.

    `kinds` is what groups mix; people without a kind are like nobody else. People are left without a group
    only if nobody else is there, or if everybody they could be with is to be kept apart from them.
    """
    random = Random(seed)  # noqa: S311  # must be reproducible, and hides nothing
    waiting = sorted(set(people))
    random.shuffle(waiting)
    forbidden = {pair_of(*pair) for pair in apart}
    without: list[int] = []
    while len(waiting) >= MIN_GROUP:
        excluded = next((one for one in waiting if _has_no_partner(one, waiting, forbidden)), None)
        if excluded is None:
            groups = _first_possible(waiting, size, met, forbidden, kinds or {}, random)
            if groups is not None:
                return Grouping(_in_order(groups), tuple(sorted(without)))
            excluded = _choose_excluded(waiting, size, met, forbidden, random)
        waiting.remove(excluded)
        without.append(excluded)
    return Grouping((), tuple(sorted([*without, *waiting])))


def layouts(people: int, size: int) -> list[tuple[int, ...]]:
    """The group sizes that are possible for a number of people, the best first: even, and close to `size`.

    Uneven sizes come last, and only for few people, since nothing else may keep everybody apart.
    """
    even = {_even(people, count) for count in range(1, people // MIN_GROUP + 1)}
    every = set(_splits(people)) if people <= MAX_EXHAUSTIVE else set()

    def rank(sizes: tuple[int, ...]) -> tuple[bool, int, int, int]:
        away = [abs(one - size) for one in sizes]
        return sizes[0] - sizes[-1] > 1, max(away), sum(away), len(sizes)

    fitting = (sizes for sizes in even | every if sizes[-1] >= MIN_GROUP and sizes[0] <= MAX_GROUP)
    return sorted(fitting, key=rank)


# Keeping people apart --------------------------------------------------------------------------------


def _first_possible(
    people: Sequence[int],
    size: int,
    met: Mapping[Pair, Met],
    forbidden: set[Pair],
    kinds: Mapping[int, str],
    random: Random,
) -> Groups | None:
    """The best groups of the first layout without a forbidden pair, None if no layout has any."""
    for sizes in layouts(len(people), size):
        weights = Weights.of(people, sizes, met, forbidden, kinds)
        find = best_groups if len(people) <= MAX_EXHAUSTIVE else search_groups
        groups = find(weights, sizes, random)
        found = tuple(tuple(people[place] for place in group) for group in groups)
        if forbidden.isdisjoint(pairs_of(found)):
            return found
    return None


def _has_no_partner(one: int, people: Sequence[int], forbidden: set[Pair]) -> bool:
    """Whether somebody may be in a group with nobody else."""
    return all(pair_of(one, other) in forbidden for other in people if other != one)


def _choose_excluded(
    people: Sequence[int], size: int, met: Mapping[Pair, Met], forbidden: set[Pair], random: Random
) -> int:
    """Whom to leave out so that the others can meet: the one with the most forbidden pairs, if that helps."""
    kept_apart = {
        one: sum(pair_of(one, other) in forbidden for other in people if other != one) for one in people
    }
    by_number = sorted(people, key=lambda one: -kept_apart[one])
    if len(people) <= MAX_EXHAUSTIVE:
        for one in by_number:
            others = [other for other in people if other != one]
            if _first_possible(others, size, met, forbidden, {}, random) is not None:
                return one
    return by_number[0]


def _even(people: int, count: int) -> tuple[int, ...]:
    low, more = divmod(people, count)
    return (low + 1,) * more + (low,) * (count - more)


def _splits(people: int, largest: int = MAX_GROUP) -> Iterator[tuple[int, ...]]:
    """Every way to write a number as a sum of group sizes, the largest first."""
    if people == 0:
        yield ()
    for first in range(min(people, largest), MIN_GROUP - 1, -1):
        for rest in _splits(people - first, first):
            yield (first, *rest)


# The cost of a pair ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """The cost of putting two people into one group, by their indexes in the list of people.

    `exact` keeps the order of the aims for any number of pairs. `soft` weighs the aims against each other,
    which annealing needs.
    """

    exact: list[list[int]]
    soft: list[list[float]]

    @classmethod
    def of(
        cls,
        people: Sequence[int],
        sizes: Sequence[int],
        met: Mapping[Pair, Met],
        forbidden: set[Pair],
        kinds: Mapping[int, str],
    ) -> "Weights":
        """The costs of all pairs of these people."""
        pairs = {pair_of(*two): met.get(pair_of(*two), Met(0, 0)) for two in combinations(people, 2)}
        least = min((known.times for known in pairs.values()), default=0)
        rounds = [known.last for known in pairs.values() if known.times]
        oldest, latest = min(rounds, default=0), max(rounds, default=0)
        repeats = _excess_repeats(people, met)
        step = MAX_AIM * sum(one * (one - 1) // 2 for one in sizes) + 1
        exact = [[0] * len(people) for _ in people]
        soft = [[0.0] * len(people) for _ in people]
        for i, j in combinations(range(len(people)), 2):
            pair = pair_of(people[i], people[j])
            known = pairs[pair]
            above = known.times - least
            aims = (
                pair in forbidden,
                above > 0,
                _are_alike(pair, kinds),
                min(above * above, MAX_AIM),
                min(repeats[pair[0]] + repeats[pair[1]], MAX_AIM) if above else 0,
                MAX_AIM * (known.last - oldest) // (latest - oldest)
                if known.times and latest > oldest
                else 0,
            )
            cost = 0
            for aim in aims:
                cost = cost * step + aim
            exact[i][j] = exact[j][i] = cost
            soft[i][j] = soft[j][i] = sum(share * aim for share, aim in zip(_SHARES, aims, strict=True))
        return cls(exact, soft)

    def cost(self, groups: Groups) -> int:
        """The total cost of groups."""
        return sum(self.exact[one][other] for group in groups for one, other in combinations(group, 2))


_SHARES = (50.0, 1.0, 0.4, 0.15, 0.02, 0.002)


def _excess_repeats(people: Sequence[int], met: Mapping[Pair, Met]) -> dict[int, int]:
    """The number of repeats of each so far, less the fewest of anybody."""
    repeats = dict.fromkeys(people, 0)
    for (one, other), known in met.items():
        if one in repeats and other in repeats:
            repeats[one] += known.times - 1
            repeats[other] += known.times - 1
    fewest = min(repeats.values())
    return {one: count - fewest for one, count in repeats.items()}


def _are_alike(pair: Pair, kinds: Mapping[int, str]) -> bool:
    one, other = (kinds.get(who, "") for who in pair)
    return bool(one) and one == other


# Exhaustive search -----------------------------------------------------------------------------------


def best_groups(weights: Weights, sizes: Sequence[int], random: Random) -> Groups:
    """The cheapest of all groupings into these sizes; of equal ones the first in a random order."""
    exact = weights.exact
    best: list[Groups] = []
    cheapest = math.inf

    def extend(remaining: tuple[int, ...], sizes: tuple[int, ...], groups: Groups, cost: int) -> None:
        nonlocal cheapest
        if cost >= cheapest:
            return
        if not remaining:
            best[:], cheapest = [groups], cost
            return
        first, *others = remaining
        for size in dict.fromkeys(sizes):
            at = sizes.index(size)
            for mates in combinations(others, size - 1):
                group = (first, *mates)
                more = sum(exact[one][other] for one, other in combinations(group, 2))
                rest = tuple(one for one in others if one not in mates)
                extend(rest, sizes[:at] + sizes[at + 1 :], (*groups, group), cost + more)

    everybody = list(range(sum(sizes)))
    random.shuffle(everybody)
    extend(tuple(everybody), tuple(sizes), (), 0)
    return best[0]


# Local search ----------------------------------------------------------------------------------------


def search_groups(weights: Weights, sizes: Sequence[int], random: Random) -> Groups:
    """A cheap grouping into these sizes: the best of a few searches, or the first that costs nothing."""
    best: Groups = ()
    cheapest = math.inf
    for _ in range(RESTARTS):
        search = _LocalSearch(weights, sizes, random)
        search.anneal()
        search.descend()
        cost = weights.cost(search.groups)
        if cost < cheapest:
            best, cheapest = search.groups, cost
        if cost == 0:
            break
    return best


class _LocalSearch:
    """A grouping that is improved by exchanging two people at a time."""

    def __init__(self, weights: Weights, sizes: Sequence[int], random: Random) -> None:
        everybody = list(range(sum(sizes)))
        random.shuffle(everybody)
        self._weights = weights
        self._random = random
        self._groups = [[everybody.pop() for _ in range(size)] for size in sizes]
        self._group_of = {one: at for at, group in enumerate(self._groups) for one in group}

    @property
    def groups(self) -> Groups:
        """The present groups."""
        return tuple(tuple(group) for group in self._groups)

    def anneal(self) -> None:
        """Exchange people at random; exchanges that raise the cost become ever less likely."""
        soft, random, count = self._weights.soft, self._random.random, len(self._group_of)
        tries = EXCHANGES * count
        cooling = (END_TEMPERATURE / START_TEMPERATURE) ** (1 / tries)
        temperature = START_TEMPERATURE
        cost = sum(soft[one][other] for group in self._groups for one, other in combinations(group, 2))
        for _ in range(tries):
            if cost < EPSILON:
                return
            temperature *= cooling
            one, other = int(random() * count), int(random() * count)
            if self._group_of[one] == self._group_of[other]:
                continue
            more = self._cost_of_exchange(one, other, soft)
            if more <= 0 or random() < math.exp(-more / temperature):
                self._exchange(one, other)
                cost += more

    def descend(self) -> None:
        """Exchange people as long as that lowers the cost."""
        exact = self._weights.exact
        is_better = True
        while is_better:
            is_better = False
            for one, other in combinations(range(len(self._group_of)), 2):
                if self._group_of[one] == self._group_of[other]:
                    continue
                if self._cost_of_exchange(one, other, exact) < 0:
                    self._exchange(one, other)
                    is_better = True

    def _cost_of_exchange(self, one: int, other: int, costs: Sequence[Sequence[float]]) -> float:
        """By how much the cost grows if two people of different groups are exchanged."""
        ones, others = costs[one], costs[other]
        more: float = 0
        for mate in self._groups[self._group_of[one]]:
            if mate != one:
                more += others[mate] - ones[mate]
        for mate in self._groups[self._group_of[other]]:
            if mate != other:
                more += ones[mate] - others[mate]
        return more

    def _exchange(self, one: int, other: int) -> None:
        first, second = self._group_of[one], self._group_of[other]
        self._groups[first][self._groups[first].index(one)] = other
        self._groups[second][self._groups[second].index(other)] = one
        self._group_of[one], self._group_of[other] = second, first


def _in_order(groups: Groups) -> Groups:
    """The groups in a canonical order."""
    return tuple(sorted((tuple(sorted(group)) for group in groups), key=lambda group: (-len(group), group)))
