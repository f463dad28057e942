"""What the clock and the platform bring: the next word of a pair, its first message said, somebody gone."""

from dataclasses import replace
from datetime import timedelta

from facilitation.core.ask import Due
from facilitation.core.cards import Card, Direct
from facilitation.core.effects import Effects, Later, Post
from facilitation.core.gathering import Heard
from facilitation.core.happenings import MemberLeft, Said, Unsaid
from facilitation.mentoring import cards, keys, moving, planning, times
from facilitation.mentoring.planning import Ground, Morning, Tell
from facilitation.mentoring.room import room
from storage.mentoring import DONE, LIVE, Pair, Review, Stage, Standing

QUIET = 3
"""So many check-ins in a row without a meeting, and both are asked how to go on."""
HUSHED_FOR = timedelta(days=1)


# The clock ---------------------------------------------------------------------------------------------


@room.action()
async def go_on(ask: planning.GoOn, due: Due, on: Ground) -> Effects:
    """What comes next for a pair: a question, its end for want of an answer, or the last words."""
    await on.rounds.hold()
    pair = await on.pairs.get(ask.pair)
    if pair is None:
        return []
    if due.community.is_hushed(due.at):
        until = due.community.hush_until or due.at + HUSHED_FOR
        return [planning.at(pair.id, times.morning_after(until, 0, await on.zones(pair), due.community))]
    if pair.stage in LIVE and (mended := await moving.mend_one(on, pair)):
        return mended
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        if pair.said_at is not None or pair.why == moving.APART:
            return await moving.turn_down(on, pair, "silence")
        return await (moving.ask_mentee if pair.stage is Stage.PROPOSED else moving.ask_mentor)(on, pair)
    if pair.stage is Stage.ACCEPTED and pair.said_at is None:
        return await moving.introduce(on, pair)
    if pair.stage is Stage.ACTIVE:
        return await _accompany(on, pair)
    if pair.stage in DONE and not pair.told:
        return await moving.tell_left_behind(on, pair)
    return []


async def _accompany(on: Ground, pair: Pair) -> Effects:
    """A check-in; after three in vain the question whether to go on; at the end how to round off."""
    resting = await _resting(on, pair)
    if resting is not None:
        return [resting]
    if pair.post == keys.stay(pair.id, pair.checks):
        return await moving.end(on, pair, Stage.LAPSED, "silence")
    if pair.ends_at is not None and pair.ends_at <= on.at:
        if pair.post == keys.close(pair.id, pair.weeks):
            return await moving.complete(on, pair)
        return await _ask_in_group(on, pair, cards.time_is_up(pair), keys.close(pair.id, pair.weeks))
    if pair.checks > pair.answered:
        pair = replace(pair, quiet=pair.quiet + 1)
    if pair.quiet >= QUIET:
        return await _ask_both(on, pair)
    number = pair.checks + 1
    pair = replace(pair, checks=number)
    await on.pairs.put(replace(pair, said_at=on.at, post=keys.check(pair.id, number)))
    message = Post(
        moving.group_of(pair), cards.check_in(pair, number), keys.check(pair.id, number), stale=times.A_WEEK
    )
    return [message, await next_check(on, pair, times.BETWEEN_CHECKS)]


async def next_check(on: Ground, pair: Pair, after: timedelta) -> Later:
    """The next look at a pair: a morning for both, and no later than their end."""
    when = times.morning_after(on.at, after.days, await on.zones(pair), on.community)
    if pair.ends_at is not None and pair.ends_at < when + times.A_WEEK:
        when = max(times.awake_together(pair.ends_at, await on.zones(pair), on.community), on.at)
    return planning.at(pair.id, when)


async def _ask_in_group(on: Ground, pair: Pair, message: Card, key: str) -> Effects:
    await on.pairs.put(replace(pair, said_at=on.at, post=key))
    return [Post(moving.group_of(pair), message, key), planning.at(pair.id, on.at + times.A_WEEK)]


async def _ask_both(on: Ground, pair: Pair) -> Effects:
    """Each by themselves, in their own morning hours as far as these are the same."""
    key = keys.stay(pair.id, pair.checks)
    await on.pairs.put(replace(pair, said_at=on.at, post=key, mentor_says="", mentee_says=""))
    posts = [
        Post(
            Direct(member),
            cards.stay_or_leave(pair, pair.other(member)),
            keys.stay(pair.id, pair.checks, member),
        )
        for member in (pair.mentee, pair.mentor)
        if member is not None
    ]
    return [*posts, planning.at(pair.id, on.at + times.A_WEEK)]


async def _resting(on: Ground, pair: Pair) -> Later | None:
    """Whoever of the two takes a break is asked nothing until it is over."""
    pausing = await on.seeking.pausing(on.at)
    ends = [pausing[one] for one in (pair.mentor, pair.mentee) if one in pausing]
    if not ends:
        return None
    known = [end for end in ends if end is not None]
    until = max(known) if len(known) == len(ends) else on.at + times.BETWEEN_CHECKS
    return planning.at(pair.id, times.morning_after(until, 0, await on.zones(pair), on.community))


@room.action()
async def tell_unserved(ask: Tell, due: Due, on: Ground) -> Effects:
    """Nobody was found for a request, if that is still so."""
    await on.rounds.hold()
    request = await on.seeking.request(ask.request)
    if request is None or request.standing is not Standing.WAITING:
        return []
    return await moving.tell_nobody(on, request)


@room.action()
async def morning(ask: Morning, due: Due, on: Ground) -> Effects:
    """Who is gone, which pairs may go out by themselves, and who waits; silent when there is nothing."""
    await on.rounds.hold()
    effects = await moving.mend(on)
    for pair in await on.pairs.untold():
        effects += await moving.tell_left_behind(on, pair)
    wishes = await on.rounds.wishes()
    if wishes.review is Review.IN_TIME:
        for pair in await on.pairs.in_stage(Stage.DRAFT):
            if times.working_days_after(pair.made_at, times.PATIENCE, due.community.zone) <= due.at:
                effects += await moving.propose(on, pair)
    waiting = await on.seeking.requests(Standing.WAITING)
    is_wanted = waiting and (wishes.at_once or any(one.front for one in waiting))
    if is_wanted and await on.rounds.current() is None:
        effects.append(planning.match_now(due.at))
    if waiting or await on.pairs.in_stage(*LIVE):
        effects.append(planning.tomorrow(due.community, due.at))
    return effects


# The platform --------------------------------------------------------------------------------------------


@room.on(Said, when=lambda said: said.post.startswith(keys.OURS))
async def on_said(heard: Heard, on: Ground) -> Effects:
    """Their introduction stands in the group: the pair has begun."""
    assert isinstance(heard.happening, Said)
    return await _begun(heard, heard.happening.post, on)


@room.on(
    Unsaid,
    when=lambda fact: fact.post.startswith(keys.OURS) and fact.why not in ("withdrawn", "hushed"),
)
async def on_unsaid(heard: Heard, on: Ground) -> Effects:
    """What cannot be asked is not answered; without a group, the two are told of each other."""
    assert isinstance(heard.happening, Unsaid)
    await on.rounds.hold()
    pair = await on.pairs.by_post(heard.happening.post)
    if pair is None:
        return []
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        return await moving.turn_down(on, pair, "silence")
    if pair.stage is not Stage.ACCEPTED or (mended := await moving.mend_one(on, pair)):
        return mended if pair.stage is Stage.ACCEPTED else []
    begun = await _begun(heard, heard.happening.post, on)
    both = (pair.mentor, pair.mentee)
    return begun + [
        Post(Direct(member), cards.by_message(pair.other(member) or 0), keys.by_message(pair.id, member))
        for member in both
        if member is not None
    ]


async def _begun(heard: Heard, post: str, on: Ground) -> Effects:
    pair = await on.pairs.by_post(post)
    if pair is None or pair.stage is not Stage.ACCEPTED:
        return []
    pair = replace(
        pair, stage=Stage.ACTIVE, started_at=heard.at, ends_at=heard.at + timedelta(weeks=pair.weeks), post=""
    )
    await on.pairs.put(pair)
    return [await next_check(on, pair, timedelta(days=times.FIRST_CHECK))]


@room.on(MemberLeft)
async def on_left(heard: Heard, on: Ground) -> Effects:
    """Somebody left who takes part: who is with them hears of it, and is looked after first."""
    member = heard.member
    if member is None or member.left_at is None:
        return []
    takes_part = [pair for pair in await on.pairs.of(member.id) if pair.stage in LIVE]
    if not takes_part and await on.seeking.request_of(member.id) is None:
        return []
    await on.rounds.hold()
    return await moving.mend(on)
