"""The matching: who mentors whom, with the greatest total fit."""

import asyncio
from collections.abc import Iterator

from facilitation.mentoring.fit import Nearness, proposal
from facilitation.mentoring.matching_process import match_in_a_process
from facilitation.mentoring.values import Id, Matching, Mentor, Proposal, Request, Round, Unmatched

__all__ = [
    "MINIMUM_FIT",
    "Matching",
    "Mentor",
    "Proposal",
    "Request",
    "Round",
    "Unmatched",
    "fits",
    "match",
    "match_aside",
    "ranking",
]

MINIMUM_FIT = 300
IN_A_THREAD = 250_000
"""Pairs up to which the loop is not held up for long."""


def match(asked: Round[Id], minimum: int = MINIMUM_FIT, *, frank: bool = False) -> Matching[Id]:
    """The matching of greatest total fit, then of least sum of squared loads, then of longest wait.

    Reasons are for the eyes of whoever asked, and never show that somebody was excluded: for that they
    would have to be `frank`, as to whoever wrote the exclusions.
    """
    from facilitation.mentoring.solver_input import choose  # noqa: PLC0415  # loads scipy: a second, once

    return choose(asked, minimum, frank=frank)


def fits(asked: Round[Id], minimum: int = MINIMUM_FIT) -> Iterator[tuple[Id, Id, int]]:
    """(mentor, request, fit) of every pair that may be matched, one by one: there may be millions."""
    from facilitation.mentoring.solver_input import possible  # noqa: PLC0415  # loads scipy, as above

    return possible(asked, minimum)


async def match_aside(asked: Round[Id], minimum: int = MINIMUM_FIT) -> Matching[Id]:
    """The same beside the event loop: in a thread, or a large round in a process.

    The solver keeps Python's lock while it works: for a thousand people that is some hundredths of a second,
    for ten thousand it is seconds in which a thread would let nothing else happen.
    """
    if len(asked.mentors) * len(asked.requests) <= IN_A_THREAD:
        return await asyncio.to_thread(match, asked, minimum)
    return await match_in_a_process(asked, minimum)


def ranking(asked: Round[Id], request: Id, minimum: int = MINIMUM_FIT) -> tuple[Proposal[Id], ...]:
    """Who could mentor one person, the best first: down this list goes a declined proposal.

    Only who has room is in it; among equals whoever has fewest stands first. Empty for an unknown id.
    """
    near = Nearness(asked.near)
    load = {mentor.id: mentor.load for mentor in asked.mentors}
    found = [
        proposal(asked, mentor, one, near)
        for one in asked.requests
        if one.id == request
        for mentor in sorted(asked.mentors, key=lambda mentor: mentor.id)
        if mentor.capacity > 0 and (mentor.id, request) not in asked.exclude | asked.past
    ]
    best = sorted(found, key=lambda one: (-one.fit, load[one.mentor]))
    return tuple(one for one in best if one.fit >= max(minimum, 1))
