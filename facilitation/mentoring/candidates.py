"""Who may be matched with whom now: what is stored, as the matcher wants it; and its word, as pairs."""

from collections.abc import Sequence
from dataclasses import replace

from facilitation.core.values.cards import Text
from facilitation.core.values.local_time import first_known
from facilitation.core.values.speech import say
from facilitation.mentoring.matching import Mentor, Proposal, Round, ranking
from facilitation.mentoring.matching import Request as Wanted
from facilitation.mentoring.services import PairServices
from storage.mentoring import Offer, Pair, Request, RequestState, Stage


async def considered(on: PairServices, requests: Sequence[Request]) -> Round[int]:
    """All that a matching of these requests considers; mentors and requests by the members’ ids.

    A mentor who pauses, has left or has no room is not there; nor is a request of who pauses or has left.
    Whoever turned somebody down for this request is not asked for it again.
    """
    offers, loads = await on.seeking.offers(), await on.pairs.loads()
    pausing = await on.seeking.pausing(on.at)
    here = await on.seeking.zones([*(one.member for one in offers), *(one.member for one in requests)])
    zones = {
        member: first_known(*known, on.community.zone)
        for member, known in here.items()
        if member not in pausing
    }
    mentors = [
        _mentor(one, loads.get(one.member, 0), zones[one.member]) for one in offers if one.member in zones
    ]
    wanted = [
        Wanted(
            one.member,
            one.topics,
            waited=(on.at - one.asked_at).days,
            zone=zones[one.member],
            languages=one.languages,
            priority=one.priority,
            goal=one.goal,
        )
        for one in requests
        if one.member in zones
    ]
    themselves = {(one.member, one.member) for one in requests}
    return Round(
        tuple(one for one in mentors if one.capacity > 0),
        tuple(wanted),
        exclude=await on.seeking.apart() | await on.pairs.declined() | themselves,
        past=await on.pairs.past(),
        near=await on.seeking.near(),
        on=on.at.date(),
    )


async def best_for(on: PairServices, request: Request) -> Proposal[int] | None:
    """Who would suit one person best of those who have room now."""
    return next(iter(ranking(await considered(on, [request]), request.member)), None)


async def paired(
    on: PairServices, proposal: Proposal[int], request: Request, *, stage: Stage, number: int = 0
) -> Pair | None:
    """A proposal as a pair in the making, whose request is in hand now. None if it cannot be any more."""
    settings = await on.rounds.settings()
    pair = Pair(
        0,
        proposal.mentor,
        request.member,
        stage,
        made_at=on.at,
        asked_at=request.asked_at,
        request=request.id,
        round=number or None,
        fit=proposal.fit,
        reasons=proposal.reasons,
        weeks=settings.weeks,
    )
    if not await has_room(on, proposal.mentor):
        return None
    made = await on.pairs.add(pair)
    if made is None:
        return None
    await on.seeking.put_request(replace(request, state=RequestState.IN_HAND, why=""))
    return replace(pair, id=made)


async def has_room(on: PairServices, mentor: int) -> bool:
    """Whether a mentor would take one more than they have and are asked for."""
    offer = await on.seeking.offer(mentor)
    return offer is None or (await on.pairs.loads()).get(mentor, 0) < offer.capacity


async def why_nobody(on: PairServices, request: Request) -> Text:
    """Why nobody was found, in words that say nothing of others’ choices."""
    topics = ", ".join(request.topics)
    others = [one for one in await on.seeking.offers() if one.member != request.member]
    if not any(set(one.topics) & set(request.topics) for one in others):
        return say("I looked for a mentor on {topics}, and nobody offers that yet.", topics=topics)
    return say(
        "I looked for a mentor on {topics}, and found nobody who is free just now and fits.", topics=topics
    )


def _mentor(offer: Offer, load: int, zone: str) -> Mentor[int]:
    return Mentor(offer.member, offer.topics, offer.capacity - load, load, zone, offer.languages)
