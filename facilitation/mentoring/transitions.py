"""How a pair moves from one stage to the next, and what is said on the way. Everything goes through here."""

from dataclasses import replace

from facilitation.core.values.cards import Direct, Group
from facilitation.core.values.effects import Cancel, Effects, Later, Post, Revise
from facilitation.mentoring import cards, keys, services, times
from facilitation.mentoring.candidates import best_for, paired, why_nobody
from facilitation.mentoring.feature import QUESTION
from facilitation.mentoring.services import PairServices, Tell
from storage.mentoring import LIVE, Pair, Request, Stage, Standing

APART = "apart"
"""Why a pair that coordinators propose is never asked: one of the two would rather not, in secret."""


# Asking both -------------------------------------------------------------------------------------------


async def propose(on: PairServices, pair: Pair) -> Effects:
    """The mentee is asked, as soon as they are awake."""
    await on.pairs.put(replace(pair, stage=Stage.PROPOSED, said_at=None, post=""))
    return [await on.soon(pair.id, pair.mentee), services.tomorrow(on.community, on.at)]


async def ask_mentee(on: PairServices, pair: Pair) -> Effects:
    """The question to the mentee, and how long it may wait."""
    mentee, request = pair.mentee, await _request(on, pair)
    if mentee is None or pair.mentor is None:
        return await mend_one(on, pair)
    key = keys.fine(pair.id)
    await on.pairs.put(replace(pair, said_at=on.at, post=key))
    message = cards.to_mentee(pair, await on.seeking.offer(pair.mentor), is_asked_for=request is not None)
    nudge = None if request is not None else QUESTION
    return [Post(Direct(mentee), message, key, nudge=nudge), await _patience(on, pair, mentee)]


async def offer(on: PairServices, pair: Pair) -> Effects:
    """The mentee is fine with it: the mentor is asked, as soon as they are awake."""
    await on.pairs.put(replace(pair, stage=Stage.OFFERED, said_at=None, post=""))
    return [Revise(keys.fine(pair.id), cards.said_fine(pair)), await on.soon(pair.id, pair.mentor)]


async def ask_mentor(on: PairServices, pair: Pair) -> Effects:
    """The question to the mentor, and how long it may wait."""
    mentor = pair.mentor
    if mentor is None or pair.mentee is None:
        return await mend_one(on, pair)
    key = keys.offer(pair.id)
    await on.pairs.put(replace(pair, said_at=on.at, post=key))
    nudge = None if await on.seeking.offer(mentor) is not None else QUESTION
    message = cards.to_mentor(pair, await _request(on, pair))
    return [Post(Direct(mentor), message, key, nudge=nudge), await _patience(on, pair, mentor)]


async def agree(on: PairServices, pair: Pair) -> Effects:
    """Both said yes: they are introduced as soon as both are awake."""
    await on.pairs.put(replace(pair, stage=Stage.ACCEPTED, said_at=None, post=""))
    request = await _request(on, pair)
    if request is not None:
        await on.seeking.put_request(replace(request, standing=Standing.MATCHED, front=False))
    when = times.awake_together(on.at, await on.zones(pair), on.community)
    return [Revise(keys.offer(pair.id), cards.accepted(pair)), services.at(pair.id, when)]


async def introduce(on: PairServices, pair: Pair) -> Effects:
    """The first words, in a small group of their own."""
    key, zones = keys.together(pair.id), await on.zones(pair)
    await on.pairs.put(replace(pair, said_at=on.at, post=key))
    meeting = times.first_meeting(on.at, zones)
    group = group_of(pair)
    note = (await on.capabilities.of_group(group.members)).small_group_note
    message = cards.introduction(pair, await _request(on, pair), meeting, zones, note)
    return [Post(group, message, key)]


def group_of(pair: Pair) -> Group:
    """The small group of a pair: the same for all that is said to both."""
    return Group(keys.together(pair.id), tuple(one for one in (pair.mentee, pair.mentor) if one is not None))


# It does not come about --------------------------------------------------------------------------------


async def turn_down(on: PairServices, pair: Pair, why: str, *, stage: Stage = Stage.PROPOSED) -> Effects:
    """One of them would rather not, or did not answer: the next best is tried, and nobody is told of it."""
    effects = await drop(on, pair, why)
    request = await _request(on, pair)
    return effects + (await next_best(on, request, stage=stage) if request is not None else [])


async def drop(on: PairServices, pair: Pair, why: str) -> Effects:
    """It does not come about. A question that still stands somewhere is taken back."""
    await on.pairs.put(replace(pair, stage=Stage.DECLINED, why=why, ended_at=on.at, told=True, post=""))
    effects: Effects = [Cancel(keys.plan(pair.id))]
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED) and pair.said_at is not None:
        key = keys.fine(pair.id) if pair.stage is Stage.PROPOSED else keys.offer(pair.id)
        effects.append(Revise(key, cards.settled()))
    return effects


async def keep_apart(on: PairServices, one: int, other: int) -> Effects:
    """What is on its way between two is dropped, and each is looked after otherwise; a pair goes on."""
    effects: Effects = []
    for pair in await on.pairs.of(one):
        if pair.has(other) and pair.stage in (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED):
            stage = Stage.DRAFT if pair.stage is Stage.DRAFT else Stage.PROPOSED
            effects += await turn_down(on, pair, APART, stage=stage)
    return effects


async def next_best(on: PairServices, request: Request, *, stage: Stage = Stage.PROPOSED) -> Effects:
    """Down the ranking to whoever suits next; at its end the request waits again, and its owner is told."""
    if request.member not in await on.are_here([request.member]):
        await on.seeking.put_request(replace(request, standing=Standing.OVER))
        return []
    found = await best_for(on, request)
    pair = await paired(on, found, request, stage=stage) if found is not None else None
    if pair is None:
        return await wait(on, request)
    return await propose(on, pair) if stage is Stage.PROPOSED else []


async def wait(on: PairServices, request: Request, why: str = "") -> Effects:
    """A request waits on; its owner hears so, as soon as they are awake."""
    await on.seeking.put_request(replace(request, standing=Standing.WAITING, why=why or request.why))
    at = times.awake(on.at, await on.zone(request.member), on.community)
    return [
        Later(at, Tell(request=request.id), keys.unserved(request.id)),
        services.tomorrow(on.community, on.at),
    ]


async def tell_nobody(on: PairServices, request: Request) -> Effects:
    """Kindly, that nobody was found, why, and when there is another chance."""
    await on.seeking.put_request(replace(request, told_at=on.at))
    wishes = await on.rounds.wishes()
    upcoming = services.upcoming(on, wishes) if wishes.rounds else None
    message = cards.nobody_yet(await why_nobody(on, request), upcoming)
    return [Post(Direct(request.member), message, keys.nobody_yet(request.id, on.at))]


# The end of a pair -------------------------------------------------------------------------------------


async def end(on: PairServices, pair: Pair, stage: Stage, why: str) -> Effects:
    """A pair is over. Who is left behind is told; a mentee who is, is served first from now on."""
    here = await on.are_here([pair.mentor, pair.mentee])
    ended = replace(pair, stage=stage, why=why, ended_at=on.at, post="")
    behind = left_behind(ended, here)
    await on.pairs.put(replace(ended, told=not behind))
    effects: Effects = [await on.soon(pair.id, behind[0])] if behind else [Cancel(keys.plan(pair.id))]
    request = await _request(on, pair)
    if request is None:
        return effects
    if pair.mentee not in behind:
        await on.seeking.put_request(replace(request, standing=Standing.OVER))
        return effects
    request = replace(request, standing=Standing.WAITING, front=True, told_at=on.at)
    await on.seeking.put_request(request)
    found = await best_for(on, request)
    again = await paired(on, found, request, stage=Stage.PROPOSED) if found is not None else None
    if again is None:
        return [*effects, services.tomorrow(on.community, on.at)]
    return effects + await propose(on, again)


async def complete(on: PairServices, pair: Pair) -> Effects:
    """The end that was meant: both are thanked and asked how it was, and both may be matched again."""
    ended = replace(pair, stage=Stage.COMPLETED, why="", ended_at=on.at, told=True, post="")
    await on.pairs.put(ended)
    request = await _request(on, pair)
    if request is not None:
        await on.seeking.put_request(replace(request, standing=Standing.OVER))
    here = await on.are_here([pair.mentor, pair.mentee])
    thanks = [Post(Direct(one), cards.completed(ended, one), keys.over(pair.id, one)) for one in sorted(here)]
    closed = Revise(keys.close(pair.id, pair.weeks), cards.rounded_off())
    return [Cancel(keys.plan(pair.id)), closed, *thanks]


async def tell_left_behind(on: PairServices, pair: Pair) -> Effects:
    """Kindly, to whoever is still here, that their pair is over."""
    await on.pairs.put(replace(pair, told=True))
    request = await _request(on, pair)
    effects: Effects = []
    for member in left_behind(pair, await on.are_here([pair.mentor, pair.mentee])):
        is_requeued = member == pair.mentee and request is not None and request.standing is not Standing.OVER
        message = cards.parted(pair, member, is_requeued=is_requeued)
        effects.append(Post(Direct(member), message, keys.over(pair.id, member)))
    return effects


def left_behind(pair: Pair, here: set[int]) -> list[int]:
    """Of those who are here: who did not leave it, and, if it ended in silence, who was heard at all."""
    says = {pair.mentor: pair.mentor_says, pair.mentee: pair.mentee_says}
    gone = ("leave", "") if pair.why == "silence" else ("leave",)
    return [one for one in sorted(here) if says.get(one, "leave") not in gone]


async def mend(on: PairServices) -> Effects:
    """Pairs and requests of those who are no longer here: the other is told, and looked after first."""
    effects: Effects = []
    for pair in await on.pairs.in_stage(*LIVE):
        effects += await mend_one(on, pair)
    for standing in (Standing.WAITING, Standing.IN_HAND):
        requests = await on.seeking.requests(standing)
        here = await on.are_here(one.member for one in requests)
        for request in requests:
            if request.member not in here:
                await on.seeking.put_request(replace(request, standing=Standing.OVER))
    return effects


async def mend_one(on: PairServices, pair: Pair) -> Effects:
    """The same for one pair; nothing where both are here."""
    here = await on.are_here([pair.mentor, pair.mentee])
    if pair.mentor in here and pair.mentee in here:
        return []
    if pair.stage not in (Stage.ACCEPTED, Stage.ACTIVE):
        return await turn_down(on, pair, "gone")
    return await end(on, pair, Stage.ENDED, "gone")


async def _request(on: PairServices, pair: Pair) -> Request | None:
    return await on.seeking.request(pair.request) if pair.request is not None else None


async def _patience(on: PairServices, pair: Pair, member: int) -> Later:
    until = times.working_days_after(on.at, times.PATIENCE, await on.zone(member))
    return services.at(pair.id, until)
