"""How good, fast and lean the matching is: `python -m tests.bench.matching [--scale 0.1] [--seeds 1]`.

The same rounds of 100, 1,000 and 10,000 people (three in ten are mentors, with room for one to three) are
matched by us, by a dense optimal assignment, by taking the best pair that is left again and again, by giving
each in turn the best mentor who is left, and by luck. Each does so in a process of its own, since a process
never forgets its peak of memory; all begin with the same people and reckon their fits by the same code.
"""

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from facilitation.mentoring.matching import MINIMUM_FIT, MatchingInput, Mentor, Request, match
from facilitation.mentoring.matching_process import match_in_background
from facilitation.mentoring.scoring import Numbers, Scores
from facilitation.mentoring.solver import solve
from facilitation.mentoring.solver_input import places_of
from tests.bench.figures import Figures

SIZES = (100, 1_000, 10_000)
ZONES = (
    "Africa/Nairobi", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata",
    "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London", "",
)  # fmt: skip
LANGUAGES = ("English", "Spanish", "German", "French")
TOPICS = tuple(f"topic {at}" for at in range(120))
POPULAR = tuple(1 / (at + 5) for at in range(len(TOPICS)))
Found = dict[str, Any]


def main() -> int:
    """Print one line for each figure; returns 1 if one misses its target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0, help="of the largest number of people")
    options.add_argument("--seeds", type=int, default=1, help="rounds of each size")
    options.add_argument("--child", nargs=3, metavar=("METHOD", "PEOPLE", "SEED"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        method, people, seed = chosen.child
        print(json.dumps(_measure(method, int(people), int(seed))))
        return 0
    figures = Figures()
    for people in sorted({min(size, int(SIZES[-1] * chosen.scale)) for size in SIZES}):
        for seed in range(chosen.seeds):
            _judge(figures, people, seed)
    return int(figures.missed)


def _judge(figures: Figures, people: int, seed: int) -> None:
    name = f"{people:,} people, round {seed}:"
    found = {method: _in_child(method, people, seed) for method in METHODS}
    ours, dense = found["ours"], found["dense"]
    for method, one in found.items():
        share = one["fit"] / dense["fit"]
        print(
            f"{name} {method:<10} fit {one['fit']:>9,} ({share:8.3%} of the dense optimum), "
            f"{one['served']:>5,} served, {one['seconds']:7.3f} s, {one['busy']:7.3f} s of processor, "
            f"{one['peak']:5.1f} MB"
        )
    figures.at_least(f"{name} share of the dense optimum's fit", ours["fit"] / dense["fit"], 1)
    if people == SIZES[1]:
        figures.at_most(f"{name} solving, the quickest of nine, ms", ours["again"] * 1e3, 50)
    if people == SIZES[-1]:
        # Both keep one core busy; what else runs on the machine makes now this one wait and now that one.
        figures.at_most(f"{name} share of its processor time", ours["busy"] / dense["busy"], 0.4)
        figures.at_most(f"{name} share of its memory", ours["peak"] / dense["peak"], 1 / 6)
    whole = _in_child("loop", people, seed)
    figures.note(f"{name} with all explanations, beside a loop, s", whole["seconds"])
    figures.note(f"{name} the latest that the loop was meanwhile, ms", whole["latest"] * 1e3)


def _in_child(method: str, people: int, seed: int) -> Found:
    command = [sys.executable, "-m", "tests.bench.matching", "--child", method, str(people), str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def made_up(people: int, seed: int) -> MatchingInput[int]:
    """A round in which some topics are asked for often and most seldom."""
    luck = random.Random(seed)

    def some(most: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(luck.choices(TOPICS, POPULAR, k=luck.randint(1, most))))

    def renderable() -> tuple[str, ...]:
        return tuple(luck.sample(LANGUAGES, luck.choice((0, 1, 1, 2))))

    mentors = people * 3 // 10
    return MatchingInput(
        tuple(
            Mentor(one, some(6), luck.randint(1, 3), luck.randint(0, 2), luck.choice(ZONES), renderable())
            for one in range(mentors)
        ),
        tuple(
            Request(one, some(4), luck.randint(0, 120), luck.choice(ZONES), renderable())
            for one in range(mentors, people)
        ),
        frozenset((luck.randrange(mentors), luck.randrange(mentors, people)) for _ in range(people)),
        near={topic: frozenset(luck.sample(TOPICS, 2)) for topic in TOPICS},
    )


# In a child --------------------------------------------------------------------------------------


def _measure(method: str, people: int, seed: int) -> Found:
    asked = made_up(people, seed)
    if method == "loop":
        return asyncio.run(_beside_a_loop(asked))
    if method == "dense":
        import scipy.optimize  # noqa: F401, PLC0415  # it takes a second and 13 MB that the others do without
    began, busy = time.perf_counter(), time.process_time()
    scores = Scores(asked, asked.mentors, asked.requests)
    chosen = METHODS[method](scores, asked)
    found = {
        "seconds": time.perf_counter() - began,
        "busy": time.process_time() - busy,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if method == "ours" and people <= SIZES[1]:
        found["again"] = min(_solving(asked) for _ in range(9))
    return found | {"fit": _fit_of(scores, chosen), "served": int((chosen >= 0).sum())}


def _solving(asked: MatchingInput[int]) -> float:
    scores = Scores(asked, asked.mentors, asked.requests)
    began = time.perf_counter()
    _ours(scores, asked)
    return time.perf_counter() - began


def _fit_of(scores: Scores[int], chosen: Numbers) -> int:
    total = 0
    for first, fits in scores.blocks(MINIMUM_FIT):
        mentors = chosen[first : first + len(fits)]
        rows = np.flatnonzero(mentors >= 0)
        taken = fits[rows, mentors[rows]]
        assert (taken > 0).all()
        total += int(taken.sum())
    return total


def _ours(scores: Scores[int], asked: MatchingInput[int]) -> Numbers:
    return solve(scores, places_of(asked.mentors, asked.requests), MINIMUM_FIT).mentors


def _dense(scores: Scores[int], asked: MatchingInput[int]) -> Numbers:
    """All pairs in one table, a column for each place; for the fit alone."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  # as above

    capacity = [mentor.capacity for mentor in asked.mentors]
    fits = np.concatenate([fits for _, fits in scores.blocks(MINIMUM_FIT)])
    table = np.repeat(fits, capacity, axis=1).astype(np.float64)
    rows, places = linear_sum_assignment(table, maximize=True)
    chosen = np.full(len(fits), -1)
    chosen[rows] = np.where(
        table[rows, places] > 0, np.repeat(np.arange(len(capacity)), capacity)[places], -1
    )
    return chosen


def _best_pair(scores: Scores[int], asked: MatchingInput[int]) -> Numbers:
    """The best pair that is left, again and again."""
    places, pairs = [], []
    for first, fits in scores.blocks(MINIMUM_FIT):
        rows, columns = np.nonzero(fits)
        places.append(np.stack((rows + first, columns), axis=1).astype(np.int32))
        pairs.append(fits[rows, columns])
    order = np.argsort(-np.concatenate(pairs), kind="stable")
    return _taken(np.concatenate(places)[order].tolist(), asked)


def _in_turn(scores: Scores[int], asked: MatchingInput[int]) -> Numbers:
    """To each the best mentor who is left."""
    left = np.array([mentor.capacity for mentor in asked.mentors])
    chosen = np.full(len(asked.requests), -1)
    for first, fits in scores.blocks(MINIMUM_FIT):
        for row, mine in enumerate(fits, first):
            best = int((mine * (left > 0)).argmax())
            if mine[best] and left[best]:
                chosen[row] = best
                left[best] -= 1
    return chosen


def _by_luck(scores: Scores[int], asked: MatchingInput[int]) -> Numbers:
    luck, pairs = random.Random(0), []
    for first, fits in scores.blocks(MINIMUM_FIT):
        for row, mine in enumerate(fits, first):
            could = np.flatnonzero(mine).tolist()
            pairs += [(row, column) for column in luck.sample(could, min(len(could), 9))]
    luck.shuffle(pairs)
    return _taken(pairs, asked)


def _taken(pairs: list[Any], asked: MatchingInput[int]) -> Numbers:
    left = [mentor.capacity for mentor in asked.mentors]
    chosen = np.full(len(asked.requests), -1)
    for row, column in pairs:
        if left[column] and chosen[row] < 0:
            chosen[row] = column
            left[column] -= 1
    return chosen


async def _beside_a_loop(asked: MatchingInput[int]) -> Found:
    """How late a loop is that wants to do something every five milliseconds."""
    match(made_up(10, 0))  # the solver is loaded once
    late = [0.0]

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - began - 0.005)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    await match_in_background(asked)
    seconds = time.perf_counter() - began
    ticking.cancel()
    return {"seconds": seconds, "latest": max(late)}


METHODS: dict[str, Callable[[Scores[int], MatchingInput[int]], Numbers]] = {
    "ours": _ours,
    "dense": _dense,
    "best pair": _best_pair,
    "in turn": _in_turn,
    "luck": _by_luck,
}

if __name__ == "__main__":
    sys.exit(main())
