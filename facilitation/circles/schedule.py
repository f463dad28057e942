"""What circles plan with the clock, and when rounds are made or skipped."""

from datetime import date, datetime

from pydantic import AwareDatetime

from facilitation.circles import keys
from facilitation.circles.dates import GRACE, Recurrence, RoundDate, invitation_time
from facilitation.core.features.schedules import next_date_in_words, reason_to_skip
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Effects, Later
from facilitation.core.values.public_holidays import holiday
from storage.circles import Circle, Circles, CircleState
from storage.communities import Community

LATE = "late"
"""The reason of a round whose time was missed."""


class Invite(Command):
    """Invite people to a round."""

    circle: int
    day: date


class MakeGroups(Command):
    """Make the groups of a round."""

    circle: int
    day: date
    at: AwareDatetime


class MergeSmallGroups(Command):
    """Merge the groups of a round that became too small."""

    round: int


class AskGroups(Command):
    """Ask the groups of a round whether they met."""

    round: int


async def plan_next_round(circles: Circles, circle: Circle, after: datetime, now: datetime) -> Effects:
    """Plan the first round after an instant, and the invitation to it."""
    [coming] = Recurrence.of(circle).upcoming(after, 1)
    await circles.plan(circle.id, coming.day, coming.at)
    effects: Effects = [
        Later(
            coming.at,
            MakeGroups(circle=circle.id, day=coming.day, at=coming.at),
            keys.round_plan(circle.id),
        )
    ]
    if circle.opened_day is None or circle.opened_day < coming.day:
        opens = max(invitation_time(circle, coming.day), now)
        plan = Later(opens, Invite(circle=circle.id, day=coming.day), keys.invitation_plan(circle.id))
        effects.append(plan)
    return effects


def cancel_plans(circle: int) -> Effects:
    """Cancel the next round and its invitation."""
    return [Cancel(keys.round_plan(circle)), Cancel(keys.invitation_plan(circle))]


def dates_due(circle: Circle, now: datetime) -> list[RoundDate]:
    """The planned round, if its time has come, and the rounds since then, the oldest first."""
    if circle.next_day is None or circle.next_at is None or circle.next_at > now:
        return []
    due = [RoundDate(circle.next_day, circle.next_at)]
    for one in Recurrence.of(circle).dates(circle.next_at):
        if one.at > now:
            break
        due.append(one)
    return due


def skip_reason(community: Community, circle: Circle, round_date: RoundDate, at: datetime) -> str:
    """Why a round is not made, in the words that are stored and shown; empty if it is."""
    if at - round_date.at > GRACE:
        return LATE
    return reason_to_skip(circle, community, at) or holiday(community.country, round_date.day)


def next_in_words(circle: Circle, community: Community) -> str:
    """`Next: Tue 3 Mar 10:00.`, and why that round will be skipped, as far as is known now."""
    day_off = holiday(community.country, circle.next_day) if circle.next_day is not None else ""
    return next_date_in_words(circle, community, day_off)


def next_round(circle: Circle, community: Community, except_day: date | None = None) -> RoundDate | None:
    """The next round that will be made, as far as is known now, not counting the round of `except_day`.

    None while the circle is paused without an end, and once it has ended.
    """
    if circle.next_at is None or circle.next_day is None or circle.state is CircleState.ENDED:
        return None
    planned = RoundDate(circle.next_day, circle.next_at)
    for one in (planned, *Recurrence.of(circle).upcoming(circle.next_at, 60)):
        if one.day != except_day and not skip_reason(community, circle, one, one.at):
            return one
    return None
