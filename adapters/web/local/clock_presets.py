"""The instants to which the clock of the local page can be advanced."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)


def an_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """One hour later, in `zone`."""
    return (now + timedelta(hours=1)).astimezone(zone)


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """The next day at 09:00 local time."""
    return _morning(now, zone, days=1)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday at 09:00 local time; the same day if it is a Monday before 09:00."""
    local = now.astimezone(zone)
    days = -local.weekday() % 7
    if days == 0 and local.time() >= MORNING:
        days = 7
    return _morning(now, zone, days=days)


def _morning(now: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone)
