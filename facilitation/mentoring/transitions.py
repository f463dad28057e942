"""How a pair moves from stage to stage, and what is said on the way. Every change of a stage is made here."""

from dataclasses import replace
from datetime import datetime, timedelta

from facilitation.core.values.cards import Direct, Group
from facilitation.core.values.effects import Cancel, Effects, Later, Post, Revise
from facilitation.mentoring import cards, keys, schedule, times
from facilitation.mentoring.candidates import best_proposal, create_pair, why_unmatched
from facilitation.mentoring.feature import QUESTION
from facilitation.mentoring.schedule import TellUnmatched
from facilitation.mentoring.services import PairServices
from storage.mentoring import LIVE, Pair, Request, RequestState, Stage

APART = "apart"
"""Why a pair that coordinators propose is never asked: one of the two secretly does not want it."""


# Asking both -------------------------------------------------------------------------------------------


async def propose(services: PairServices, pair: Pair) -> Effects:
    """Plan to ask the mentee as soon as they are awake."""
    await services.pairs.put(replace(pair, stage=Stage.PROPOSED, posted_at=None, post_key=""))
    return [
        await schedule.advance_when_awake(services, pair.id, pair.mentee),
        schedule.next_morning_check(services.community, services.now),
    ]


async def ask_mentee(services: PairServices, pair: Pair) -> Effects:
    """Ask the mentee, and plan how long to wait for an answer."""
    mentee, request = pair.mentee, await _request(services, pair)
    if mentee is None or pair.mentor is None:
        return await end_if_somebody_left(services, pair)
    key = keys.mentee_question(pair.id)
    await services.pairs.put(replace(pair, posted_at=services.now, post_key=key))
    offer = await services.seeking.offer(pair.mentor)
    message = cards.to_mentee(pair, offer, has_request=request is not None)
    nudge = None if request is not None else QUESTION
    return [Post(Direct(mentee), message, key, nudge=nudge), await _deadline(services, pair, mentee)]


async def offer(services: PairServices, pair: Pair) -> Effects:
    """The mentee accepts: plan to ask the mentor as soon as they are awake."""
    await services.pairs.put(replace(pair, stage=Stage.OFFERED, posted_at=None, post_key=""))
    return [
        Revise(keys.mentee_question(pair.id), cards.mentee_accepted(pair)),
        await schedule.advance_when_awake(services, pair.id, pair.mentor),
    ]


async def ask_mentor(services: PairServices, pair: Pair) -> Effects:
    """Ask the mentor, and plan how long to wait for an answer."""
    mentor = pair.mentor
    if mentor is None or pair.mentee is None:
        return await end_if_somebody_left(services, pair)
    key = keys.mentor_question(pair.id)
    await services.pairs.put(replace(pair, posted_at=services.now, post_key=key))
    nudge = None if await services.seeking.offer(mentor) is not None else QUESTION
    message = cards.to_mentor(pair, await _request(services, pair))
    return [Post(Direct(mentor), message, key, nudge=nudge), await _deadline(services, pair, mentor)]


async def agree(services: PairServices, pair: Pair) -> Effects:
    """Both accepted: plan the introduction for when both are awake."""
    await services.pairs.put(replace(pair, stage=Stage.ACCEPTED, posted_at=None, post_key=""))
    request = await _request(services, pair)
    if request is not None:
        await services.seeking.put_request(replace(request, state=RequestState.MATCHED, priority=False))
    when = times.awake_together(services.now, await services.zones(pair), services.community)
    return [
        Revise(keys.mentor_question(pair.id), cards.mentor_accepted(pair)),
        schedule.advance_at(pair.id, when),
    ]


async def introduce(services: PairServices, pair: Pair) -> Effects:
    """Introduce the pair to each other in a small group."""
    key, zones = keys.introduction(pair.id), await services.zones(pair)
    await services.pairs.put(replace(pair, posted_at=services.now, post_key=key))
    meeting = times.first_meeting(services.now, zones)
    group = group_of(pair)
    note = (await services.capabilities.of_group(group.members)).small_group_note
    message = cards.introduction(pair, await _request(services, pair), meeting, zones, note)
    return [Post(group, message, key)]


def group_of(pair: Pair) -> Group:
    """The small group of a pair."""
    members = tuple(one for one in (pair.mentee, pair.mentor) if one is not None)
    return Group(keys.introduction(pair.id), members)


async def begin(services: PairServices, pair: Pair, at: datetime) -> Effects:
    """The introduction was delivered: the pair is active from that instant."""
    ends_at = at + timedelta(weeks=pair.weeks)
    active = replace(pair, stage=Stage.ACTIVE, started_at=at, ends_at=ends_at, post_key="")
    await services.pairs.put(active)
    return [await schedule.next_check(services, active, timedelta(days=times.FIRST_CHECK))]


# Declined ----------------------------------------------------------------------------------------------


async def turn_down(
    services: PairServices, pair: Pair, why: str, *, stage: Stage = Stage.PROPOSED
) -> Effects:
    """Drop a pair that somebody declined or did not answer, and try the next best mentor at a stage.

    Nobody is told of it.
    """
    effects = await drop(services, pair, why)
    request = await _request(services, pair)
    return effects + (await try_next_best(services, request, stage=stage) if request is not None else [])


async def drop(services: PairServices, pair: Pair, why: str) -> Effects:
    """Drop a pair that does not come about, and replace a question that still waits for an answer."""
    await services.pairs.put(
        replace(pair, stage=Stage.DECLINED, why=why, ended_at=services.now, end_announced=True, post_key="")
    )
    effects: Effects = [Cancel(keys.pair_plan(pair.id))]
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED) and pair.posted_at is not None:
        is_proposed = pair.stage is Stage.PROPOSED
        key = keys.mentee_question(pair.id) if is_proposed else keys.mentor_question(pair.id)
        effects.append(Revise(key, cards.settled()))
    return effects


async def keep_apart(services: PairServices, one: int, other: int) -> Effects:
    """Turn down what is on its way between two members. An active pair goes on."""
    effects: Effects = []
    for pair in await services.pairs.of(one):
        if pair.has(other) and pair.stage in (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED):
            stage = Stage.DRAFT if pair.stage is Stage.DRAFT else Stage.PROPOSED
            effects += await turn_down(services, pair, APART, stage=stage)
    return effects


async def try_next_best(
    services: PairServices, request: Request, *, stage: Stage = Stage.PROPOSED
) -> Effects:
    """Create a pair with the best mentor left. If there is none, let the request wait."""
    if request.member not in await services.present([request.member]):
        await services.seeking.put_request(replace(request, state=RequestState.OVER))
        return []
    proposal = await best_proposal(services, request)
    pair = await create_pair(services, proposal, request, stage=stage) if proposal is not None else None
    if pair is None:
        return await wait(services, request)
    return await propose(services, pair) if stage is Stage.PROPOSED else []


async def wait(services: PairServices, request: Request, why: str = "") -> Effects:
    """Let a request wait, and plan to tell its member so as soon as they are awake."""
    await services.seeking.put_request(replace(request, state=RequestState.WAITING, why=why or request.why))
    at = times.awake(services.now, await services.zone(request.member), services.community)
    return [
        Later(at, TellUnmatched(request=request.id), keys.unmatched_plan(request.id)),
        schedule.next_morning_check(services.community, services.now),
    ]


async def tell_unmatched(services: PairServices, request: Request) -> Effects:
    """Tell a member that nobody was found, why, and when there is another chance."""
    await services.seeking.put_request(replace(request, told_at=services.now))
    settings = await services.rounds.settings()
    next_round = (
        schedule.next_round_at(services.community, settings, services.now) if settings.rounds else None
    )
    message = cards.unmatched(await why_unmatched(services, request), next_round)
    return [Post(Direct(request.member), message, keys.unmatched(request.id, services.now))]


# The end -----------------------------------------------------------------------------------------------


async def end(services: PairServices, pair: Pair, stage: Stage, why: str) -> Effects:
    """End a pair. Those left behind will be told, and a mentee among them is matched again first."""
    present = await services.present([pair.mentor, pair.mentee])
    ended = replace(pair, stage=stage, why=why, ended_at=services.now, post_key="")
    behind = left_behind(ended, present)
    await services.pairs.put(replace(ended, end_announced=not behind))
    effects: Effects = (
        [await schedule.advance_when_awake(services, pair.id, behind[0])]
        if behind
        else [Cancel(keys.pair_plan(pair.id))]
    )
    request = await _request(services, pair)
    if request is None:
        return effects
    if pair.mentee not in behind:
        await services.seeking.put_request(replace(request, state=RequestState.OVER))
        return effects
    request = replace(request, state=RequestState.WAITING, priority=True, told_at=services.now)
    await services.seeking.put_request(request)
    proposal = await best_proposal(services, request)
    again = (
        await create_pair(services, proposal, request, stage=Stage.PROPOSED) if proposal is not None else None
    )
    if again is None:
        return [*effects, schedule.next_morning_check(services.community, services.now)]
    return effects + await propose(services, again)


async def complete(services: PairServices, pair: Pair) -> Effects:
    """End a pair as planned: thank both, ask for feedback, and let both be matched again."""
    ended = replace(
        pair, stage=Stage.COMPLETED, why="", ended_at=services.now, end_announced=True, post_key=""
    )
    await services.pairs.put(ended)
    request = await _request(services, pair)
    if request is not None:
        await services.seeking.put_request(replace(request, state=RequestState.OVER))
    present = await services.present([pair.mentor, pair.mentee])
    thanks = [
        Post(Direct(one), cards.completed(ended, one), keys.ended(pair.id, one)) for one in sorted(present)
    ]
    answered = Revise(keys.closing_question(pair.id, pair.weeks), cards.closing_answered())
    return [Cancel(keys.pair_plan(pair.id)), answered, *thanks]


async def tell_left_behind(services: PairServices, pair: Pair) -> Effects:
    """Tell those left behind that their pair is over."""
    await services.pairs.put(replace(pair, end_announced=True))
    request = await _request(services, pair)
    effects: Effects = []
    for member in left_behind(pair, await services.present([pair.mentor, pair.mentee])):
        is_requeued = member == pair.mentee and request is not None and request.state is not RequestState.OVER
        message = cards.parted(pair, member, is_requeued=is_requeued)
        effects.append(Post(Direct(member), message, keys.ended(pair.id, member)))
    return effects


def left_behind(pair: Pair, present: set[int]) -> list[int]:
    """The present members of a pair who did not end it; after silence, only those who had answered."""
    says = {pair.mentor: pair.mentor_says, pair.mentee: pair.mentee_says}
    not_left = ("leave", "") if pair.why == "silence" else ("leave",)
    return [one for one in sorted(present) if says.get(one, "leave") not in not_left]


async def end_all_of_left_members(services: PairServices) -> Effects:
    """End the pairs and requests of members who left the community."""
    effects: Effects = []
    for pair in await services.pairs.in_stage(*LIVE):
        effects += await end_if_somebody_left(services, pair)
    for state in (RequestState.WAITING, RequestState.IN_HAND):
        requests = await services.seeking.requests(state)
        present = await services.present(one.member for one in requests)
        for request in requests:
            if request.member not in present:
                await services.seeking.put_request(replace(request, state=RequestState.OVER))
    return effects


async def end_if_somebody_left(services: PairServices, pair: Pair) -> Effects:
    """End a pair if one of the two left the community; nothing if both are present."""
    present = await services.present([pair.mentor, pair.mentee])
    if pair.mentor in present and pair.mentee in present:
        return []
    if pair.stage not in (Stage.ACCEPTED, Stage.ACTIVE):
        return await turn_down(services, pair, "gone")
    return await end(services, pair, Stage.ENDED, "gone")


async def _request(services: PairServices, pair: Pair) -> Request | None:
    return await services.seeking.request(pair.request) if pair.request is not None else None


async def _deadline(services: PairServices, pair: Pair, member: int) -> Later:
    """The plan that ends the wait for an answer of a member."""
    until = times.working_days_after(services.now, times.ANSWER_WORKING_DAYS, await services.zone(member))
    return schedule.advance_at(pair.id, until)
