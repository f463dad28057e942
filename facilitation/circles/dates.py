"""When a circle's rounds are: every so many weeks on a weekday, at a local time. Pure functions.

Days are reckoned as naive local dates, and only then is each placed in the zone.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from facilitation.core.values.local_time import instant_of, local_date
from storage.circles import Circle

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GRACE = timedelta(hours=6)
"""Later than that, a round is recorded as missed and no groups are made."""
OPENS_BEFORE = 3
"""So many days before its round people are invited; if that is at a weekend, on the Friday before."""
ASKED_AFTER = 4
"""So many days after its round a group is asked how it went; if that is at a weekend, on the Monday after."""
SATURDAY = 5


class Date(NamedTuple):
    """One round: the local day by which it is known, and the instant in UTC."""

    day: date
    at: datetime


class Beat(NamedTuple):
    """The days and the time of rounds; weeks are counted from the first day that fits from `start` on."""

    every: int
    weekday: int
    at: time
    zone: str
    start: date

    @classmethod
    def of(cls, circle: Circle) -> "Beat":
        """A circle's."""
        return cls(circle.every, circle.weekday, circle.at, circle.zone, circle.start)

    def dates(self, after: datetime) -> Iterator[Date]:
        """Every round after an instant, one after the other."""
        first = self.start + timedelta(days=(self.weekday - self.start.weekday()) % 7)
        step = timedelta(weeks=self.every)
        # Two days before, since zones are far apart; what is not after the instant is left out below.
        gone = max((local_date(after, self.zone) - timedelta(days=2) - first) // step, 0)
        day = first + gone * step
        while True:
            at = instant_of(day, self.at, self.zone)
            if at > after:
                yield Date(day, at)
            day += step

    def upcoming(self, after: datetime, count: int) -> list[Date]:
        """The next so many rounds."""
        return list(islice(self.dates(after), count))


def opening_of(circle: Circle, day: date) -> datetime:
    """When people are invited to the round of a day."""
    opens = day - timedelta(days=OPENS_BEFORE)
    weekend = opens.weekday() - SATURDAY + 1
    return instant_of(opens - timedelta(days=max(weekend, 0)), circle.at, circle.zone)


def asking_of(circle: Circle, day: date) -> datetime:
    """When the groups of the round of a day are asked how it went."""
    asked = day + timedelta(days=ASKED_AFTER)
    weekend = 7 - asked.weekday() if asked.weekday() >= SATURDAY else 0
    return instant_of(asked + timedelta(days=weekend), circle.at, circle.zone)


# In words ------------------------------------------------------------------------------------------


def in_words(circle: Circle) -> str:
    """`every 2 weeks on Tuesday at 10:00 (Europe/Lisbon)`."""
    weeks = f"{circle.every} weeks on " if circle.every > 1 else ""
    return f"every {weeks}{WEEKDAYS[circle.weekday]} at {circle.at:%H:%M} ({circle.zone})"


def moment_in_words(at: datetime, zone: str) -> str:
    """`Tue 3 Mar 10:00`, in the zone: a circle is spoken of in its own time, whoever reads it where."""
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def day_in_words(day: date) -> str:
    """`Tue 3 Mar`."""
    return f"{day:%a} {day.day} {day:%b}"
