"""The times of mentoring: waking hours, local mornings, working days and rounds. Pure functions."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from facilitation.core.people.contact import next_waking
from facilitation.core.values.local_time import instant_of, local_date
from storage.communities import Community

TEN = time(10)
ANSWER_WORKING_DAYS = 3
"""Working days until a question that nobody answers goes to somebody else."""
FIRST_CHECK = 3
"""Days from the introduction to the first check-in."""
BETWEEN_CHECKS = timedelta(weeks=2)
BETWEEN_CHECKS_LATER = timedelta(weeks=4)
"""The time to the next check-in of a pair that answers *later*."""
A_WEEK = timedelta(days=7)
SIGN_UP = timedelta(days=7)
"""How long people can sign up for a round."""


def awake(at: datetime, zone: str, community: Community) -> datetime:
    """The first instant, from `at` on, at which somebody in a zone may be written to."""
    weekends = community.quiet_weekends
    return next_waking(at, zone, community.quiet_from, community.quiet_to, weekends=weekends)


def awake_together(at: datetime, zones: tuple[str, ...], community: Community) -> datetime:
    """The same for all of these zones; for the first one only, if they never are awake together."""
    moment = at
    for _ in range(30):
        latest = max(awake(moment, zone, community) for zone in zones)
        if latest == moment:
            return moment
        moment = latest
    return awake(at, zones[0], community)


def morning_after(after: datetime, days: int, zones: tuple[str, ...], community: Community) -> datetime:
    """Ten in the morning in the first zone, a number of days later, or the next hour when all are awake."""
    moment = instant_of(local_date(after, zones[0]) + timedelta(days=days), TEN, zones[0])
    return awake_together(_off_weekend(moment, zones[0]), zones, community)


def working_morning(after: datetime, zone: str) -> datetime:
    """The next weekday at nine in a zone."""
    for days in range(8):
        day = local_date(after, zone) + timedelta(days=days)
        if day.weekday() < 5 and (moment := instant_of(day, time(9), zone)) > after:
            return moment
    raise AssertionError("a week has working days")


def working_days_after(at: datetime, days: int, zone: str) -> datetime:
    """The instant a number of working days later, at the same local time."""
    local = at.astimezone(ZoneInfo(zone))
    day, remaining = local.date(), days
    while remaining:
        day += timedelta(days=1)
        remaining -= day.weekday() < 5
    return instant_of(day, local.time(), zone)


def next_round(after: datetime, day: int, zone: str) -> datetime:
    """Ten o'clock on the next such day of a month, or on the Monday after it if it is a weekend."""
    month = local_date(after, zone).replace(day=1)
    for _ in range(3):
        moment = _off_weekend(instant_of(month.replace(day=day), TEN, zone), zone)
        if moment > after:
            return moment
        month = (month + timedelta(days=32)).replace(day=1)
    raise AssertionError("every month has this day")


def first_meeting(after: datetime, zones: tuple[str, str]) -> datetime:
    """A full hour within the next days that is closest to the working hours of both zones."""
    start = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    hours = [start + timedelta(hours=n) for n in range(96)]
    return min(hours, key=lambda hour: (max(_inconvenience(hour, zone) for zone in zones), hour))


def _inconvenience(moment: datetime, zone: str) -> float:
    """The hours between an instant and 10:00 to 16:00 in a zone; on weekends 100 more."""
    local = moment.astimezone(ZoneInfo(zone))
    hours = local.hour + local.minute / 60
    return max(10 - hours, hours - 16, 0) + (100 if local.weekday() >= 5 else 0)


def _off_weekend(moment: datetime, zone: str) -> datetime:
    """An instant on a weekend moved to Monday, at the same local time."""
    local = moment.astimezone(ZoneInfo(zone))
    days = 7 - local.weekday() if local.weekday() >= 5 else 0
    return instant_of(local.date() + timedelta(days=days), local.time(), zone)
