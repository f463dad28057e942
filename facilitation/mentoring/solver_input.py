"""From people to numbers and back: what loads the solver, and is therefore loaded late."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from facilitation.mentoring.explanations import why_nobody
from facilitation.mentoring.fit import Nearness, proposal
from facilitation.mentoring.scoring import Flags, Scores
from facilitation.mentoring.solver import NOBODY, Choice, Places, solve
from facilitation.mentoring.values import Id, Matching, Mentor, Request, Round, Unmatched

Person = TypeVar("Person", Mentor[Any], Request[Any])


def choose(asked: Round[Id], minimum: int, *, frank: bool) -> Matching[Id]:
    """What `match` answers."""
    mentors, requests = _in_order(asked.mentors), _in_order(asked.requests)
    scores, places = Scores(asked, mentors, requests), places_of(mentors, requests)
    chosen = solve(scores, places, minimum)
    near = Nearness(asked.near)
    proposals = tuple(
        proposal(asked, mentors[column], request, near)
        for request, column in zip(requests, chosen.mentors, strict=True)
        if column != NOBODY
    )
    free: Flags = places.capacity > 0
    unmatched = tuple(
        Unmatched(request.id, why_nobody(scores, requests, row, free, minimum, frank=frank))
        for row, request in enumerate(requests)
        if chosen.mentors[row] == NOBODY
    )
    return Matching(
        proposals,
        unmatched,
        sum(one.fit for one in proposals),
        _more_at(scores, places, chosen),
    )


def possible(asked: Round[Id], minimum: int) -> Iterator[tuple[Id, Id, int]]:
    """What `fits` answers, request by request."""
    mentors = [mentor for mentor in _in_order(asked.mentors) if mentor.capacity > 0]
    requests = _in_order(asked.requests)
    for first, block in Scores(asked, mentors, requests).blocks(max(minimum, 1)):
        for row, column in np.argwhere(block).tolist():
            yield mentors[column].id, requests[first + row].id, int(block[row, column])


def _in_order(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda one: one.id)


def places_of(mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]) -> Places:
    longest = max((request.waited for request in requests), default=0)
    return Places(
        capacity=np.array([min(max(0, one.capacity), len(requests)) for one in mentors], np.int64),
        load=np.array([mentor.load for mentor in mentors], np.int64),
        waited=np.array([one.waited + (longest + 1) * one.priority for one in requests], np.int64),
    )


def _more_at(scores: Scores[Id], places: Places, chosen: Choice) -> tuple[int, int]:
    """How many more are served at the highest lower minimum that serves the most, and that minimum.

    Asked only where somebody is left, and some room.
    """
    served = int((chosen.mentors != NOBODY).sum())
    if served in (len(chosen.mentors), int(places.capacity.sum())):
        return 0, 0
    at_any_fit = solve(scores, places, 1)
    more = int((at_any_fit.mentors != NOBODY).sum()) - served
    return (more, int(at_any_fit.fits[at_any_fit.mentors != NOBODY].min())) if more > 0 else (0, 0)
