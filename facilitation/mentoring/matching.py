"""The matching: who mentors whom, with the greatest total fit."""

from collections.abc import Iterator

from facilitation.mentoring.fit import Nearness, propose
from facilitation.mentoring.values import (
    Id,
    Matching,
    MatchingInput,
    Mentor,
    Proposal,
    Request,
    Unmatched,
)

__all__ = [
    "MINIMUM_FIT",
    "Matching",
    "MatchingInput",
    "Mentor",
    "Proposal",
    "Request",
    "Unmatched",
    "fits",
    "match",
    "ranking",
]

MINIMUM_FIT = 300


def match(people: MatchingInput[Id], minimum: int = MINIMUM_FIT, *, frank: bool = False) -> Matching[Id]:
    """The matching with the greatest total fit, then the least sum of squared loads, then the longest wait.

    Reasons never show that somebody was excluded, since mentees read them. Only with `frank` they do, for
    the author of the exclusions. Takes up to seconds of processor time; see `matching_process`.
    """
    from facilitation.mentoring.solver_input import solve_matching  # noqa: PLC0415  # scipy takes a second

    return solve_matching(people, minimum, frank=frank)


def fits(people: MatchingInput[Id], minimum: int = MINIMUM_FIT) -> Iterator[tuple[Id, Id, int]]:
    """The (mentor, request, fit) of every possible pair, one by one, since there may be millions."""
    from facilitation.mentoring.solver_input import possible_pairs  # noqa: PLC0415  # scipy, as above

    return possible_pairs(people, minimum)


def ranking(people: MatchingInput[Id], request: Id, minimum: int = MINIMUM_FIT) -> tuple[Proposal[Id], ...]:
    """The possible mentors for one request, the best first. A declined proposal goes to the next one.

    Only mentors with free places are in it; of equal ones, those with fewer mentees come first. Empty for an
    unknown id.
    """
    near = Nearness(people.near)
    load = {mentor.id: mentor.load for mentor in people.mentors}
    found = [
        propose(people, mentor, one, near)
        for one in people.requests
        if one.id == request
        for mentor in sorted(people.mentors, key=lambda mentor: mentor.id)
        if mentor.capacity > 0 and (mentor.id, request) not in people.exclude | people.past
    ]
    best = sorted(found, key=lambda one: (-one.fit, load[one.mentor]))
    return tuple(one for one in best if one.fit >= max(minimum, 1))
