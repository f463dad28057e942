"""A round, asked for by the clock alone: people are invited, and on its day groups are made, once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from facilitation.circles import cards, keys
from facilitation.circles.dates import Date
from facilitation.circles.feature import feature
from facilitation.circles.followup import plans_after
from facilitation.circles.grouping import Grouping, Met, Pair, grouped, pair_of, pairs_of
from facilitation.circles.schedule import (
    Invite,
    MakeGroups,
    coming_date,
    dates_due,
    planned,
    why_not,
)
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.cards import Channel, Direct, Group
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later, Post, Revise
from storage.circles import Circle, CircleRounds, Circles, CircleState, Mix, RoundOutcome
from storage.communities import Member, People

NEW_FOR = timedelta(days=182)
"""So long somebody counts as having come lately, where groups are made across how long people are here."""
WRITES_SINCE = timedelta(days=90)
"""Where somebody writes the most is seen from so long."""
LOOKS_AGAIN = timedelta(days=1)
INTRODUCED_WITHIN = timedelta(days=1)
TOO_FEW = "too few people"
"""The same whether one was in, or some who are to be kept apart: of that nobody is to learn."""


@feature.action(id="circles.invite")
async def invite(command: Invite, due: Due, circles: Circles) -> Effects:
    """One post for a round, which stays the same post whatever becomes of it.

    While something forbids it, it is looked again each day: a hush may be lifted before the round.
    """
    circle = await circles.hold(command.circle)
    if circle is None or circle.next_day != command.day or circle.next_at is None or due.at >= circle.next_at:
        return []
    date_of = Date(command.day, circle.next_at)
    is_left_out = circle.gone or circle.is_paused(date_of.at)
    if is_left_out or why_not(due.community, circle, date_of, due.at):
        return [Later(due.at + LOOKS_AGAIN, Invite(circle=circle.id, day=command.day), due.key)]
    if not await circles.opened(circle.id, command.day):
        return []
    place = Channel(circle.space, circle.place)
    key, stale = keys.invitation(circle.id, command.day), date_of.at - due.at
    return [Post(place, cards.invitation(circle, date_of.at), key, beat=True, stale=stale)]


@dataclass(frozen=True)
class Table:
    """All that decides who meets whom in a round."""

    people: list[int]
    size: int
    met: dict[Pair, Met]
    apart: frozenset[Pair]
    kinds: dict[int, str]
    seed: int

    def grouped(self) -> Grouping:
        """Who meets whom."""
        return grouped(
            self.people, self.size, met=self.met, apart=self.apart, kinds=self.kinds, seed=self.seed
        )


@dataclass(frozen=True)
class Seating:
    """What was found for a table, before the unit that wants it."""

    table: Table | None
    found: Grouping | None


@feature.precompute(MakeGroups)
async def seat_people(
    command: MakeGroups, due: Due, circles: Circles, rounds: CircleRounds, people: People
) -> Callable[[], Awaitable[Seating]]:
    """Who meets whom is sought in a thread, outside any unit; nothing where there is no round to be made."""
    circle = await circles.get(command.circle)
    dates = dates_due(circle, due.at) if circle is not None and circle.state is CircleState.RUNNING else []
    table = None
    if circle is not None and dates and not why_not(due.community, circle, dates[-1], due.at):
        table = await _table(circle, dates[-1], circles, rounds, people, due)

    async def work() -> Seating:
        return Seating(table, await asyncio.to_thread(table.grouped) if table is not None else None)

    return work


@feature.action(id="circles.make_groups")
async def make_groups(
    command: MakeGroups,
    due: Due,
    seating: Seating,
    circles: Circles,
    rounds: CircleRounds,
    people: People,
    capabilities: PlatformCapabilities,
) -> Effects:
    """Deal with every date up to now: the newest within the grace is made, older ones were missed."""
    circle = await circles.hold(command.circle)
    if circle is None or circle.state is not CircleState.RUNNING:
        return []
    dates = dates_due(circle, due.at)
    if not dates:
        return await planned(circles, circle, due.at, due.at)
    *gone, newest = dates
    for one in gone:
        await rounds.record(circle.id, one.day, one.at, RoundOutcome.MISSED)
    after = await planned(circles, circle, due.at, due.at)
    ahead = await circles.get(circle.id)
    assert ahead is not None
    next_date = coming_date(ahead, due.community)
    why = why_not(due.community, circle, newest, due.at)
    if why:
        outcome = RoundOutcome.MISSED if why == "late" else RoundOutcome.SKIPPED
        return [*await _not_made(circle, newest, outcome, why, next_date, rounds), *after]
    table = await _table(circle, newest, circles, rounds, people, due)
    # Who left or joined in the moment since is thought of, if anybody did.
    found = seating.found if seating.found is not None and seating.table == table else table.grouped()
    return [*await _made(circle, newest, next_date, table, found, rounds, due, capabilities), *after]


async def _not_made(
    circle: Circle,
    date_of: Date,
    outcome: RoundOutcome,
    why: str,
    next_date: Date | None,
    rounds: CircleRounds,
) -> Effects:
    """Written down, and said where people were invited to it."""
    told = "" if outcome is RoundOutcome.MISSED else why
    if await rounds.record(circle.id, date_of.day, date_of.at, outcome, told) is None:
        return []
    return [Revise(keys.invitation(circle.id, date_of.day), cards.not_made(circle, why, next_date))]


async def _made(
    circle: Circle,
    date_of: Date,
    next_date: Date | None,
    table: Table,
    found: Grouping,
    rounds: CircleRounds,
    due: Due,
    capabilities: PlatformCapabilities,
) -> Effects:
    alone: Effects = [
        Post(Direct(one), cards.no_group(circle, next_date), keys.no_group(circle.id, date_of.day, one))
        for one in found.without
    ]
    if not found.groups:
        why = TOO_FEW if table.people else "nobody was in"
        return [*await _not_made(circle, date_of, RoundOutcome.SKIPPED, why, next_date, rounds), *alone]
    round_ = await rounds.record(circle.id, date_of.day, date_of.at, RoundOutcome.MADE)
    if round_ is None:
        return []
    introductions = await _introduced(circle, round_, date_of, found, next_date, rounds, capabilities)
    await _tallied(round_, found, table.met, rounds)
    count = sum(map(len, found.groups))
    shown = cards.made(circle, count, len(found.groups), next_date)
    return [
        *introductions,
        *alone,
        Revise(keys.invitation(circle.id, date_of.day), shown),
        *plans_after(circle, round_, date_of.day, due.at),
    ]


async def _table(
    circle: Circle, date_of: Date, circles: Circles, rounds: CircleRounds, people: People, due: Due
) -> Table:
    present = await _who_is_in(circle, date_of, circles, people)
    ids = [member.id for member in present]
    met = {
        pair_of(one.one, one.other): Met(one.times, int(one.last.timestamp()))
        for one in await rounds.acquaintances(ids)
    }
    apart = frozenset(pair_of(*pair) for pair in await circles.apart())
    kinds = await _kinds(circle, present, circles, due)
    return Table(ids, circle.size, met, apart, kinds, circle.id * 10_000_000 + date_of.day.toordinal())


async def _who_is_in(circle: Circle, date_of: Date, circles: Circles, people: People) -> list[Member]:
    """Whoever takes part, is here, in this space too, does not sit this one out and may be written to."""
    seats = [seat.member for seat in await circles.seats(circle.id) if seat.skip_day != date_of.day]
    handles = await people.names(seats, circle.space)
    return [
        member
        for member in await people.members(seats)
        if member.left_at is None and not member.quiet and handles.get(member.id, ("", ""))[1]
    ]


async def _kinds(circle: Circle, present: Sequence[Member], circles: Circles, due: Due) -> dict[int, str]:
    """What people are mixed by; nobody is told, and nothing of it is kept."""
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


async def _introduced(
    circle: Circle,
    round_: int,
    date_of: Date,
    found: Grouping,
    next_date: Date | None,
    rounds: CircleRounds,
    capabilities: PlatformCapabilities,
) -> Effects:
    effects: Effects = []
    for number, members in enumerate(found.groups):
        key = keys.group(circle.id, date_of.day, number)
        await rounds.add_group(round_, key, members)
        note = (await capabilities.of_group(members)).small_group_note
        shown = cards.introduction(circle, members, round_, next_date, note)
        effects.append(Post(Group(key, members), shown, key, stale=INTRODUCED_WITHIN))
    return effects


async def _tallied(round_: int, found: Grouping, known: dict[Pair, Met], rounds: CircleRounds) -> None:
    pairs = list(pairs_of(found.groups))
    repeats = sum(pair in known for pair in pairs)
    seats = sum(map(len, found.groups))
    await rounds.tally(round_, seats=seats, new=len(pairs) - repeats, repeats=repeats)
