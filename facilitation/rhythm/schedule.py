"""Which date comes next, and which are due: what every way of changing a rhythm shares."""

from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Effects, Later
from facilitation.rhythm.recurrence import Occurrence, Rule, Schedule, following, occurrences
from storage.rhythm import DateOutcome, Leader, Rhythm, Rhythms

GRACE = timedelta(hours=6)
"""Later than that, a prompt is recorded as missed and not posted."""
EVE = timedelta(days=1)
"""How long before a prompt its facilitator is told."""
_MOMENT = timedelta(microseconds=1)


class Beat(Command):
    """Post a prompt."""

    rhythm: int
    day: date
    at: AwareDatetime


class Eve(Command):
    """Tell whoever looks after the next prompt."""

    rhythm: int
    day: date


def schedule_of(rhythm: Rhythm) -> Schedule:
    """When it beats."""
    return Schedule(Rule.of(rhythm.rrule, rhythm.at), rhythm.zone, rhythm.start)


def key_of(rhythm: int, day: date) -> str:
    """The key of the post of one date: a rhythm says one thing a day, whatever is changed in between."""
    return f"rhythm:{rhythm}:{day}"


def dates_due(rhythm: Rhythm, now: datetime) -> list[Occurrence]:
    """The planned date, if its time has come, and those that its rule has brought since; oldest first."""
    if rhythm.next_day is None or rhythm.next_at is None or rhythm.next_at > now:
        return []
    due = [Occurrence(rhythm.next_day, rhythm.next_at)]
    for one in occurrences(schedule_of(rhythm), rhythm.next_at, rhythm.next_day):
        if one.at > now:
            break
        due.append(one)
    return [one for one in due if rhythm.done_day is None or one.day > rhythm.done_day]


async def missed(rhythms: Rhythms, rhythm: Rhythm, date_of: Occurrence) -> None:
    """Nobody was there to post it in time."""
    key = key_of(rhythm.id, date_of.day)
    await rhythms.record(rhythm.id, key, date_of.day, date_of.at, DateOutcome.MISSED)


async def planned(rhythms: Rhythms, rhythm: int, after: datetime, now: datetime) -> Effects:
    """Plan the next date of a rhythm after an instant, as it is now stored."""
    found = await rhythms.get(rhythm)
    if found is None:
        return []
    coming = following(schedule_of(found), after, found.done_day)
    await rhythms.plan(found.id, coming.day, coming.at)
    beat = Later(coming.at, Beat(rhythm=found.id, day=coming.day, at=coming.at), f"rhythm:{found.id}")
    if found.leader is Leader.NONE:
        return [beat, Cancel(_eve_key(found.id))]
    eve = Later(max(coming.at - EVE, now), Eve(rhythm=found.id, day=coming.day), _eve_key(found.id))
    return [beat, eve]


async def planned_anew(rhythms: Rhythms, before: Rhythm, now: datetime) -> Effects:
    """Plan a rhythm that was just changed.

    What was due before and is not posted yet stays due, if it is within the grace: it will come in a moment,
    by the rule as it was. What is older has been missed.
    """
    waiting = dates_due(before, now)
    for one in waiting:
        if now - one.at > GRACE:
            await missed(rhythms, before, one)
        else:
            return []
    return await planned(rhythms, before.id, now - _MOMENT, now)


def unplanned(rhythm: int) -> Effects:
    """Nothing of it is planned any more."""
    return [Cancel(f"rhythm:{rhythm}"), Cancel(_eve_key(rhythm))]


def _eve_key(rhythm: int) -> str:
    return f"rhythm:{rhythm}:eve"
