"""What the clock does for circles: invite people, make groups on the day, and ask later whether they met."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from facilitation.circles import cards, keys
from facilitation.circles.dates import RoundDate, question_time
from facilitation.circles.feature import feature
from facilitation.circles.grouping import MIN_GROUP, Grouping, Met, Pair, form_groups, pair_of, pairs_of
from facilitation.circles.schedule import (
    LATE,
    AskGroups,
    Invite,
    MakeGroups,
    MergeSmallGroups,
    dates_due,
    next_round,
    plan_next_round,
    skip_reason,
)
from facilitation.circles.services import CircleServices
from facilitation.circles.small_groups import dissolve_small_groups, present_members
from facilitation.core.values.cards import Channel, Direct, Group
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later, Post, Revise
from storage.circles import Circle, CircleRounds, Circles, CircleState, Mix, RoundOutcome
from storage.communities import Member, People

NEW_FOR = timedelta(days=182)
"""How long a member counts as new where groups mix new members with others."""
WRITES_SINCE = timedelta(days=90)
"""The time in which messages count towards a member's main channel."""
INVITE_RETRY = timedelta(days=1)
MERGED_AFTER = timedelta(days=1)
INTRODUCED_WITHIN = timedelta(days=1)
QUESTION_IS_STALE = timedelta(days=2)
TOO_FEW = "too few people"
"""The stored reason for no round. That people are to be kept apart is secret, so it is the same for both."""


# Invite --------------------------------------------------------------------------------------------


@feature.action(id="circles.invite")
async def invite(command: Invite, due: Due, circles: Circles) -> Effects:
    """Post the invitation to a round, once.

    While something prevents it, such as a hush, try again each day until the round.
    """
    circle = await circles.hold(command.circle)
    if circle is None or circle.next_day != command.day or circle.next_at is None or due.at >= circle.next_at:
        return []
    round_date = RoundDate(command.day, circle.next_at)
    is_left_out = circle.gone or circle.is_paused(round_date.at)
    if is_left_out or skip_reason(due.community, circle, round_date, due.at):
        return [Later(due.at + INVITE_RETRY, Invite(circle=circle.id, day=command.day), due.key)]
    if not await circles.opened(circle.id, command.day):
        return []
    place = Channel(circle.space, circle.place)
    key, stale = keys.invitation(circle.id, command.day), round_date.at - due.at
    return [Post(place, cards.invitation(circle, round_date.at), key, hushable=True, stale=stale)]


# Make groups ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupingInput:
    """Everything that decides who meets whom in a round."""

    people: list[int]
    size: int
    met: dict[Pair, Met]
    apart: frozenset[Pair]
    kinds: dict[int, str]
    seed: int

    def group(self) -> Grouping:
        """Form the groups; takes up to seconds of processor time."""
        return form_groups(
            self.people, self.size, met=self.met, apart=self.apart, kinds=self.kinds, seed=self.seed
        )


@dataclass(frozen=True)
class PrecomputedGroups:
    """The grouping of an input, computed before the unit of work that uses it. Both None for no round."""

    input: GroupingInput | None
    grouping: Grouping | None


@feature.precompute(MakeGroups)
async def precompute_groups(
    command: MakeGroups, due: Due, services: CircleServices
) -> Callable[[], Awaitable[PrecomputedGroups]]:
    """Form the groups in a thread, if a round will be made."""
    circle = await services.circles.get(command.circle)
    dates = dates_due(circle, due.at) if circle is not None and circle.state is CircleState.RUNNING else []
    grouping_input = None
    if circle is not None and dates and not skip_reason(due.community, circle, dates[-1], due.at):
        grouping_input = await _grouping_input(circle, dates[-1], services, due)

    async def work() -> PrecomputedGroups:
        grouping = await asyncio.to_thread(grouping_input.group) if grouping_input is not None else None
        return PrecomputedGroups(grouping_input, grouping)

    return work


@feature.action(id="circles.make_groups")
async def make_groups(
    command: MakeGroups, due: Due, precomputed: PrecomputedGroups, services: CircleServices
) -> Effects:
    """Make the groups of the newest round that is due; record older rounds as missed."""
    circles, rounds = services.circles, services.rounds
    circle = await circles.hold(command.circle)
    if circle is None or circle.state is not CircleState.RUNNING:
        return []
    dates = dates_due(circle, due.at)
    if not dates:
        return await plan_next_round(circles, circle, due.at, due.at)
    *older, newest = dates
    for one in older:
        await rounds.record(circle.id, one.day, one.at, RoundOutcome.MISSED)
    plans = await plan_next_round(circles, circle, due.at, due.at)
    replanned = await circles.get(circle.id)
    assert replanned is not None
    following = next_round(replanned, due.community)
    why = skip_reason(due.community, circle, newest, due.at)
    if why:
        outcome = RoundOutcome.MISSED if why == LATE else RoundOutcome.SKIPPED
        return [*await _record_no_round(circle, newest, outcome, why, following, rounds), *plans]
    grouping_input = await _grouping_input(circle, newest, services, due)
    # Members may have joined or left since the groups were computed; then they are computed again.
    grouping = precomputed.grouping if precomputed.input == grouping_input else None
    if grouping is None:
        grouping = grouping_input.group()
    return [*await _record_round(circle, newest, following, grouping_input, grouping, services, due), *plans]


async def _record_no_round(
    circle: Circle,
    round_date: RoundDate,
    outcome: RoundOutcome,
    why: str,
    following: RoundDate | None,
    rounds: CircleRounds,
) -> Effects:
    """Record that there was no round, and say so in the invitation."""
    stored = "" if outcome is RoundOutcome.MISSED else why
    if await rounds.record(circle.id, round_date.day, round_date.at, outcome, stored) is None:
        return []
    revised = cards.round_not_made(circle, why, following)
    return [Revise(keys.invitation(circle.id, round_date.day), revised)]


async def _record_round(
    circle: Circle,
    round_date: RoundDate,
    following: RoundDate | None,
    grouping_input: GroupingInput,
    grouping: Grouping,
    services: CircleServices,
    due: Due,
) -> Effects:
    """Record a round and introduce its groups; a grouping without groups is no round."""
    rounds = services.rounds
    without_group: Effects = [
        Post(Direct(one), cards.no_group(circle, following), keys.no_group(circle.id, round_date.day, one))
        for one in grouping.ungrouped
    ]
    if not grouping.groups:
        why = TOO_FEW if grouping_input.people else "nobody was in"
        no_round = await _record_no_round(circle, round_date, RoundOutcome.SKIPPED, why, following, rounds)
        return [*no_round, *without_group]
    round_ = await rounds.record(circle.id, round_date.day, round_date.at, RoundOutcome.MADE)
    if round_ is None:
        return []
    introductions = await _introduce(circle, round_, round_date, grouping, following, services)
    await _tally(round_, grouping, grouping_input.met, rounds)
    count = sum(map(len, grouping.groups))
    revised = cards.round_made(circle, count, len(grouping.groups), following)
    return [
        *introductions,
        *without_group,
        Revise(keys.invitation(circle.id, round_date.day), revised),
        *_plan_follow_up(circle, round_, round_date.day, due.at),
    ]


async def _grouping_input(
    circle: Circle, round_date: RoundDate, services: CircleServices, due: Due
) -> GroupingInput:
    present = await _participants(circle, round_date, services.circles, services.people)
    ids = [member.id for member in present]
    met = {
        pair_of(one.one, one.other): Met(one.times, int(one.last.timestamp()))
        for one in await services.rounds.acquaintances(ids)
    }
    apart = frozenset(pair_of(*pair) for pair in await services.circles.apart())
    kinds = await _kinds(circle, present, services.circles, due)
    seed = circle.id * 10_000_000 + round_date.day.toordinal()
    return GroupingInput(ids, circle.size, met, apart, kinds, seed)


async def _participants(
    circle: Circle, round_date: RoundDate, circles: Circles, people: People
) -> list[Member]:
    """The members of a circle who take part in a round.

    They are in its space, do not skip the round, and have not asked for quiet.
    """
    seats = [seat.member for seat in await circles.seats(circle.id) if seat.skip_day != round_date.day]
    handles = await people.names(seats, circle.space)
    return [
        member
        for member in await people.members(seats)
        if member.left_at is None and not member.quiet and handles.get(member.id, ("", ""))[1]
    ]


async def _kinds(circle: Circle, present: Sequence[Member], circles: Circles, due: Due) -> dict[int, str]:
    """The kind of each member that groups are to mix; it is neither shown nor stored."""
    match circle.mix:
        case Mix.NOTHING:
            return {}
        case Mix.TENURE:
            return {
                one.id: "new" if one.joined_at and due.at - one.joined_at < NEW_FOR else "here before"
                for one in present
            }
        case Mix.CHANNEL:
            ids = [one.id for one in present]
            main = await circles.main_channels(ids, due.at - WRITES_SINCE)
            return {member: str(channel) for member, channel in main.items()}


async def _introduce(
    circle: Circle,
    round_: int,
    round_date: RoundDate,
    grouping: Grouping,
    following: RoundDate | None,
    services: CircleServices,
) -> Effects:
    effects: Effects = []
    for number, members in enumerate(grouping.groups):
        key = keys.group(circle.id, round_date.day, number)
        await services.rounds.add_group(round_, key, members)
        note = (await services.capabilities.of_group(members)).small_group_note
        message = cards.introduction(circle, members, round_, following, note)
        effects.append(Post(Group(key, members), message, key, stale=INTRODUCED_WITHIN))
    return effects


async def _tally(round_: int, grouping: Grouping, met: dict[Pair, Met], rounds: CircleRounds) -> None:
    pairs = list(pairs_of(grouping.groups))
    repeats = sum(pair in met for pair in pairs)
    seats = sum(map(len, grouping.groups))
    await rounds.tally(round_, seats=seats, new=len(pairs) - repeats, repeats=repeats)


def _plan_follow_up(circle: Circle, round_: int, day: date, now: datetime) -> Effects:
    return [
        Later(now + MERGED_AFTER, MergeSmallGroups(round=round_), keys.merge_plan(round_)),
        Later(max(question_time(circle, day), now), AskGroups(round=round_), keys.question_plan(round_)),
    ]


# Follow up -----------------------------------------------------------------------------------------


@feature.action(id="circles.merge_small_groups")
async def merge_small_groups(command: MergeSmallGroups, due: Due, services: CircleServices) -> Effects:
    """Dissolve groups that became too small. Members who were forgotten leave them without an event."""
    return await dissolve_small_groups(command.round, due.community, services)


@feature.action(id="circles.ask_groups")
async def ask_groups(command: AskGroups, due: Due, rounds: CircleRounds, people: People) -> Effects:
    """Ask each group once, in its own conversation, whether it met. A hush skips the question."""
    if not await rounds.asked(command.round):
        return []
    effects: Effects = []
    for group in await rounds.groups(command.round):
        members = await present_members(group, people)
        if len(members) < MIN_GROUP or not group.introduced or group.answer is not None:
            continue
        place, key = Group(group.key, members), keys.question(group.id)
        question = cards.did_you_meet(group)
        effects.append(Post(place, question, key, hushable=True, stale=QUESTION_IS_STALE))
    return effects
