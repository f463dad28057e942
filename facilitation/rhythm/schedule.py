"""What rhythms plan with the clock, and when their dates are skipped or missed."""

from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from facilitation.core.features.schedules import next_date_in_words, reason_to_skip
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Effects, Later
from facilitation.core.values.public_holidays import holiday
from facilitation.rhythm import keys
from facilitation.rhythm.recurrence import Occurrence, Rule, Schedule, next_occurrence, occurrences
from storage.communities import Community
from storage.rhythm import DateOutcome, Leader, Rhythm, Rhythms

GRACE = timedelta(hours=6)
"""A prompt that is later than this is recorded as missed and not posted."""
NOTIFIED_BEFORE = timedelta(days=1)
"""The time between the message to the facilitator and the prompt."""
_RESOLUTION = timedelta(microseconds=1)


class PostDuePrompt(Command):
    """Post a prompt."""

    rhythm: int
    day: date
    at: AwareDatetime


class NotifyFacilitator(Command):
    """Tell the next facilitator of their turn."""

    rhythm: int
    day: date


def schedule_of(rhythm: Rhythm) -> Schedule:
    """The schedule of a rhythm."""
    return Schedule(Rule.of(rhythm.rrule, rhythm.at), rhythm.zone, rhythm.start)


def dates_due(rhythm: Rhythm, now: datetime) -> list[Occurrence]:
    """The planned date, if its time has come, and the dates since then, the oldest first."""
    if rhythm.next_day is None or rhythm.next_at is None or rhythm.next_at > now:
        return []
    due = [Occurrence(rhythm.next_day, rhythm.next_at)]
    for one in occurrences(schedule_of(rhythm), rhythm.next_at, rhythm.next_day):
        if one.at > now:
            break
        due.append(one)
    return [one for one in due if rhythm.done_day is None or one.day > rhythm.done_day]


# Planning ------------------------------------------------------------------------------------------


async def plan_next(rhythms: Rhythms, rhythm: int, after: datetime, now: datetime) -> Effects:
    """Plan the next date of a rhythm after an instant, as the rhythm is stored now."""
    found = await rhythms.get(rhythm)
    if found is None:
        return []
    coming = next_occurrence(schedule_of(found), after, found.done_day)
    await rhythms.plan(found.id, coming.day, coming.at)
    post = Later(
        coming.at,
        PostDuePrompt(rhythm=found.id, day=coming.day, at=coming.at),
        keys.prompt_plan(found.id),
    )
    if found.leader is Leader.NONE:
        return [post, Cancel(keys.facilitator_plan(found.id))]
    notify = Later(
        max(coming.at - NOTIFIED_BEFORE, now),
        NotifyFacilitator(rhythm=found.id, day=coming.day),
        keys.facilitator_plan(found.id),
    )
    return [post, notify]


async def replan(rhythms: Rhythms, before: Rhythm, now: datetime) -> Effects:
    """Plan a rhythm that was just changed; `before` is the rhythm before the change.

    A date that was due before and within the grace stays planned, and is posted in a moment. An older one is
    recorded as missed.
    """
    for one in dates_due(before, now):
        if now - one.at > GRACE:
            await record_missed(rhythms, before, one)
        else:
            return []
    return await plan_next(rhythms, before.id, now - _RESOLUTION, now)


def cancel_plans(rhythm: int) -> Effects:
    """Cancel the next prompt and the message to its facilitator."""
    return [Cancel(keys.prompt_plan(rhythm)), Cancel(keys.facilitator_plan(rhythm))]


# Dates that are not posted -------------------------------------------------------------------------


def skip_reason(community: Community, rhythm: Rhythm, occurrence: Occurrence, at: datetime) -> str:
    """Why a date is skipped, in the words that are stored and shown; empty if it is not."""
    if reason := reason_to_skip(rhythm, community, at):
        return reason
    return "its channel is gone" if rhythm.gone else _day_off(community, rhythm, occurrence.day)


def will_be_posted(community: Community, rhythm: Rhythm) -> bool:
    """Whether the planned date will be posted, as far as is known now."""
    if rhythm.next_at is None or rhythm.next_day is None:
        return False
    return not skip_reason(community, rhythm, Occurrence(rhythm.next_day, rhythm.next_at), rhythm.next_at)


def next_in_words(rhythm: Rhythm, community: Community) -> str:
    """`Next: Tue 3 Mar 10:00.`, and why that date will be skipped, as far as is known now."""
    if rhythm.next_at is not None and rhythm.gone:
        return "Its channel is gone: choose another one."
    day_off = _day_off(community, rhythm, rhythm.next_day) if rhythm.next_day is not None else ""
    return next_date_in_words(rhythm, community, day_off)


async def record_missed(rhythms: Rhythms, rhythm: Rhythm, occurrence: Occurrence) -> None:
    """Record that a date was not posted in time."""
    key = keys.prompt(rhythm.id, occurrence.day)
    await rhythms.record(rhythm.id, key, occurrence.day, occurrence.at, DateOutcome.MISSED)


async def record_skipped(rhythms: Rhythms, rhythm: Rhythm, occurrence: Occurrence, why: str) -> None:
    """Record that a date was skipped, with the reason."""
    key = keys.prompt(rhythm.id, occurrence.day)
    await rhythms.record(rhythm.id, key, occurrence.day, occurrence.at, DateOutcome.SKIPPED, why=why)


def _day_off(community: Community, rhythm: Rhythm, day: date) -> str:
    """The public holiday on which a rhythm rests, empty for none."""
    return holiday(community.country, day) if rhythm.holidays else ""
