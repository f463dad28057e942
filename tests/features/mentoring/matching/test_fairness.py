"""Who is matched, and with whom, if several matchings have the same total fit."""

import pytest
from hypothesis import given, settings

from facilitation.mentoring.matching import MatchingInput, Mentor, Request, match, ranking
from tests.features.mentoring.matching.brute_force import fits_of
from tests.features.mentoring.matching.rounds import small_rounds


def asking(count: int, waited: int = 0) -> tuple[Request[int], ...]:
    return tuple(Request(100 + at, ("tea",), waited) for at in range(count))


def served(asked: MatchingInput[int]) -> set[int]:
    return {one.request for one in match(asked).proposals}


def loads(asked: MatchingInput[int]) -> list[int]:
    taken = [one.mentor for one in match(asked).proposals]
    return [mentor.load + taken.count(mentor.id) for mentor in asked.mentors]


def test_equal_mentors_get_even_loads() -> None:
    mentors = tuple(Mentor(one, ("tea",), capacity=3) for one in range(4))
    assert sorted(loads(MatchingInput(mentors, asking(6)))) == [1, 1, 2, 2]


def test_who_has_mentees_already_is_spared() -> None:
    mentors = (Mentor(1, ("tea",), capacity=3, load=2), Mentor(2, ("tea",), capacity=3))
    assert loads(MatchingInput(mentors, asking(2))) == [2, 2]


def test_fit_comes_before_even_loads() -> None:
    mentors = (Mentor(1, ("tea", "cake"), capacity=2, load=5), Mentor(2, ("tea",), capacity=2))
    requests = (Request(100, ("tea", "cake")), Request(101, ("tea", "cake")))
    assert [one.mentor for one in match(MatchingInput(mentors, requests)).proposals] == [1, 1]


def test_of_equals_whoever_waited_longest_is_served() -> None:
    requests = tuple(Request(100 + at, ("tea",), waited=days) for at, days in enumerate((3, 40, 0, 41, 7)))
    assert served(MatchingInput((Mentor(1, ("tea",), capacity=2),), requests)) == {101, 103}


def test_fit_and_loads_come_before_waiting() -> None:
    mentors = (Mentor(1, ("tea",), capacity=1),)
    requests = (Request(100, ("tea",)), Request(101, ("tea", "cake"), waited=5000))
    assert served(MatchingInput(mentors, requests)) == {100}


def test_the_front_of_the_queue_comes_before_the_longest_wait() -> None:
    requests = (*asking(3, waited=900), Request(200, ("tea",), priority=True))
    assert served(MatchingInput((Mentor(1, ("tea",)),), requests)) == {200}


def test_nobody_mentors_themselves() -> None:
    both = MatchingInput((Mentor(1, ("tea",)), Mentor(2, ("tea",))), (Request(1, ("tea",)),))
    assert [(one.mentor, one.request) for one in match(both).proposals] == [(2, 1)]
    assert [one.mentor for one in ranking(both, 1)] == [2]


def test_excluded_and_past_pairs_are_not_proposed_again() -> None:
    mentors = tuple(Mentor(one, ("tea",)) for one in (1, 2, 3))
    asked = MatchingInput(mentors, asking(1), frozenset({(1, 100)}), frozenset({(2, 100)}))
    assert [one.mentor for one in match(asked).proposals] == [3]
    assert [one.mentor for one in ranking(asked, 100)] == [3]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_rounds())
def test_a_ranking_holds_all_who_could_the_best_first(asked: MatchingInput[str]) -> None:
    fits, room = fits_of(asked, 300), {mentor.id: mentor.capacity for mentor in asked.mentors}
    for request in asked.requests:
        found = ranking(asked, request.id)
        assert {(one.mentor, one.fit) for one in found} == {
            (mentor, fit) for (mentor, who), fit in fits.items() if who == request.id and room[mentor]
        }
        assert [one.fit for one in found] == sorted((one.fit for one in found), reverse=True)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_rounds())
def test_at_the_lower_minimum_so_many_more_are_served(asked: MatchingInput[str]) -> None:
    before = match(asked, 650)
    more, lower = before.more_at
    after = match(asked, lower) if more else before
    assert len(after.proposals) == len(before.proposals) + more
    if more:
        assert 0 < lower < 650
        assert min(one.fit for one in after.proposals) == lower


def test_nobody_is_asked_for_in_an_unknown_name() -> None:
    assert ranking(MatchingInput((Mentor(1, ("tea",)),), ()), 7) == ()


@pytest.mark.parametrize(
    "asked",
    [MatchingInput((), ()), MatchingInput((Mentor(1),), ()), MatchingInput((), (Request(1, ("tea",)),))],
    ids=str,
)
def test_there_may_be_nobody(asked: MatchingInput[int]) -> None:
    found = match(asked)
    assert found.proposals == ()
    assert len(found.unmatched) == len(asked.requests)
    assert found.more_at == (0, 0)


def test_a_boundless_capacity_is_no_trouble() -> None:
    mentors = (Mentor(1, ("tea",), capacity=10**9), Mentor(2, ("tea",), capacity=10**9))
    assert loads(MatchingInput(mentors, asking(10))) == [5, 5]


def test_a_boundless_wait_is_no_trouble() -> None:
    requests = (*asking(3, waited=10**15), Request(200, ("tea",), waited=10**16))
    assert served(MatchingInput((Mentor(1, ("tea",)),), requests)) == {200}
