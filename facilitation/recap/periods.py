"""When recaps are due and which period each covers, with their words. Pure functions."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from facilitation.core.values.local_time import day_in_words, instant_of, local_date, next_weekly
from storage.communities import Community

WEEK = timedelta(days=7)
LONGEST = timedelta(days=14)
"""The longest period of a recap: older messages are no news."""
MIN_GAP = timedelta(days=3)
"""The least time between two recaps, if one was posted by hand or their day was changed."""
AFTER_BEGIN = timedelta(days=1)
"""The least time between *Begin* and the first recap."""
GRACE = timedelta(days=2)
"""A recap that is later than this is not posted: the next one covers its period."""
WEEKS_SHOWN = 8
RECENT = timedelta(weeks=8)
"""Members who joined longer ago and write for the first time are not called new."""


def next_recap(community: Community, now: datetime, settled: datetime | None) -> datetime:
    """When the first recap after `now` is due, at the community's day and time.

    `settled` is the end of the last posted or skipped recap, which is in the future if the next one is to be
    skipped. At least three days lie between two recaps.
    """
    after = now if settled is None else max(now, settled + MIN_GAP)
    if community.begun_at is not None:
        after = max(after, community.begun_at + AFTER_BEGIN)
    return next_weekly(after, community.zone, community.recap_day, community.recap_at)


def period_start(
    until: datetime, settled: datetime | None, begun: datetime | None, first: datetime | None
) -> datetime:
    """When the period begins that a recap covers until an instant: the end of the last, at most 14 days back.

    The first recap begins with *Begin*. If an import brought older messages (`first` is the oldest), it
    covers at least a full week, since its title says "this week".
    """
    earliest = until - LONGEST
    if settled is not None:
        return max(settled, earliest)
    if begun is None:
        return until - WEEK
    has_history = first is not None and first < begun
    return max(min(begun, until - WEEK) if has_history else begun, earliest)


def weeks_until(until: datetime, zone: str) -> list[datetime]:
    """The nine edges of the eight weeks before an instant, all at its local weekday and time."""
    local = until.astimezone(ZoneInfo(zone or "UTC"))
    weeks = range(WEEKS_SHOWN, 0, -1)
    return [*(instant_of(local.date() - number * WEEK, local.time(), zone) for number in weeks), until]


# Words -------------------------------------------------------------------------------------------


def title_of(community: Community, since: datetime, until: datetime) -> str:
    """The title of a recap."""
    days = (until - since) / timedelta(days=1)
    if 5 <= days < 9:
        return f"This week in {community.name}"
    return f"{'These two weeks' if days >= 13 else 'Lately'} in {community.name}"


def days_in_words(since: datetime, until: datetime, zone: str) -> str:
    """`from Friday 4 to Friday 11 March`, in the community's zone."""
    first, last = local_date(since, zone), local_date(until, zone)
    if first == last:
        return f"on {local_day_in_words(until, zone)}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    return f"from {first:%A} {first.day}{month} to {local_day_in_words(until, zone)}"


def local_day_in_words(at: datetime, zone: str) -> str:
    """`Friday 11 March`: the day of an instant in a zone."""
    return day_in_words(local_date(at, zone))


def rhythm_in_words(community: Community, now: datetime) -> str:
    """When recaps are due: `every Friday at 15:00`."""
    day = local_date(next_recap(community, now, None), community.zone)
    return f"every {day:%A} at {community.recap_at:%H:%M}"
