"""When mentoring speaks: local mornings, working days, rounds, an hour that suits two. All of it is pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from facilitation.core.people.contact import next_waking
from facilitation.core.values.local_time import instant_of, local_date
from storage.communities import Community

TEN = time(10)
PATIENCE = 3
"""Working days until a question that is not answered goes to somebody else."""
FIRST_CHECK = 3
"""Days from the introduction to the first check-in."""
BETWEEN_CHECKS = timedelta(weeks=2)
LATER = timedelta(weeks=4)
A_WEEK = timedelta(days=7)
SIGN_UP = timedelta(days=7)
"""How long one can sign up for a round."""


def awake(at: datetime, zone: str, community: Community) -> datetime:
    """The first instant from then on at which somebody may be written to."""
    weekends = community.quiet_weekends
    return next_waking(at, zone, community.quiet_from, community.quiet_to, weekends=weekends)


def awake_together(at: datetime, zones: tuple[str, ...], community: Community) -> datetime:
    """The same for all of these zones, as far as they have an hour in common within two weeks."""
    moment = at
    for _ in range(30):
        latest = max(awake(moment, zone, community) for zone in zones)
        if latest == moment:
            return moment
        moment = latest
    return awake(at, zones[0], community)


def morning_after(after: datetime, days: int, zones: tuple[str, ...], community: Community) -> datetime:
    """Ten in the morning where the first lives, so many days on; an hour when all are awake, if any is."""
    moment = instant_of(local_date(after, zones[0]) + timedelta(days=days), TEN, zones[0])
    return awake_together(_off_weekend(moment, zones[0]), zones, community)


def working_morning(after: datetime, zone: str) -> datetime:
    """The next weekday at nine."""
    for days in range(8):
        day = local_date(after, zone) + timedelta(days=days)
        if day.weekday() < 5 and (moment := instant_of(day, time(9), zone)) > after:
            return moment
    raise AssertionError("a week has working days")


def working_days_after(at: datetime, days: int, zone: str) -> datetime:
    """So many working days later, at the same local hour."""
    local = at.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return instant_of(day, local.time(), zone)


def next_round(after: datetime, day: int, zone: str) -> datetime:
    """The next such day of a month at ten, or the Monday after it."""
    month = local_date(after, zone).replace(day=1)
    for _ in range(3):
        moment = _off_weekend(instant_of(month.replace(day=day), TEN, zone), zone)
        if moment > after:
            return moment
        month = (month + timedelta(days=32)).replace(day=1)
    raise AssertionError("every month has this day")


def first_meeting(after: datetime, zones: tuple[str, str]) -> datetime:
    """A full hour on one of the next working days, as near to the middle of both their days as can be."""
    start = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    hours = [start + timedelta(hours=n) for n in range(96)]
    return min(hours, key=lambda hour: (max(_inconvenience(hour, zone) for zone in zones), hour))


def _inconvenience(moment: datetime, zone: str) -> float:
    """0 within 10 to 16 on a working day, else the hours from it; weekends are far away."""
    local = moment.astimezone(ZoneInfo(zone))
    hours = local.hour + local.minute / 60
    return max(10 - hours, hours - 16, 0) + (100 if local.weekday() >= 5 else 0)


def _off_weekend(moment: datetime, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    days = 7 - local.weekday() if local.weekday() >= 5 else 0
    return instant_of(local.date() + timedelta(days=days), local.time(), zone)
