"""The pure grouping: nobody is alone, new acquaintances come first, and it is optimal for few people."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitation.circles.grouping import (
    MAX_GROUP,
    MIN_GROUP,
    Grouping,
    Met,
    Pair,
    Weights,
    best_groups,
    form_groups,
    layouts,
    pair_of,
    pairs_of,
    search_groups,
)
from tests.bench.circles import least_repeats, lived

sizes = st.integers(MIN_GROUP, MAX_GROUP)


@st.composite
def histories(draw: st.DrawFn, people: int) -> dict[Pair, Met]:
    """Some of the pairs have met, some of them often."""
    pairs = list(combinations(range(people), 2))
    met = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs))) if pairs else []
    random = Random(draw(st.integers(0, 1000)))
    return {pair: Met(random.randint(1, 4), random.randint(1, 40)) for pair in met}


@st.composite
def circles(draw: st.DrawFn, most: int = 40) -> tuple[int, int, dict[Pair, Met]]:
    """How many people, in groups of what size, and who has met whom."""
    people = draw(st.integers(0, most))
    return people, draw(sizes), draw(histories(people))


# Nobody alone --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(circles(), st.integers(0, 100))
def test_everybody_is_in_exactly_one_group_and_nobody_is_alone(
    circle: tuple[int, int, dict[Pair, Met]], seed: int
) -> None:
    people, size, met = circle
    found = form_groups(range(people), size, met=met, seed=seed)
    assert sorted(one for group in found.groups for one in group) == list(range(people if people > 1 else 0))
    assert found.ungrouped == tuple(range(people if people < 2 else 0))
    lengths = [len(group) for group in found.groups]
    assert all(MIN_GROUP <= length <= MAX_GROUP for length in lengths)
    assert max(lengths, default=0) - min(lengths, default=0) <= 1, "as even as possible"


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 14), sizes)
def test_who_is_to_be_apart_never_is_together_and_still_nobody_is_alone(
    data: st.DataObject, people: int, size: int
) -> None:
    pairs = list(combinations(range(people), 2))
    apart = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    found = form_groups(range(people), size, met={}, apart=[(b, a) for a, b in apart], seed=people)
    assert set(pairs_of(found.groups)).isdisjoint(apart)
    assert all(MIN_GROUP <= len(group) <= MAX_GROUP for group in found.groups)
    seated = [one for group in found.groups for one in group]
    assert sorted([*seated, *found.ungrouped]) == list(range(people))
    for one, other in combinations(found.ungrouped, 2):
        assert pair_of(one, other) in apart, "these two could have met"


@given(st.integers(2, 300), sizes)
def test_the_sizes_are_near_to_what_is_wished(people: int, size: int) -> None:
    best = layouts(people, size)[0]
    assert sum(best) == people
    assert best[0] - best[-1] <= 1
    if people % size == 0:
        assert set(best) == {size}
    elif people > 2 * size * size:
        assert set(best) <= {size - 1, size, size + 1}


@pytest.mark.parametrize(
    ("people", "size", "expected"),
    [
        (2, 5, (2,)),
        (3, 2, (3,)),
        (7, 2, (3, 2, 2)),
        (5, 4, (5,)),
        (6, 5, (3, 3)),
        (11, 4, (4, 4, 3)),
        (40, 3, (4, *[3] * 12)),
    ],
)
def test_odd_ones_join_a_group(people: int, size: int, expected: tuple[int, ...]) -> None:
    assert layouts(people, size)[0] == expected


def test_who_keeps_everybody_apart_is_left_out_and_the_others_meet() -> None:
    apart = [(0, other) for other in range(1, 30)]
    found = form_groups(range(30), 3, met={}, apart=apart)
    assert found.ungrouped == (0,)
    assert len(found.groups) == 10


def test_where_everybody_keeps_everybody_apart_there_is_no_group() -> None:
    found = form_groups(range(30), 3, met={}, apart=list(combinations(range(30), 2)))
    assert found == Grouping((), tuple(range(30)))


# Reproducible --------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(circles(), st.integers(0, 100), st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_given_changes_nothing(
    circle: tuple[int, int, dict[Pair, Met]], seed: int, random: Random
) -> None:
    people, size, met = circle
    mixed = list(range(people))
    random.shuffle(mixed)
    assert form_groups(mixed, size, met=met, seed=seed) == form_groups(
        range(people), size, met=met, seed=seed
    )


# Optimal -------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(circles(most=8), st.integers(0, 100))
def test_every_way_is_looked_at_among_few_people(circle: tuple[int, int, dict[Pair, Met]], seed: int) -> None:
    """No shuffle of these people into groups of these sizes has fewer repeats, or fewer former meetings."""
    people, size, met = circle
    found = form_groups(range(people), size, met=met, seed=seed)
    random = Random(seed)
    for _ in range(50):
        everybody = list(range(people))
        random.shuffle(everybody)
        other = tuple(tuple(everybody.pop() for _ in group) for group in found.groups)
        assert repeats(found, met) <= repeats(Grouping(other), met)


def repeats(found: Grouping, met: dict[Pair, Met]) -> tuple[int, int]:
    """How many pairs meet again, and how often they did before, above what everybody did."""
    people = sorted(one for group in found.groups for one in group)
    least = min((met.get(pair, Met(0, 0)).times for pair in combinations(people, 2)), default=0)
    above = [met.get(pair, Met(0, 0)).times - least for pair in pairs_of(found.groups)]
    return sum(one > 0 for one in above), sum(one * one for one in above)


def test_the_search_comes_as_near_as_looking_at_every_way() -> None:
    """The search serves larger circles, whose optimum is unknown; for small ones it can be compared."""
    more = [_repeats_more_than_need_be(Random(seed)) for seed in range(40)]
    assert max(more) <= 1
    assert more.count(0) >= 36


def _repeats_more_than_need_be(random: Random) -> int:
    people, size = random.randint(4, 8), random.randint(2, 5)
    pairs = [pair for pair in combinations(range(people), 2) if random.random() < 0.7]
    met = {pair: Met(random.randint(1, 4), random.randint(1, 40)) for pair in pairs}
    shape = layouts(people, size)[0]
    weights = Weights.of(range(people), shape, met, set(), {})
    found = (best_groups(weights, shape, random), search_groups(weights, shape, random))
    best, near = (repeats(Grouping(groups), met)[0] for groups in found)
    return near - best


# Whom one meets again ------------------------------------------------------------------------------


def test_of_who_meets_again_it_is_those_who_met_least_and_longest_ago() -> None:
    often = {(0, 1): Met(2, 9), (2, 3): Met(2, 9), (0, 2): Met(1, 8), (1, 3): Met(1, 8)}
    met = {**often, (0, 3): Met(1, 3), (1, 2): Met(1, 3)}
    assert form_groups(range(4), 2, met=met).groups == ((0, 3), (1, 2))


def test_repeats_go_to_who_had_the_fewest() -> None:
    """Six people in a ring can pair in two ways with one repeat each: that of the pair without one so far."""
    one_way, other_way = ((0, 1), (2, 3), (4, 5)), ((0, 5), (1, 2), (3, 4))
    apart = set(combinations(range(6), 2)) - {*one_way, *other_way}
    met = {(0, 1): Met(1, 1), (3, 4): Met(1, 1)}
    assert form_groups(range(6), 2, met={**met, (0, 2): Met(5, 1)}, apart=apart).groups == other_way
    assert form_groups(range(6), 2, met={**met, (3, 5): Met(5, 1)}, apart=apart).groups == one_way


def test_new_acquaintances_come_before_mixing_and_mixing_before_chance() -> None:
    kinds = {one: "new" if one < 20 else "here before" for one in range(40)}
    first = form_groups(range(40), 2, met={}, kinds=kinds)
    assert all((one < 20) != (other < 20) for one, other in first.groups)
    known = {pair: Met(1, 1) for pair in combinations(range(40), 2) if (pair[0] < 20) != (pair[1] < 20)}
    then = form_groups(range(40), 2, met=known, kinds=kinds)
    assert all((one < 20) == (other < 20) for one, other in then.groups)


# A year --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "size", "rounds"), [(12, 2, 13), (16, 4, 10)])
def test_over_many_rounds_there_are_hardly_more_repeats_than_there_must_be(
    people: int, size: int, rounds: int
) -> None:
    life = lived(people, size, rounds)
    least = least_repeats(people, life.pairs)
    assert least <= life.repeats <= least + people // 8
    assert max(life.repeats_of) - min(life.repeats_of) <= 2 * size, "nobody gets them all"
