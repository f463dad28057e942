"""Where the clock of the local page can be moved to."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)


def an_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """One hour on, in the community's zone."""
    return (now + timedelta(hours=1)).astimezone(zone)


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """The next day at 09:00 in the community's zone."""
    return _morning(now, zone, days=1)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The next Monday at 09:00 in the community's zone; on a Monday before that, today."""
    local = now.astimezone(zone)
    days = -local.weekday() % 7
    if days == 0 and local.time() >= MORNING:
        days = 7
    return _morning(now, zone, days=days)


def _morning(now: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone)
