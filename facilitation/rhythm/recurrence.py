"""Recurrences: a subset of RFC 5545 rules, a local time and a zone, expanded into instants. Pure functions.

Days are expanded as naive local dates. Only then is each placed in the zone, so that prompts keep their local
time when clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Literal, NamedTuple, Self

from dateutil import rrule

from facilitation.core.values.local_time import instant_of, local_date

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = (0, 1, 2, 3, 4)
LAST = -1
MOST_WEEKS = 26
_AROUND = timedelta(days=2)
"""Zones are up to 26 hours apart, and some once skipped a whole day."""


@dataclass(frozen=True)
class Rule:
    """Days and a local time.

    `days` are weekdays (0 is Monday). A weekly rule has all of them, every `every` weeks. A monthly rule has
    either the `nth` (1 to 5, or LAST) of its one weekday, or the `day` of the month (1 to 31, or LAST); it
    skips months without such a day.
    """

    freq: Literal["daily", "weekly", "monthly"]
    at: time
    every: int = 1
    days: tuple[int, ...] = ()
    nth: int = 0
    day: int = 0

    @property
    def rrule(self) -> str:
        """The days in the notation of RFC 5545, without `RRULE:`."""
        parts = [f"FREQ={self.freq.upper()}"]
        if self.every > 1:
            parts.append(f"INTERVAL={self.every}")
        if self.days:
            parts.append("BYDAY=" + ",".join(f"{self.nth or ''}{CODES[day]}" for day in self.days))
        if self.day:
            parts.append(f"BYMONTHDAY={self.day}")
        return ";".join(parts)

    @classmethod
    def of(cls, text: str, at: time) -> Self:
        """The rule of a text that `rrule` wrote."""
        parts = dict(part.split("=") for part in text.split(";"))
        codes = parts["BYDAY"].split(",") if "BYDAY" in parts else []
        return cls(
            freq=parts["FREQ"].lower(),  # type: ignore[arg-type]  # one of the three, as `rrule` wrote it
            at=at,
            every=int(parts.get("INTERVAL", 1)),
            days=tuple(CODES.index(code[-2:]) for code in codes),
            nth=int(codes[0][:-2] or 0) if codes else 0,
            day=int(parts.get("BYMONTHDAY", 0)),
        )


@dataclass(frozen=True)
class Schedule:
    """A rule in a zone. Its weeks count from the first matching day on or after `start`."""

    rule: Rule
    zone: str
    start: date


class Occurrence(NamedTuple):
    """One date: the local day that identifies it, and the instant in UTC."""

    day: date
    at: datetime


def occurrences(
    schedule: Schedule, after: datetime | None = None, past: date | None = None
) -> Iterator[Occurrence]:
    """All dates in order that are after the instant `after` and on days after `past`. They hardly ever end.

    A local time that a clock change skips moves to the next valid minute; of a time that occurs twice it is
    the first. No instant occurs twice, even if a zone skips a day.
    """
    first = schedule.start
    if after is not None:
        first = max(first, local_date(after, schedule.zone) - _AROUND)
    if past is not None:
        first = max(first, past + timedelta(days=1))
    last = after
    for day in matching_days(schedule, first):
        at = instant_of(day, schedule.rule.at, schedule.zone)
        if last is None or at > last:
            last = at
            yield Occurrence(day, at)


def next_occurrence(schedule: Schedule, after: datetime, past: date | None = None) -> Occurrence:
    """The next date."""
    return next(occurrences(schedule, after, past))


def upcoming(
    schedule: Schedule, after: datetime, count: int, past: date | None = None
) -> tuple[Occurrence, ...]:
    """The next `count` dates."""
    return tuple(islice(occurrences(schedule, after, past), count))


def matching_days(schedule: Schedule, first: date) -> Iterator[date]:
    """The matching days on or after `first`, as local dates."""
    rule = schedule.rule
    begin = max(schedule.start, first)
    if rule.freq == "weekly" and rule.every > 1:
        begin = _in_step(schedule, begin)
    found = rrule.rrule(
        _FREQUENCIES[rule.freq],
        dtstart=datetime.combine(begin, time()),
        interval=rule.every,
        wkst=rrule.MO,
        byweekday=[_WEEKDAYS[day](rule.nth) if rule.nth else _WEEKDAYS[day] for day in rule.days] or None,
        bymonthday=rule.day or None,
    )
    for moment in found:
        if moment.date() >= first:
            yield moment.date()


def first_day(schedule: Schedule) -> date:
    """The first matching day."""
    return next(matching_days(schedule, schedule.start))


def _in_step(schedule: Schedule, begin: date) -> date:
    """A day on or before `begin` in a matching week, no earlier than the first matching day."""
    rule = schedule.rule
    anchor = next(day for n in range(7) if (day := schedule.start + timedelta(days=n)).weekday() in rule.days)
    monday = anchor - timedelta(days=anchor.weekday())
    step = timedelta(weeks=rule.every)
    return max(anchor, monday + (begin - monday) // step * step)


_FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"monthly": 1, "weekly": 2, "daily": 3}
_WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
