"""What the clock and the platform bring: the next word of a pair, its first message said, somebody gone."""

from dataclasses import replace
from datetime import timedelta

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.cards import Card, Direct
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later, Post
from facilitation.core.values.events import MemberLeft, PostDelivered, PostFailed
from facilitation.mentoring import cards, keys, services, times, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import Morning, PairServices, Tell
from storage.mentoring import DONE, LIVE, Pair, Review, Stage, Standing

QUIET = 3
"""So many check-ins in a row without a meeting, and both are asked how to go on."""
HUSHED_FOR = timedelta(days=1)


# The clock ---------------------------------------------------------------------------------------------


@feature.action(id="mentoring.advance_pair")
async def go_on(command: services.GoOn, due: Due, on: PairServices) -> Effects:
    """What comes next for a pair: a question, its end for want of an answer, or the last words."""
    await on.rounds.hold()
    pair = await on.pairs.get(command.pair)
    if pair is None:
        return []
    if due.community.is_hushed(due.at):
        until = due.community.hush_until or due.at + HUSHED_FOR
        return [services.at(pair.id, times.morning_after(until, 0, await on.zones(pair), due.community))]
    if pair.stage in LIVE and (mended := await transitions.mend_one(on, pair)):
        return mended
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        if pair.said_at is not None or pair.why == transitions.APART:
            return await transitions.turn_down(on, pair, "silence")
        return await (transitions.ask_mentee if pair.stage is Stage.PROPOSED else transitions.ask_mentor)(
            on, pair
        )
    if pair.stage is Stage.ACCEPTED and pair.said_at is None:
        return await transitions.introduce(on, pair)
    if pair.stage is Stage.ACTIVE:
        return await _accompany(on, pair)
    if pair.stage in DONE and not pair.told:
        return await transitions.tell_left_behind(on, pair)
    return []


async def _accompany(on: PairServices, pair: Pair) -> Effects:
    """A check-in; after three in vain the question whether to go on; at the end how to round off."""
    resting = await _resting(on, pair)
    if resting is not None:
        return [resting]
    if pair.post == keys.stay(pair.id, pair.checks):
        return await transitions.end(on, pair, Stage.LAPSED, "silence")
    if pair.ends_at is not None and pair.ends_at <= on.at:
        if pair.post == keys.close(pair.id, pair.weeks):
            return await transitions.complete(on, pair)
        return await _ask_in_group(on, pair, cards.time_is_up(pair), keys.close(pair.id, pair.weeks))
    if pair.checks > pair.answered:
        pair = replace(pair, quiet=pair.quiet + 1)
    if pair.quiet >= QUIET:
        return await _ask_both(on, pair)
    number = pair.checks + 1
    pair = replace(pair, checks=number)
    await on.pairs.put(replace(pair, said_at=on.at, post=keys.check(pair.id, number)))
    message = Post(
        transitions.group_of(pair),
        cards.check_in(pair, number),
        keys.check(pair.id, number),
        stale=times.A_WEEK,
    )
    return [message, await next_check(on, pair, times.BETWEEN_CHECKS)]


async def next_check(on: PairServices, pair: Pair, after: timedelta) -> Later:
    """The next look at a pair: a morning for both, and no later than their end."""
    when = times.morning_after(on.at, after.days, await on.zones(pair), on.community)
    if pair.ends_at is not None and pair.ends_at < when + times.A_WEEK:
        when = max(times.awake_together(pair.ends_at, await on.zones(pair), on.community), on.at)
    return services.at(pair.id, when)


async def _ask_in_group(on: PairServices, pair: Pair, message: Card, key: str) -> Effects:
    await on.pairs.put(replace(pair, said_at=on.at, post=key))
    return [Post(transitions.group_of(pair), message, key), services.at(pair.id, on.at + times.A_WEEK)]


async def _ask_both(on: PairServices, pair: Pair) -> Effects:
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
    return [*posts, services.at(pair.id, on.at + times.A_WEEK)]


async def _resting(on: PairServices, pair: Pair) -> Later | None:
    """Whoever of the two takes a break is asked nothing until it is over."""
    pausing = await on.seeking.pausing(on.at)
    ends = [pausing[one] for one in (pair.mentor, pair.mentee) if one in pausing]
    if not ends:
        return None
    known = [end for end in ends if end is not None]
    until = max(known) if len(known) == len(ends) else on.at + times.BETWEEN_CHECKS
    return services.at(pair.id, times.morning_after(until, 0, await on.zones(pair), on.community))


@feature.action(id="mentoring.tell_unmatched")
async def tell_unserved(command: Tell, due: Due, on: PairServices) -> Effects:
    """Nobody was found for a request, if that is still so."""
    await on.rounds.hold()
    request = await on.seeking.request(command.request)
    if request is None or request.standing is not Standing.WAITING:
        return []
    return await transitions.tell_nobody(on, request)


@feature.action(id="mentoring.run_morning_check")
async def morning(command: Morning, due: Due, on: PairServices) -> Effects:
    """Who is gone, which pairs may go out by themselves, and who waits; silent when there is nothing."""
    await on.rounds.hold()
    effects = await transitions.mend(on)
    for pair in await on.pairs.untold():
        effects += await transitions.tell_left_behind(on, pair)
    wishes = await on.rounds.wishes()
    if wishes.review is Review.IN_TIME:
        for pair in await on.pairs.in_stage(Stage.DRAFT):
            if times.working_days_after(pair.made_at, times.PATIENCE, due.community.zone) <= due.at:
                effects += await transitions.propose(on, pair)
    waiting = await on.seeking.requests(Standing.WAITING)
    is_wanted = waiting and (wishes.at_once or any(one.front for one in waiting))
    if is_wanted and await on.rounds.current() is None:
        effects.append(services.match_now(due.at))
    if waiting or await on.pairs.in_stage(*LIVE):
        effects.append(services.tomorrow(due.community, due.at))
    return effects


# The platform --------------------------------------------------------------------------------------------


@feature.on(PostDelivered, when=lambda said: said.post.startswith(keys.OURS))
async def on_said(context: EventContext, on: PairServices) -> Effects:
    """Their introduction stands in the group: the pair has begun."""
    assert isinstance(context.event, PostDelivered)
    return await _begun(context, context.event.post, on)


@feature.on(
    PostFailed,
    when=lambda fact: fact.post.startswith(keys.OURS) and fact.why not in ("withdrawn", "hushed"),
)
async def on_unsaid(context: EventContext, on: PairServices) -> Effects:
    """What cannot be asked is not answered; without a group, the two are told of each other."""
    assert isinstance(context.event, PostFailed)
    await on.rounds.hold()
    pair = await on.pairs.by_post(context.event.post)
    if pair is None:
        return []
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        return await transitions.turn_down(on, pair, "silence")
    if pair.stage is not Stage.ACCEPTED or (mended := await transitions.mend_one(on, pair)):
        return mended if pair.stage is Stage.ACCEPTED else []
    begun = await _begun(context, context.event.post, on)
    both = (pair.mentor, pair.mentee)
    return begun + [
        Post(Direct(member), cards.by_message(pair.other(member) or 0), keys.by_message(pair.id, member))
        for member in both
        if member is not None
    ]


async def _begun(context: EventContext, post: str, on: PairServices) -> Effects:
    pair = await on.pairs.by_post(post)
    if pair is None or pair.stage is not Stage.ACCEPTED:
        return []
    pair = replace(
        pair,
        stage=Stage.ACTIVE,
        started_at=context.at,
        ends_at=context.at + timedelta(weeks=pair.weeks),
        post="",
    )
    await on.pairs.put(pair)
    return [await next_check(on, pair, timedelta(days=times.FIRST_CHECK))]


@feature.on(MemberLeft)
async def on_left(context: EventContext, on: PairServices) -> Effects:
    """Somebody left who takes part: who is with them hears of it, and is looked after first."""
    member = context.member
    if member is None or member.left_at is None:
        return []
    takes_part = [pair for pair in await on.pairs.of(member.id) if pair.stage in LIVE]
    if not takes_part and await on.seeking.request_of(member.id) is None:
        return []
    await on.rounds.hold()
    return await transitions.mend(on)
