"""What a circle plans: an invitation, and the round itself; what every way of changing one shares."""

from datetime import date, datetime

from pydantic import AwareDatetime

from facilitation.circles.dates import GRACE, Beat, Date, moment_in_words, opening_of
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Effects, Later
from facilitation.core.values.public_holidays import holiday
from storage.circles import Circle, Circles, CircleState
from storage.communities import Community


class Invite(Command):
    """Invite people to a round."""

    circle: int
    day: date


class MakeGroups(Command):
    """Make the groups of a round."""

    circle: int
    day: date
    at: AwareDatetime


async def planned(circles: Circles, circle: Circle, after: datetime, now: datetime) -> Effects:
    """Plan the first round after an instant, and the invitation to it."""
    [coming] = Beat.of(circle).upcoming(after, 1)
    await circles.plan(circle.id, coming.day, coming.at)
    effects: Effects = [
        Later(coming.at, MakeGroups(circle=circle.id, day=coming.day, at=coming.at), _key(circle.id))
    ]
    if circle.opened_day is None or circle.opened_day < coming.day:
        opens = max(opening_of(circle, coming.day), now)
        effects.append(Later(opens, Invite(circle=circle.id, day=coming.day), _opening_key(circle.id)))
    return effects


def unplanned(circle: int) -> Effects:
    """Nothing of it is planned any more."""
    return [Cancel(_key(circle)), Cancel(_opening_key(circle))]


def dates_due(circle: Circle, now: datetime) -> list[Date]:
    """The planned round, if its time has come, and those that have come since; the oldest first."""
    if circle.next_day is None or circle.next_at is None or circle.next_at > now:
        return []
    due = [Date(circle.next_day, circle.next_at)]
    for one in Beat.of(circle).dates(circle.next_at):
        if one.at > now:
            break
        due.append(one)
    return due


def why_not(community: Community, circle: Circle, date_of: Date, at: datetime) -> str:
    """Why a round is skipped, as it is written down and told; empty if it is not."""
    if at - date_of.at > GRACE:
        return "late"
    if community.begun_at is None:
        return "we had not begun"
    if community.is_hushed(at):
        return "hushed"
    if circle.is_paused(at):
        return "paused"
    return holiday(community.country, date_of.day)


def next_in_words(circle: Circle, community: Community) -> str:
    """`Next: Tue 3 Mar 10:00.`, and why it will be left out if that is known."""
    if circle.next_at is None or circle.next_day is None:
        return "Nothing is planned."
    when = moment_in_words(circle.next_at, circle.zone)
    if circle.is_paused(circle.next_at):
        until = circle.paused_until
        return f"Paused until {moment_in_words(until, circle.zone)}." if until else "Paused."
    if community.is_hushed(circle.next_at):
        return f"Next: {when}, skipped while I am hushed."
    free = holiday(community.country, circle.next_day)
    return f"Next: {when}, skipped: {free}." if free else f"Next: {when}."


def coming_date(circle: Circle, community: Community, but: date | None = None) -> Date | None:
    """The next round that will be made, as far as is known now, without that of a day, if any is given.

    None while it rests without an end.
    """
    if circle.next_at is None or circle.next_day is None or circle.state is CircleState.ENDED:
        return None
    for one in (Date(circle.next_day, circle.next_at), *Beat.of(circle).upcoming(circle.next_at, 60)):
        if one.day != but and not why_not(community, circle, one, one.at):
            return one
    return None


def _key(circle: int) -> str:
    return f"circles:{circle}"


def _opening_key(circle: int) -> str:
    return f"circles:{circle}:open"
