"""Local times as instants, correct across clock changes, and their words. Pure functions."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from facilitation.core.values.errors import Refusal


def first_known_zone(*zones: str) -> str:
    """The first of these zones that the zone database knows, else UTC. Platforms also send unknown ones."""
    return next((zone for zone in zones if zone and _is_known(zone)), "UTC")


@lru_cache(maxsize=1024)
def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):  # the library's own is a KeyError
        return False
    return True


@cache
def zone_names() -> frozenset[str]:
    """The IANA names of all zones. The library looks through its folders for them each time."""
    return frozenset(available_timezones())


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time on a day, in UTC.

    A time that a clock change skips moves to the next valid minute; of a time that occurs twice it is the
    first.
    """
    tz = ZoneInfo(zone or "UTC")
    naive = datetime.combine(day, at)
    while True:
        instant = naive.replace(tzinfo=tz, fold=0).astimezone(UTC)
        if instant.astimezone(tz).replace(tzinfo=None) == naive:
            return instant
        naive += timedelta(minutes=1)


def next_weekly(after: datetime, zone: str, weekday: int, at: time) -> datetime:
    """The first instant after `after` at this weekday (0 = Monday) and local time."""
    start = after.astimezone(ZoneInfo(zone or "UTC")).date()
    for days in range(-1, 9):
        day = start + timedelta(days=days)
        if day.weekday() == weekday and (instant := instant_of(day, at, zone)) > after:
            return instant
    raise AssertionError("a week has every weekday")


def local_date(at: datetime, zone: str) -> date:
    """The local date of an instant."""
    return at.astimezone(ZoneInfo(zone or "UTC")).date()


def start_of_coming_day(day: date, zone: str, now: datetime, field: str = "until") -> datetime:
    """The instant at which a day that is still to come begins in a zone.

    Raises Refusal, for the argument `field`, if the day has begun.
    """
    start = instant_of(day, time(0), zone)
    if start <= now:
        raise Refusal("That day is over. Please give one that is still to come.", field)
    return start


# In words ----------------------------------------------------------------------------------------


def day_in_words(day: date) -> str:
    """`Tuesday 3 March`."""
    return f"{day:%A} {day.day} {day:%B}"


def short_day_in_words(day: date) -> str:
    """`Tue 3 Mar`."""
    return f"{day:%a} {day.day} {day:%b}"


def moment_in_words(at: datetime, zone: str) -> str:
    """`Tue 3 Mar 10:00`, in the zone of what takes place then; a `Moment` shows the zone of its reader."""
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{short_day_in_words(local)} {local:%H:%M}"
