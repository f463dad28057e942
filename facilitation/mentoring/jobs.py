"""What the clock does for mentoring: advance pairs, check each morning, run rounds and match."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Card, Channel, Direct
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later, Post, Revise
from facilitation.mentoring import cards, keys, schedule, times, transitions
from facilitation.mentoring.candidates import create_pair, matching_input
from facilitation.mentoring.feature import feature
from facilitation.mentoring.matching import Matching
from facilitation.mentoring.matching_process import match_in_background
from facilitation.mentoring.schedule import (
    AdvancePair,
    CloseRound,
    MakePairs,
    OpenRound,
    RunMorningCheck,
    TellUnmatched,
)
from facilitation.mentoring.services import PairServices
from storage.communities import Use
from storage.mentoring import DONE, LIVE, Pair, Request, RequestState, Review, Stage

QUIET = 3
"""After this number of check-ins in a row without a meeting, both are asked whether to go on."""
HUSH_RETRY = timedelta(days=1)
SIGN_UP_IS_STALE = timedelta(days=2)


# Pairs -------------------------------------------------------------------------------------------------


@feature.action(id="mentoring.advance_pair")
async def advance_pair(command: AdvancePair, due: Due, services: PairServices) -> Effects:
    """Do what comes next for a pair: ask a question, end the wait for an answer, or say goodbye."""
    await services.rounds.hold()
    pair = await services.pairs.get(command.pair)
    if pair is None:
        return []
    if due.community.is_hushed(due.at):
        until = due.community.hush_until or due.at + HUSH_RETRY
        when = times.morning_after(until, 0, await services.zones(pair), due.community)
        return [schedule.advance_at(pair.id, when)]
    if pair.stage in LIVE and (ended := await transitions.end_if_somebody_left(services, pair)):
        return ended
    if pair.stage in (Stage.PROPOSED, Stage.OFFERED):
        if pair.posted_at is not None or pair.why == transitions.APART:
            return await transitions.turn_down(services, pair, "silence")
        is_proposed = pair.stage is Stage.PROPOSED
        question = transitions.ask_mentee if is_proposed else transitions.ask_mentor
        return await question(services, pair)
    if pair.stage is Stage.ACCEPTED and pair.posted_at is None:
        return await transitions.introduce(services, pair)
    if pair.stage is Stage.ACTIVE:
        return await _check_in(services, pair)
    if pair.stage in DONE and not pair.end_announced:
        return await transitions.tell_left_behind(services, pair)
    return []


async def _check_in(services: PairServices, pair: Pair) -> Effects:
    """Check in with a pair, ask whether to go on if it is quiet, or ask how to end when its time is up."""
    pause = await _after_pause(services, pair)
    if pause is not None:
        return [pause]
    if pair.post_key == keys.stay_or_leave(pair.id, pair.checkins):
        return await transitions.end(services, pair, Stage.LAPSED, "silence")
    if pair.ends_at is not None and pair.ends_at <= services.now:
        key = keys.closing_question(pair.id, pair.weeks)
        if pair.post_key == key:
            return await transitions.complete(services, pair)
        return await _ask_in_group(services, pair, cards.time_is_up(pair), key)
    if pair.checkins > pair.answered_checkin:
        pair = replace(pair, unmet_checkins=pair.unmet_checkins + 1)
    if pair.unmet_checkins >= QUIET:
        return await _ask_each(services, pair)
    number = pair.checkins + 1
    pair = replace(pair, checkins=number)
    key = keys.checkin(pair.id, number)
    await services.pairs.put(replace(pair, posted_at=services.now, post_key=key))
    question = cards.check_in(pair, number)
    return [
        Post(transitions.group_of(pair), question, key, stale=times.A_WEEK),
        await schedule.next_check(services, pair, times.BETWEEN_CHECKS),
    ]


async def _ask_in_group(services: PairServices, pair: Pair, question: Card, key: str) -> Effects:
    """Ask both in their group, and wait a week."""
    await services.pairs.put(replace(pair, posted_at=services.now, post_key=key))
    return [
        Post(transitions.group_of(pair), question, key),
        schedule.advance_at(pair.id, services.now + times.A_WEEK),
    ]


async def _ask_each(services: PairServices, pair: Pair) -> Effects:
    """Ask each of the two alone whether to go on, and wait a week."""
    key = keys.stay_or_leave(pair.id, pair.checkins)
    await services.pairs.put(
        replace(pair, posted_at=services.now, post_key=key, mentor_says="", mentee_says="")
    )
    questions = [
        Post(
            Direct(member),
            cards.stay_or_leave(pair, pair.other(member)),
            keys.stay_or_leave(pair.id, pair.checkins, member),
        )
        for member in (pair.mentee, pair.mentor)
        if member is not None
    ]
    return [*questions, schedule.advance_at(pair.id, services.now + times.A_WEEK)]


async def _after_pause(services: PairServices, pair: Pair) -> Later | None:
    """The plan to go on after the pauses of the two; None if neither pauses."""
    pausing = await services.seeking.pausing(services.now)
    ends = [pausing[one] for one in (pair.mentor, pair.mentee) if one in pausing]
    if not ends:
        return None
    known = [end for end in ends if end is not None]
    until = max(known) if len(known) == len(ends) else services.now + times.BETWEEN_CHECKS
    when = times.morning_after(until, 0, await services.zones(pair), services.community)
    return schedule.advance_at(pair.id, when)


@feature.action(id="mentoring.tell_unmatched")
async def tell_unmatched(command: TellUnmatched, due: Due, services: PairServices) -> Effects:
    """Tell a member that nobody was found for their request, if it still waits."""
    await services.rounds.hold()
    request = await services.seeking.request(command.request)
    if request is None or request.state is not RequestState.WAITING:
        return []
    return await transitions.tell_unmatched(services, request)


@feature.action(id="mentoring.run_morning_check")
async def run_morning_check(command: RunMorningCheck, due: Due, services: PairServices) -> Effects:
    """End pairs of members who left, propose pairs whose review is over, and match requests that wait.

    The next check is planned only as long as there is a live pair or a request that waits.
    """
    await services.rounds.hold()
    effects = await transitions.end_all_of_left_members(services)
    for pair in await services.pairs.untold():
        effects += await transitions.tell_left_behind(services, pair)
    settings = await services.rounds.settings()
    if settings.review is Review.AFTER_THREE_DAYS:
        for pair in await services.pairs.in_stage(Stage.DRAFT):
            if (
                times.working_days_after(pair.made_at, times.ANSWER_WORKING_DAYS, due.community.zone)
                <= due.at
            ):
                effects += await transitions.propose(services, pair)
    waiting = await services.seeking.requests(RequestState.WAITING)
    is_wanted = waiting and (settings.at_once or any(one.priority for one in waiting))
    if is_wanted and await services.rounds.current() is None:
        effects.append(schedule.match_now(due.at))
    if waiting or await services.pairs.in_stage(*LIVE):
        effects.append(schedule.next_morning_check(due.community, due.at))
    return effects


# Rounds --------------------------------------------------------------------------------------------------


@feature.action(id="mentoring.open_round")
async def open_round(command: OpenRound, due: Due, services: PairServices) -> Effects:
    """Open a round with a post to sign up. A hush or a missing channel skips it."""
    await services.rounds.hold()
    spot = await services.people.spot_for(Use.RECAP) or await services.people.spot_for(Use.WELCOME)
    has_rounds = (await services.rounds.settings()).rounds
    if spot is None or due.community.is_hushed(due.at) or not has_rounds:
        return await schedule.plan_next_round(services)
    closes_at = due.at + times.SIGN_UP
    number = await services.rounds.open(due.at, closes_at)
    place, message, key = Channel(spot.space, spot.handle), cards.sign_up(closes_at), keys.sign_up(number)
    return [
        Post(place, message, key, hushable=True, stale=SIGN_UP_IS_STALE),
        *await schedule.plan_next_round(services),
    ]


@feature.action(id="mentoring.close_round")
async def close_round(command: CloseRound, due: Due, services: PairServices) -> Effects:
    """Close the sign-up, and match the requests that wait."""
    await services.rounds.hold()
    is_closed = await services.rounds.close(command.number, due.at)
    effects = await schedule.plan_next_round(services)
    if not is_closed:
        return effects
    settings = await services.rounds.settings()
    upcoming = schedule.next_round_at(due.community, settings, due.at) if settings.rounds else None
    effects.append(Revise(keys.sign_up(command.number), cards.sign_up_closed(upcoming)))
    if await services.seeking.requests(RequestState.WAITING):
        effects.append(schedule.match_now(due.at, command.number))
    return effects


# Matching ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PrecomputedMatching:
    """The matching of all requests that waited when it was computed."""

    matching: Matching[int]


@feature.precompute(MakePairs)
async def precompute_matching(
    command: MakePairs, due: Due, services: PairServices
) -> Callable[[], Awaitable[PrecomputedMatching]]:
    """Match all requests that wait, outside any unit of work."""
    people = await matching_input(services, await services.seeking.requests(RequestState.WAITING))

    async def work() -> PrecomputedMatching:
        return PrecomputedMatching(await match_in_background(people))

    return work


@feature.action(id="mentoring.make_pairs")
async def make_pairs(
    command: MakePairs, due: Due, precomputed: PrecomputedMatching, services: PairServices
) -> Effects:
    """Create the proposed pairs that are still possible; they wait for review or go out to the mentees."""
    await services.rounds.hold()
    matching, settings = precomputed.matching, await services.rounds.settings()
    requests = {one.member: one for one in await services.seeking.requests(RequestState.WAITING)}
    excluded = await services.seeking.apart() | await services.pairs.declined()
    mentors = await services.present(one.mentor for one in matching.proposals)
    mentors -= (await services.seeking.pausing(due.at)).keys()
    await services.rounds.note_more(*matching.more_at)
    stage = Stage.PROPOSED if settings.review is Review.AT_ONCE else Stage.DRAFT
    effects: Effects = []
    drafts: list[Pair] = []
    for one in matching.proposals:
        is_excluded = (one.mentor, one.request) in excluded
        if one.request not in requests or one.mentor not in mentors or is_excluded:
            continue
        pair = await create_pair(services, one, requests[one.request], stage=stage, round_=command.number)
        if pair is not None and stage is Stage.PROPOSED:
            effects += await transitions.propose(services, pair)
        elif pair is not None:
            drafts.append(pair)
    for unmatched in matching.unmatched:
        if unmatched.request in requests:
            request = replace(requests[unmatched.request], why=unmatched.reason)
            effects += await _leave_unmatched(services, request, is_round=bool(command.number))
    if drafts:
        effects += await _ask_for_review(services, drafts)
    return [*effects, schedule.next_morning_check(due.community, due.at)]


async def _leave_unmatched(services: PairServices, request: Request, *, is_round: bool) -> Effects:
    """Store why a request has no mentor. Its member is told after each round, and between rounds once."""
    if is_round or request.told_at is None:
        return await transitions.wait(services, request, request.why)
    await services.seeking.put_request(request)
    return []


async def _ask_for_review(services: PairServices, drafts: Sequence[Pair]) -> Effects:
    """Tell coordinators that pairs wait for review."""
    message = cards.review_wanted(len(drafts), await services.rounds.settings())
    return await to_coordinators(services.people, message, keys.review(drafts[-1].id))
