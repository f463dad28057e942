"""The dates of a circle's rounds: every N weeks on a weekday at a local time. Pure functions.

Days are computed as naive local dates. Only then is each placed in the circle's zone, so that rounds keep
their local time when clocks change.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from facilitation.core.values.local_time import instant_of, local_date
from storage.circles import Circle

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GRACE = timedelta(hours=6)
"""A round that is later than this is recorded as missed, and no groups are made."""
INVITED_BEFORE = 3
"""Days between the invitation and its round. On a weekend, the invitation moves back to Friday."""
ASKED_AFTER = 4
"""Days between a round and the question whether groups met. On a weekend, it moves on to Monday."""
SATURDAY = 5


class RoundDate(NamedTuple):
    """One round: the local day that identifies it, and the instant in UTC."""

    day: date
    at: datetime


class Recurrence(NamedTuple):
    """The weekday, time and zone of rounds. Weeks count from the first such weekday on or after `start`."""

    every: int
    weekday: int
    at: time
    zone: str
    start: date

    @classmethod
    def of(cls, circle: Circle) -> "Recurrence":
        """The recurrence of a circle."""
        return cls(circle.every, circle.weekday, circle.at, circle.zone, circle.start)

    def dates(self, after: datetime) -> Iterator[RoundDate]:
        """All rounds after an instant, in order, without end."""
        first = self.start + timedelta(days=(self.weekday - self.start.weekday()) % 7)
        step = timedelta(weeks=self.every)
        # Start two days early, since zones are up to 26 hours apart; the loop drops what is not after.
        gone = max((local_date(after, self.zone) - timedelta(days=2) - first) // step, 0)
        day = first + gone * step
        while True:
            at = instant_of(day, self.at, self.zone)
            if at > after:
                yield RoundDate(day, at)
            day += step

    def upcoming(self, after: datetime, count: int) -> list[RoundDate]:
        """The next `count` rounds."""
        return list(islice(self.dates(after), count))


def invitation_time(circle: Circle, day: date) -> datetime:
    """When people are invited to the round of a day."""
    opens = day - timedelta(days=INVITED_BEFORE)
    weekend = opens.weekday() - SATURDAY + 1
    return instant_of(opens - timedelta(days=max(weekend, 0)), circle.at, circle.zone)


def question_time(circle: Circle, day: date) -> datetime:
    """When the groups of the round of a day are asked whether they met."""
    asked = day + timedelta(days=ASKED_AFTER)
    weekend = 7 - asked.weekday() if asked.weekday() >= SATURDAY else 0
    return instant_of(asked + timedelta(days=weekend), circle.at, circle.zone)


def recurrence_in_words(circle: Circle) -> str:
    """`every 2 weeks on Tuesday at 10:00 (Europe/Lisbon)`."""
    weeks = f"{circle.every} weeks on " if circle.every > 1 else ""
    return f"every {weeks}{WEEKDAYS[circle.weekday]} at {circle.at:%H:%M} ({circle.zone})"
