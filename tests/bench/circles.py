"""How seldom people meet again: `python -m tests.bench.circles`.

Forty people over 52 rounds, in groups of two to five. Nobody can do better than to let everybody meet
everybody once before anybody meets again: that is the least there can be, at any round, though for most
sizes it is not known whether it can be reached on the way. Also printed: a year in which people skip.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from facilitation.circles.grouping import Met, Pair, form_groups, pairs_of
from tests.bench.figures import Figures

PEOPLE, ROUNDS = 40, 52
MARKS = (10, 13, 20, 26, 39, 52)
SKIPS = 0.15
"""The share of people who sit out a round, in the second year."""


@dataclass(frozen=True)
class Life:
    """What became of some rounds: pairs that met, those that met again, and the time of the slowest."""

    pairs: int
    repeats: int
    repeats_of: tuple[int, ...]
    on_the_way: tuple[tuple[int, int, int], ...]
    times: dict[int, int]
    smallest: int
    slowest: float


def lived(people: int, size: int, rounds: int, *, skips: float = 0.0, marks: Sequence[int] = ()) -> Life:
    """Rounds of the same people, of whom a share sits out each."""
    random = Random(1)
    met: dict[Pair, Met] = {}
    repeats_of: Counter[int] = Counter(dict.fromkeys(range(people), 0))
    pairs = repeats = 0
    smallest = people
    slowest = 0.0
    on_the_way = []
    for round_ in range(1, rounds + 1):
        here = [one for one in range(people) if random.random() >= skips]
        start = time.process_time()
        found = form_groups(here, size, met=met, seed=round_)
        slowest = max(slowest, time.process_time() - start)
        smallest = min(smallest, *map(len, found.groups))
        for pair in pairs_of(found.groups):
            known = met.get(pair, Met(0, 0))
            pairs += 1
            if known.times:
                repeats += 1
                repeats_of.update(pair)
            met[pair] = Met(known.times + 1, round_)
        if round_ in marks:
            on_the_way.append((round_, repeats, least_repeats(people, pairs)))
    times = Counter(known.times for known in met.values())
    return Life(
        pairs,
        repeats,
        tuple(repeats_of.values()),
        tuple(on_the_way),
        dict(sorted(times.items())),
        smallest,
        slowest,
    )


def least_repeats(people: int, pairs: int) -> int:
    """The fewest repeats that so many pairs put together can have: every pair there is once, then again."""
    return max(0, pairs - people * (people - 1) // 2)


def main() -> int:
    """Print the figures; returns 1 if a target was missed."""
    figures = Figures()
    for size in (2, 3, 4, 5):
        life = lived(PEOPLE, size, ROUNDS, marks=MARKS)
        print(f"\n{PEOPLE} people in groups of {size}: repeats up to a round, and the least there can be")
        print("   ".join(f"{round_}: {ours}/{least}" for round_, ours, least in life.on_the_way))
        print(f"times that pairs met: {life.times}; the slowest round took {life.slowest:.2f} s")
        spread = max(life.repeats_of) - min(life.repeats_of)
        least = least_repeats(PEOPLE, life.pairs)
        figures.at_most("repeats above the least", life.repeats - least, least // 100)
        figures.at_most("repeats of one person above those of another", spread, max(life.repeats_of) // 8)
        figures.at_least("people in the smallest group", life.smallest, 2)
        seldom = lived(PEOPLE, size, ROUNDS, skips=SKIPS)
        least = least_repeats(PEOPLE, seldom.pairs)
        print(f"where each skips {SKIPS:.0%} of the rounds: {seldom.repeats} repeats, at least {least}")
    return int(figures.missed)


if __name__ == "__main__":
    sys.exit(main())
