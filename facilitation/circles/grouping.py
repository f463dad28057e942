"""Who meets whom: small groups in which people are new to each other, as far as that goes. Pure functions.

The best groups are, in this order: those who asked for it apart (always); the fewest pairs who have met
before; across kinds, where that is wished; of pairs who meet again those who met the fewest times; the
repeats with those who had the fewest so far; and who met the longest ago. Up to ten people, every way there
is to group them is looked at. Beyond that no way is known to be sure (golfers have looked for one since
1998), so it is searched: annealing by exchanges, then exchanges while any helps; the same for the same input.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import NamedTuple

SMALLEST, LARGEST = 2, 5
"""People in a group."""
LOOKED_AT_WHOLLY = 10
"""Up to so many people every way is looked at: there are at most some thousands."""
STARTS = 4
EXCHANGES = 600
"""How many exchanges a search tries, for each person and start."""
HOT, COLD = 0.8, 0.04
NOTHING = 1e-6
MOST = 99
"""The highest weight within one of the aims, so that no number of pairs reaches into the next."""

Pair = tuple[int, int]
"""Two people, the lower number first."""
Groups = tuple[tuple[int, ...], ...]


class Met(NamedTuple):
    """How often two people were in a group, and when last: any count that grows with time."""

    times: int
    last: int


@dataclass(frozen=True)
class Grouping:
    """The groups, each of two to five; `without` are those for whom none can be found this time."""

    groups: Groups
    without: tuple[int, ...] = ()


def pair_of(one: int, other: int) -> Pair:
    """The two, the lower number first."""
    return (one, other) if one < other else (other, one)


def pairs_of(groups: Groups) -> Iterator[Pair]:
    """Everybody who meets."""
    for group in groups:
        for one, other in combinations(group, 2):
            yield pair_of(one, other)


def grouped(
    people: Collection[int],
    size: int,
    *,
    met: Mapping[Pair, Met],
    apart: Collection[Pair] = (),
    kinds: Mapping[int, str] | None = None,
    seed: int = 0,
) -> Grouping:
    """Groups of about `size` people, nobody alone, and nobody with whom they are to be kept apart.

    `kinds` are what people are to be mixed by; who has none is like nobody. Nobody is left `without` unless
    they are on their own, or everybody there is to be kept apart from them.
    """
    random = Random(seed)  # noqa: S311  # it has to give the same again, and hides nothing
    waiting = sorted(set(people))
    random.shuffle(waiting)
    forbidden = {pair_of(*pair) for pair in apart}
    without: list[int] = []
    while len(waiting) >= SMALLEST:
        left = next((one for one in waiting if _is_shunned(one, waiting, forbidden)), None)
        if left is None:
            found = _first_possible(waiting, size, met, forbidden, kinds or {}, random)
            if found is not None:
                return Grouping(_in_order(found), tuple(sorted(without)))
            left = _left_out(waiting, size, met, forbidden, random)
        waiting.remove(left)
        without.append(left)
    return Grouping((), tuple(sorted([*without, *waiting])))


def layouts(people: int, size: int) -> list[tuple[int, ...]]:
    """The sizes that groups of so many people may have, the best first: even, and near to `size`.

    Odd ones join a group. Uneven sizes come last, for few people only, where nothing else may be possible.
    """
    even = {_even(people, count) for count in range(1, people // SMALLEST + 1)}
    every = set(_splits(people)) if people <= LOOKED_AT_WHOLLY else set()

    def rank(sizes: tuple[int, ...]) -> tuple[bool, int, int, int]:
        away = [abs(one - size) for one in sizes]
        return sizes[0] - sizes[-1] > 1, max(away), sum(away), len(sizes)

    fitting = (sizes for sizes in even | every if sizes[-1] >= SMALLEST and sizes[0] <= LARGEST)
    return sorted(fitting, key=rank)


# Whether it can be done at all -----------------------------------------------------------------------


def _first_possible(
    people: Sequence[int],
    size: int,
    met: Mapping[Pair, Met],
    forbidden: set[Pair],
    kinds: Mapping[int, str],
    random: Random,
) -> Groups | None:
    """The best groups of the first layout that keeps everybody apart who has to be."""
    for sizes in layouts(len(people), size):
        weights = Weights.of(people, sizes, met, forbidden, kinds)
        find = best_of_all if len(people) <= LOOKED_AT_WHOLLY else searched
        groups = find(weights, sizes, random)
        found = tuple(tuple(people[place] for place in group) for group in groups)
        if forbidden.isdisjoint(pairs_of(found)):
            return found
    return None


def _is_shunned(one: int, people: Sequence[int], forbidden: set[Pair]) -> bool:
    """Whether there is nobody with whom they could be."""
    return all(pair_of(one, other) in forbidden for other in people if other != one)


def _left_out(
    people: Sequence[int], size: int, met: Mapping[Pair, Met], forbidden: set[Pair], random: Random
) -> int:
    """Whom to leave out so that the others can meet: who is kept apart from the most, if that will do."""
    kept_apart = {
        one: sum(pair_of(one, other) in forbidden for other in people if other != one) for one in people
    }
    by_number = sorted(people, key=lambda one: -kept_apart[one])
    if len(people) <= LOOKED_AT_WHOLLY:
        for one in by_number:
            others = [other for other in people if other != one]
            if _first_possible(others, size, met, forbidden, {}, random) is not None:
                return one
    return by_number[0]


def _even(people: int, count: int) -> tuple[int, ...]:
    low, more = divmod(people, count)
    return (low + 1,) * more + (low,) * (count - more)


def _splits(people: int, largest: int = LARGEST) -> Iterator[tuple[int, ...]]:
    """Every way to write a number as a sum of group sizes, the larger ones first."""
    if people == 0:
        yield ()
    for first in range(min(people, largest), SMALLEST - 1, -1):
        for rest in _splits(people - first, first):
            yield (first, *rest)


# What a pair costs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """What it costs to put two people together, by their places in the list of people.

    `exact` keeps the order of the aims whatever the number of pairs; `soft` is for annealing, which needs
    aims that can be weighed against each other.
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
        """The costs of every two of these people."""
        pairs = {pair_of(*two): met.get(pair_of(*two), Met(0, 0)) for two in combinations(people, 2)}
        least = min((known.times for known in pairs.values()), default=0)
        rounds = [known.last for known in pairs.values() if known.times]
        oldest, latest = min(rounds, default=0), max(rounds, default=0)
        borne = _borne(people, met)
        step = MOST * sum(one * (one - 1) // 2 for one in sizes) + 1
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
                min(above * above, MOST),
                min(borne[pair[0]] + borne[pair[1]], MOST) if above else 0,
                MOST * (known.last - oldest) // (latest - oldest) if known.times and latest > oldest else 0,
            )
            cost = 0
            for aim in aims:
                cost = cost * step + aim
            exact[i][j] = exact[j][i] = cost
            soft[i][j] = soft[j][i] = sum(share * aim for share, aim in zip(_SHARES, aims, strict=True))
        return cls(exact, soft)

    def cost(self, groups: Groups) -> int:
        """What groups cost altogether."""
        return sum(self.exact[one][other] for group in groups for one, other in combinations(group, 2))


_SHARES = (50.0, 1.0, 0.4, 0.15, 0.02, 0.002)


def _borne(people: Sequence[int], met: Mapping[Pair, Met]) -> dict[int, int]:
    """How many repeats each had so far, above who had the fewest."""
    here = dict.fromkeys(people, 0)
    for (one, other), known in met.items():
        if one in here and other in here:
            here[one] += known.times - 1
            here[other] += known.times - 1
    fewest = min(here.values())
    return {one: count - fewest for one, count in here.items()}


def _are_alike(pair: Pair, kinds: Mapping[int, str]) -> bool:
    one, other = (kinds.get(who, "") for who in pair)
    return bool(one) and one == other


# Every way there is ----------------------------------------------------------------------------------


def best_of_all(weights: Weights, sizes: Sequence[int], random: Random) -> Groups:
    """The cheapest of all groups of these sizes; of those alike the first, in an order drawn at random."""
    exact = weights.exact
    best: list[Groups] = []
    cheapest = math.inf

    def go_on(left: tuple[int, ...], sizes: tuple[int, ...], groups: Groups, cost: int) -> None:
        nonlocal cheapest
        if cost >= cheapest:
            return
        if not left:
            best[:], cheapest = [groups], cost
            return
        first, *others = left
        for size in dict.fromkeys(sizes):
            at = sizes.index(size)
            for mates in combinations(others, size - 1):
                group = (first, *mates)
                more = sum(exact[one][other] for one, other in combinations(group, 2))
                rest = tuple(one for one in others if one not in mates)
                go_on(rest, sizes[:at] + sizes[at + 1 :], (*groups, group), cost + more)

    everybody = list(range(sum(sizes)))
    random.shuffle(everybody)
    go_on(tuple(everybody), tuple(sizes), (), 0)
    return best[0]


# A search --------------------------------------------------------------------------------------------


def searched(weights: Weights, sizes: Sequence[int], random: Random) -> Groups:
    """Cheap groups of these sizes: the best of a few searches, or the first that costs nothing."""
    best: Groups = ()
    cheapest = math.inf
    for _ in range(STARTS):
        table = _Table(weights, sizes, random)
        table.anneal()
        table.settle()
        cost = weights.cost(table.groups)
        if cost < cheapest:
            best, cheapest = table.groups, cost
        if cost == 0:
            break
    return best


class _Table:
    """People sitting in groups, who change places."""

    def __init__(self, weights: Weights, sizes: Sequence[int], random: Random) -> None:
        everybody = list(range(sum(sizes)))
        random.shuffle(everybody)
        self._weights = weights
        self._random = random
        self._groups = [[everybody.pop() for _ in range(size)] for size in sizes]
        self._group_of = {one: at for at, group in enumerate(self._groups) for one in group}

    @property
    def groups(self) -> Groups:
        """As they sit now."""
        return tuple(tuple(group) for group in self._groups)

    def anneal(self) -> None:
        """Exchange two at a time, at first also where that is dearer, and less and less so."""
        soft, random, count = self._weights.soft, self._random.random, len(self._group_of)
        tries = EXCHANGES * count
        cooling = (COLD / HOT) ** (1 / tries)
        heat = HOT
        cost = sum(soft[one][other] for group in self._groups for one, other in combinations(group, 2))
        for _ in range(tries):
            if cost < NOTHING:
                return
            heat *= cooling
            one, other = int(random() * count), int(random() * count)
            if self._group_of[one] == self._group_of[other]:
                continue
            more = self._change(one, other, soft)
            if more <= 0 or random() < math.exp(-more / heat):
                self._exchange(one, other)
                cost += more

    def settle(self) -> None:
        """Exchange while any exchange makes it cheaper."""
        exact = self._weights.exact
        is_better = True
        while is_better:
            is_better = False
            for one, other in combinations(range(len(self._group_of)), 2):
                if self._group_of[one] != self._group_of[other] and self._change(one, other, exact) < 0:
                    self._exchange(one, other)
                    is_better = True

    def _change(self, one: int, other: int, costs: Sequence[Sequence[float]]) -> float:
        """By how much it gets dearer if two who sit apart change places."""
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
        here, there = self._group_of[one], self._group_of[other]
        self._groups[here][self._groups[here].index(one)] = other
        self._groups[there][self._groups[there].index(other)] = one
        self._group_of[one], self._group_of[other] = there, here


def _in_order(groups: Groups) -> Groups:
    """The same groups however they were found."""
    return tuple(sorted((tuple(sorted(group)) for group in groups), key=lambda group: (-len(group), group)))
