"""The optimum by brute force: slow, and too simple to be wrong."""

from collections import Counter
from itertools import product
from typing import Any

from facilitation.mentoring.fit import Nearness, compare
from facilitation.mentoring.matching import Matching, MatchingInput, Mentor, Request

Aims = tuple[int, int, int]


def days(asked: MatchingInput[Any]) -> dict[Any, int]:
    """How long each request counts as having waited."""
    longest = max((request.waited for request in asked.requests), default=0)
    return {one.id: one.waited + (longest + 1 if one.priority else 0) for one in asked.requests}


def fits_of(asked: MatchingInput[Any], minimum: int) -> dict[tuple[Any, Any], int]:
    """The fit of every pair that may be, by (mentor, request)."""
    near, forbidden = Nearness(asked.near), asked.exclude | asked.past
    found = {
        (mentor.id, request.id): compare(mentor, request, near, asked.day).fit
        for mentor in asked.mentors
        for request in asked.requests
        if (mentor.id, request.id) not in forbidden
    }
    return {pair: fit for pair, fit in found.items() if fit >= max(minimum, 1)}


def best_aims(asked: MatchingInput[Any], minimum: int) -> Aims:
    """Total fit, less squared loads, more days: of the best of all matchings there are."""
    fits = fits_of(asked, minimum)
    choices = [
        [None, *(mentor.id for mentor in asked.mentors if (mentor.id, request.id) in fits)]
        for request in asked.requests
    ]
    return max(
        aims(asked, dict(zip([one.id for one in asked.requests], chosen, strict=True)), fits)
        for chosen in product(*choices)
        if _fits_in(asked.mentors, chosen)
    )


def reached(asked: MatchingInput[Any], matching: Matching[Any]) -> Aims:
    """The three aims of a matching."""
    mentors = {mentor.id: mentor for mentor in asked.mentors}
    requests = {request.id: request for request in asked.requests}
    near = Nearness(asked.near)
    fits = {
        (one.mentor, one.request): compare(mentors[one.mentor], requests[one.request], near, asked.day).fit
        for one in matching.proposals
    }
    assert not fits.keys() & (asked.exclude | asked.past)
    return aims(asked, {one.request: one.mentor for one in matching.proposals}, fits)


def aims(asked: MatchingInput[Any], chosen: dict[Any, Any], fits: dict[tuple[Any, Any], int]) -> Aims:
    """Higher is better in each."""
    waited = days(asked)
    taken = Counter(mentor for mentor in chosen.values() if mentor is not None)
    return (
        sum(fits[mentor, request] for request, mentor in chosen.items() if mentor is not None),
        -sum((mentor.load + taken[mentor.id]) ** 2 for mentor in asked.mentors),
        sum(waited[request] for request, mentor in chosen.items() if mentor is not None),
    )


def _fits_in(mentors: tuple[Mentor[Any], ...], chosen: tuple[Any, ...]) -> bool:
    return all(chosen.count(mentor.id) <= mentor.capacity for mentor in mentors)


def everyone_once(asked: MatchingInput[Any], matching: Matching[Any]) -> bool:
    """Whether everyone who asked is in exactly one of the two lists."""
    listed = [one.request for one in matching.proposals] + [one.request for one in matching.unmatched]
    requests: tuple[Request[Any], ...] = asked.requests
    return sorted(listed) == sorted(one.id for one in requests)
