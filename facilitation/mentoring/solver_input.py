"""Translates people to numbers for the solver, and its result back. Imported late, since it loads scipy."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from facilitation.mentoring.explanations import explain_unmatched
from facilitation.mentoring.fit import Nearness, propose
from facilitation.mentoring.scoring import Flags, Scores
from facilitation.mentoring.solver import NOBODY, Choice, Places, solve
from facilitation.mentoring.values import Id, Matching, MatchingInput, Mentor, Request, Unmatched

Person = TypeVar("Person", Mentor[Any], Request[Any])


def solve_matching(people: MatchingInput[Id], minimum: int, *, frank: bool) -> Matching[Id]:
    """The result of `matching.match`."""
    mentors, requests = _in_order(people.mentors), _in_order(people.requests)
    scores, places = Scores(people, mentors, requests), places_of(mentors, requests)
    chosen = solve(scores, places, minimum)
    near = Nearness(people.near)
    proposals = tuple(
        propose(people, mentors[column], request, near)
        for request, column in zip(requests, chosen.mentors, strict=True)
        if column != NOBODY
    )
    free: Flags = places.capacity > 0
    unmatched = tuple(
        Unmatched(request.id, explain_unmatched(scores, requests, row, free, minimum, frank=frank))
        for row, request in enumerate(requests)
        if chosen.mentors[row] == NOBODY
    )
    return Matching(
        proposals,
        unmatched,
        sum(one.fit for one in proposals),
        _more_at(scores, places, chosen),
    )


def possible_pairs(people: MatchingInput[Id], minimum: int) -> Iterator[tuple[Id, Id, int]]:
    """The result of `matching.fits`, request by request."""
    mentors = [mentor for mentor in _in_order(people.mentors) if mentor.capacity > 0]
    requests = _in_order(people.requests)
    for first, block in Scores(people, mentors, requests).blocks(max(minimum, 1)):
        for row, column in np.argwhere(block).tolist():
            yield mentors[column].id, requests[first + row].id, int(block[row, column])


def _in_order(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda one: one.id)


def places_of(mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]) -> Places:
    """The places of mentors and the waits of requests. Requests at the front have waited longest."""
    longest = max((request.waited for request in requests), default=0)
    return Places(
        capacity=np.array([min(max(0, one.capacity), len(requests)) for one in mentors], np.int64),
        load=np.array([mentor.load for mentor in mentors], np.int64),
        waited=np.array([one.waited + (longest + 1) * one.priority for one in requests], np.int64),
    )


def _more_at(scores: Scores[Id], places: Places, chosen: Choice) -> tuple[int, int]:
    """How many more requests a lower minimum would match, and the highest minimum that matches that many.

    Zeros if all requests are matched or all places are taken.
    """
    served = int((chosen.mentors != NOBODY).sum())
    if served in (len(chosen.mentors), int(places.capacity.sum())):
        return 0, 0
    at_any_fit = solve(scores, places, 1)
    more = int((at_any_fit.mentors != NOBODY).sum()) - served
    return (more, int(at_any_fit.fits[at_any_fit.mentors != NOBODY].min())) if more > 0 else (0, 0)
