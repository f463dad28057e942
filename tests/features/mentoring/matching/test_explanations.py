"""Fits and reasons, which are true and reveal no exclusions."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings

from facilitation.mentoring.fit import Nearness, common_minutes, compare
from facilitation.mentoring.matching import MatchingInput, Mentor, Request, match, ranking
from tests.features.mentoring.matching.brute_force import fits_of
from tests.features.mentoring.matching.rounds import small_rounds

ANA = Mentor("ana", ("testing", "Packaging"), 1, 0, "Europe/Lisbon", ("Spanish", "English"))
CY = Request("cy", ("packaging", "testing"), 0, "Europe/Berlin", ("spanish",))


def reasons(mentor: Mentor[str], request: Request[str], **near: frozenset[str]) -> tuple[str, ...]:
    [found] = ranking(MatchingInput((mentor,), (request,), near=near), request.id, minimum=1)
    return found.reasons


def fit(mentor: Mentor[str], request: Request[str], **near: frozenset[str]) -> int:
    return compare(mentor, request, Nearness(near), date(2026, 3, 18)).fit


def reason(asked: MatchingInput[str], *, frank: bool = False) -> str:
    [found] = match(asked, frank=frank).unmatched
    return found.reason


def test_a_proposal_explains_itself() -> None:
    assert reasons(ANA, CY) == (
        "shared: packaging, testing",
        "7 h of common weekday hours",
        "both speak spanish",
        "room for one more",
    )


def test_close_topics_and_those_that_the_goal_names_are_named_as_such() -> None:
    commands = Request("cy", ("pytest",), goal="My own Packaging, at last")
    assert reasons(ANA, commands, pytest=frozenset({"testing"})) == (
        "close: pytest ~ testing",
        "named in the goal: Packaging",
        "room for one more",
    )


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        (("testing",), 1000),
        (("testing", "tea"), 650),
        (("pytest",), 650),
        (("Testing", "#packaging"), 1000),
        (("testing", "testing", "TESTING"), 1000),
        (("tea",), 0),
        ((), 0),
    ],
)
def test_topics_count_by_their_share(topics: tuple[str, ...], expected: int) -> None:
    assert fit(ANA, replace(CY, topics=topics), pytest=frozenset({"testing"})) == expected


def test_closeness_works_both_ways() -> None:
    assert fit(ANA, replace(CY, topics=("pytest",)), testing=frozenset({"pytest"})) == 650


def test_an_abbreviation_is_close_to_what_it_stands_for() -> None:
    assert fit(replace(ANA, topics=("Kubernetes",)), replace(CY, topics=("k8s",))) == 650


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Lisbon", 1000), ("", 850), ("Nowhere/Land", 850), ("Asia/Tokyo", 0), ("America/New_York", 925)],
)
def test_common_hours_count_up_to_four(zone: str, expected: int) -> None:
    assert compare(ANA, replace(CY, zone=zone), Nearness({}), date(2026, 1, 12)).fit == expected


def test_hours_are_those_of_the_week_that_is_asked_about() -> None:
    """New York changes its clocks three weeks before Lisbon does."""
    assert common_minutes("Europe/Lisbon", "America/New_York", date(2026, 1, 12)) == 180
    assert common_minutes("Europe/Lisbon", "America/New_York", date(2026, 3, 18)) == 240
    assert common_minutes("Europe/Lisbon", "America/New_York", date(2026, 3, 22)) == 240
    assert common_minutes("Europe/Lisbon", "America/New_York", date(2026, 4, 1)) == 180


def test_across_the_date_line_friday_meets_nobody() -> None:
    """Monday in Los Angeles ends when Tuesday begins in Sydney; their Friday has no such partner."""
    hour_a_day = common_minutes("America/Los_Angeles", "Australia/Sydney", date(2026, 1, 12))
    assert hour_a_day == 4 * 180 // 5


def test_who_names_no_language_speaks_any() -> None:
    assert fit(replace(ANA, languages=()), CY) == 1000
    assert fit(ANA, replace(CY, languages=("German",))) == 0


@pytest.mark.parametrize(
    ("mentor", "request_", "expected"),
    [
        (ANA, replace(CY, topics=()), "no topic was named"),
        (ANA, replace(CY, topics=("tea",)), "no free mentor on tea"),
        (replace(ANA, capacity=0), CY, "no free mentor on packaging or testing"),
        (
            ANA,
            replace(CY, languages=("Dutch", "German")),
            "no free mentor on packaging or testing who speaks Dutch or German",
        ),
        (
            ANA,
            replace(CY, zone="Asia/Tokyo"),
            "no common working hours with a free mentor on packaging or testing",
        ),
        (
            ANA,
            replace(CY, zone="", topics=tuple("abcdefgh"), goal="testing"),
            "no mentor on a, b or 6 more fits well enough: the best fit is 193, the lowest allowed 300",
        ),
    ],
)
def test_who_stays_without_a_mentor_reads_why(
    mentor: Mentor[str], request_: Request[str], expected: str
) -> None:
    assert reason(MatchingInput((mentor,), (request_,))) == expected


def test_a_mentor_of_before_is_no_secret() -> None:
    asked = MatchingInput((ANA,), (CY,), past=frozenset({("ana", "cy")}))
    assert reason(asked) == "no mentor on packaging or testing who was not their mentor before"


def test_who_was_excluded_reads_what_everybody_reads_who_came_too_late() -> None:
    late = MatchingInput((ANA,), (CY, replace(CY, id="di", waited=9)))
    excluded = MatchingInput((ANA,), (CY,), frozenset({("ana", "cy")}))
    assert reason(late) == reason(excluded) == "everybody who could help with packaging or testing is taken"
    assert reason(excluded, frank=True) == "all excluded: nobody else could help with packaging or testing"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_rounds())
def test_no_reason_ever_depends_on_an_exclusion(asked: MatchingInput[str]) -> None:
    """A request without a mentor has the same reason with exclusions and without."""
    with_them = {one.request: one.reason for one in match(asked).unmatched}
    without = {one.request: one.reason for one in match(replace(asked, exclude=frozenset())).unmatched}
    assert all(with_them[one] == words for one, words in without.items() if one in with_them)
    gone = [words for one, words in with_them.items() if one not in without]
    assert all(words.startswith("everybody who could help") for words in gone)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(small_rounds())
def test_reasons_are_true(asked: MatchingInput[str]) -> None:
    fits = fits_of(replace(asked, exclude=frozenset()), 300)
    free = {mentor.id: mentor for mentor in asked.mentors if mentor.capacity}
    unmatched = match(asked).unmatched
    assume(unmatched)
    for one in unmatched:
        could = [mentor for mentor, request in fits if request == one.request and mentor in free]
        assert bool(could) == one.reason.startswith("everybody who could help")
