"""When a term ends and when it is next checked: pure functions of dates and instants."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from facilitation.core.values.commands import Role
from facilitation.core.values.local_time import instant_of
from storage.communities import Member
from storage.coordination import Holding

ENDS_AT = time(9)
"""The local hour at which a term ends on its last day."""
REMINDER_BEFORE = timedelta(days=14)
RENEWAL = timedelta(days=182)
"""Half a year."""


def end_of(until: date, zone: str) -> datetime:
    """The instant at which a term ends."""
    return instant_of(until, ENDS_AT, zone)


def first_check(until: date, zone: str, now: datetime) -> datetime:
    """When to remind people of the end: two weeks before it, or half-way to it if less time is left."""
    end = end_of(until, zone)
    remind = end - REMINDER_BEFORE
    return remind if remind > now else now + (end - now) / 2


def is_last_coordinator(held: Holding, coordinators: Iterable[Member]) -> bool:
    """Whether this is the role of the only coordinator, which cannot end until somebody else has it."""
    return held.role == Role.COORDINATOR and [one.id for one in coordinators] == [held.member.id]
