"""The matching is optimal in all three aims, compared with brute force and with another solver."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from facilitation.mentoring import scoring, shortlist, solver
from facilitation.mentoring.matching import Matching, MatchingInput, fits, match
from tests.features.mentoring.matching.brute_force import Aims, best_aims, everyone_once, reached
from tests.features.mentoring.matching.rounds import KINDS, large_round, shuffled, small_rounds
from tests.samples import SMALL_ROUNDS, sampled

MINIMA = st.sampled_from((0, 300, 650))
THOROUGH = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@sampled("rounds", SMALL_ROUNDS)
def test_no_matching_of_a_small_round_is_better(rounds: int) -> None:
    @settings(THOROUGH, max_examples=rounds)
    @given(small_rounds(), MINIMA)
    def is_best(asked: MatchingInput[str], minimum: int) -> None:
        matching = match(asked, minimum)
        assert reached(asked, matching) == best_aims(asked, minimum)
        assert matching.total_fit == reached(asked, matching)[0]
        assert everyone_once(asked, matching)

    is_best()


@settings(THOROUGH, max_examples=150)
@given(small_rounds(), MINIMA)
def test_nor_is_one_that_begins_with_a_single_candidate_each(asked: MatchingInput[str], minimum: int) -> None:
    """Most pairs are left out at first, and rows come one by one: the proof has to find what is missing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortlist, "ALL_UP_TO", 0)
        patch.setattr(solver, "CANDIDATES", 1)
        patch.setattr(scoring, "BLOCK", 1)
        assert reached(asked, match(asked, minimum)) == best_aims(asked, minimum)


@settings(THOROUGH, max_examples=200)
@given(small_rounds(), MINIMA, st.integers(0, 99))
def test_the_order_of_telling_changes_nothing(asked: MatchingInput[str], minimum: int, seed: int) -> None:
    assert match(shuffled(asked, seed), minimum) == match(asked, minimum)


@pytest.mark.parametrize("kind", KINDS)
def test_nor_does_it_change_anything_of_a_large_round(kind: str) -> None:
    asked = large_round(kind, mentors=150, requests=350, seed=7)
    found = match(asked)
    assert all(match(shuffled(asked, seed)) == found for seed in range(3))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_another_solver_finds_nothing_better(kind: str, seed: int) -> None:
    asked = large_round(kind, mentors=200, requests=200, seed=seed)
    assert reached_of(asked, match(asked)) == of_dense_assignment(asked)


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(5, 55))
@pytest.mark.parametrize("kind", KINDS)
def test_another_solver_finds_nothing_better_in_two_hundred_rounds(kind: str, seed: int) -> None:
    asked = large_round(kind, mentors=200, requests=200, seed=seed)
    assert reached_of(asked, match(asked)) == of_dense_assignment(asked)


@pytest.mark.parametrize("kind", KINDS)
def test_nor_where_most_pairs_are_left_out_at_first(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortlist, "ALL_UP_TO", 0)
    monkeypatch.setattr(solver, "CANDIDATES", 2)
    asked = large_round(kind, mentors=150, requests=350, seed=1)
    assert reached_of(asked, match(asked)) == of_dense_assignment(asked)


def of_dense_assignment(asked: MatchingInput[int]) -> Aims:
    """What scipy's dense assignment reaches, with every place of a mentor a column of its own.

    A weight holds all three aims in bits of their own: the fit, then squares, then days.
    """
    columns: dict[int, list[tuple[int, int]]] = {}
    width = 0
    for mentor in asked.mentors:
        columns[mentor.id] = [(width + nth, 2 * (mentor.load + nth) + 1) for nth in range(mentor.capacity)]
        width += mentor.capacity
    row_of = {request.id: (at, request.waited) for at, request in enumerate(asked.requests)}
    weights = np.zeros((len(asked.requests), width), np.int64)
    for mentor_id, request, fit in fits(asked):
        row, waited = row_of[request]
        for column, grown in columns[mentor_id]:
            weights[row, column] = (fit << 34) - (grown << 18) + waited
    rows, chosen = linear_sum_assignment(weights, maximize=True)
    total = int(weights[rows, chosen].sum())
    days = total & ((1 << 18) - 1)
    squares = -(total >> 18) & ((1 << 16) - 1)
    return (total + (squares << 18) - days) >> 34, -squares, days


def reached_of(asked: MatchingInput[int], matching: Matching[int]) -> Aims:
    """What a matching reaches, by how much squares grow instead of their sum."""
    fit, squares, days = reached(asked, matching)
    assert fit == matching.total_fit
    return fit, squares + sum(mentor.load**2 for mentor in asked.mentors), days
