"""Stored offers and requests as the input of a matching, and its proposals as stored pairs."""

from collections.abc import Sequence
from dataclasses import replace

from facilitation.core.values.cards import Text
from facilitation.core.values.local_time import first_known_zone
from facilitation.core.values.speech import say
from facilitation.mentoring import matching
from facilitation.mentoring.matching import MatchingInput, Mentor, Proposal, ranking
from facilitation.mentoring.services import PairServices
from storage.mentoring import Offer, Pair, Request, RequestState, Stage


async def matching_input(services: PairServices, requests: Sequence[Request]) -> MatchingInput[int]:
    """The input of a matching for some requests. Mentors and requests have the ids of their members.

    It omits mentors and mentees who pause or have left, and mentors without free places. Members who declined
    each other for a request are excluded.
    """
    seeking, pairs, now = services.seeking, services.pairs, services.now
    offers, loads = await seeking.offers(), await pairs.loads()
    pausing = await seeking.pausing(now)
    present = await seeking.zones([*(one.member for one in offers), *(one.member for one in requests)])
    zones = {
        member: first_known_zone(*known, services.community.zone)
        for member, known in present.items()
        if member not in pausing
    }
    mentors = [
        _mentor(one, loads.get(one.member, 0), zones[one.member]) for one in offers if one.member in zones
    ]
    wanted = [
        matching.Request(
            one.member,
            one.topics,
            waited=(now - one.asked_at).days,
            zone=zones[one.member],
            languages=one.languages,
            priority=one.priority,
            goal=one.goal,
        )
        for one in requests
        if one.member in zones
    ]
    themselves = {(one.member, one.member) for one in requests}
    return MatchingInput(
        tuple(one for one in mentors if one.capacity > 0),
        tuple(wanted),
        exclude=await seeking.apart() | await pairs.declined() | themselves,
        past=await pairs.past(),
        near=await seeking.near(),
        day=now.date(),
    )


def _mentor(offer: Offer, load: int, zone: str) -> Mentor[int]:
    return Mentor(offer.member, offer.topics, offer.capacity - load, load, zone, offer.languages)


async def best_proposal(services: PairServices, request: Request) -> Proposal[int] | None:
    """The best proposal for one request now, None if there is none."""
    return next(iter(ranking(await matching_input(services, [request]), request.member)), None)


async def create_pair(
    services: PairServices, proposal: Proposal[int], request: Request, *, stage: Stage, round_: int = 0
) -> Pair | None:
    """Store a proposal as a pair, and its request as in hand. None if the mentor has no free place now."""
    settings = await services.rounds.settings()
    pair = Pair(
        0,
        proposal.mentor,
        request.member,
        stage,
        made_at=services.now,
        asked_at=request.asked_at,
        request=request.id,
        round=round_ or None,
        fit=proposal.fit,
        reasons=proposal.reasons,
        weeks=settings.weeks,
    )
    if not await has_free_place(services, proposal.mentor):
        return None
    created = await services.pairs.add(pair)
    if created is None:
        return None
    await services.seeking.put_request(replace(request, state=RequestState.IN_HAND, why=""))
    return replace(pair, id=created)


async def has_free_place(services: PairServices, mentor: int) -> bool:
    """Whether a mentor has a free place. Members without an offer, whom coordinators may pair, have one."""
    offer = await services.seeking.offer(mentor)
    return offer is None or (await services.pairs.loads()).get(mentor, 0) < offer.capacity


async def why_unmatched(services: PairServices, request: Request) -> Text:
    """Why there is no mentor for a request, in words that reveal nothing of others' choices."""
    topics = ", ".join(request.topics)
    others = [one for one in await services.seeking.offers() if one.member != request.member]
    if not any(set(one.topics) & set(request.topics) for one in others):
        return say("I looked for a mentor on {topics}, and nobody offers that yet.", topics=topics)
    return say(
        "I looked for a mentor on {topics}, and found nobody who is free just now and fits.", topics=topics
    )
