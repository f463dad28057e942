"""When a recap comes, and which time it covers: pure functions, and their words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from facilitation.core.values.local_time import instant_of, local_date, next_weekly
from storage.communities import Community

WEEK = timedelta(days=7)
LONGEST = timedelta(days=14)
"""What is older is no news."""
BREATH = timedelta(days=3)
"""So soon after one recap (posted by hand, or before its day was changed) there is no need of the next."""
ARRIVAL = timedelta(days=1)
"""So soon after *Begin* there is nothing to tell yet."""
GRACE = timedelta(days=2)
"""A recap that late is not posted any more: the next one covers its time."""
WEEKS_SHOWN = 8
RECENT = timedelta(weeks=8)
"""Who joined longer ago and writes for the first time is welcome, but not called new."""


def next_recap(community: Community, now: datetime, settled: datetime | None) -> datetime:
    """The first recap after `now`, at the community's day and time, not on the heels of the last.

    `settled` is where the last posted or skipped recap ends; a skip still to come ends in the future.
    """
    after = now if settled is None else max(now, settled + BREATH)
    if community.begun_at is not None:
        after = max(after, community.begun_at + ARRIVAL)
    return next_weekly(after, community.zone, community.recap_day, community.recap_at)


def start(
    until: datetime, settled: datetime | None, begun: datetime | None, first: datetime | None
) -> datetime:
    """Where the time that a recap covers begins: where the last one ended, at most 14 days back.

    The very first begins with *Begin*. Only where an import brought older messages (`first` is the oldest)
    does it reach back over at least a full week: who reads "this week" expects one, and it is all there.
    """
    earliest = until - LONGEST
    if settled is not None:
        return max(settled, earliest)
    if begun is None:
        return until - WEEK
    has_history = first is not None and first < begun
    return max(min(begun, until - WEEK) if has_history else begun, earliest)


def weeks_until(until: datetime, zone: str) -> list[datetime]:
    """The edges of the last eight weeks, which end at that local time of that weekday."""
    local = until.astimezone(ZoneInfo(zone or "UTC"))
    edges = [
        instant_of(local.date() - number * WEEK, local.time(), zone) for number in range(WEEKS_SHOWN, 0, -1)
    ]
    return [*edges, until]


def key_of(community: Community, until: datetime) -> str:
    """The key of the recap that ends then."""
    return f"recap:{until.astimezone(ZoneInfo(community.zone or 'UTC')):%Y-%m-%dT%H:%M:%S}"


# Words -------------------------------------------------------------------------------------------


def title_of(community: Community, since: datetime, until: datetime) -> str:
    """What the recap is called."""
    days = (until - since) / timedelta(days=1)
    if 5 <= days < 9:
        return f"This week in {community.name}"
    return f"{'These two weeks' if days >= 13 else 'Lately'} in {community.name}"


def days_in_words(since: datetime, until: datetime, zone: str) -> str:
    """`from Friday 4 to Friday 11 March`, in the community's zone."""
    first, last = local_date(since, zone), local_date(until, zone)
    if first == last:
        return f"on {day_in_words(until, zone)}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    return f"from {first:%A} {first.day}{month} to {day_in_words(until, zone)}"


def day_in_words(at: datetime, zone: str) -> str:
    """`Friday 11 March`, in the community's zone."""
    day = local_date(at, zone)
    return f"{day:%A} {day.day} {day:%B}"


def rhythm_in_words(community: Community, now: datetime) -> str:
    """`every Friday at 15:00`."""
    day = local_date(next_recap(community, now, None), community.zone)
    return f"every {day:%A} at {community.recap_at:%H:%M}"
