"""When a rhythm beats, found by brute force: days one by one, minutes one by one, and nothing of dateutil.

Slow and simple on purpose. What it shares with the bot is the `Rule` and the standard library's zones.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from facilitation.rhythm.recurrence import Rule, Schedule

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def brute_force(schedule: Schedule, until: date) -> list[datetime]:
    """All instants of a schedule up to a local day, each once."""
    rule, zone = schedule.rule, schedule.zone
    found: list[datetime] = []
    day, anchor = schedule.start, None
    while day <= until:
        if _fits(rule, day):
            monday = day - day.weekday() * DAY
            anchor = anchor or monday
            if rule.freq != "weekly" or (monday - anchor).days // 7 % rule.every == 0:
                at = _placed(day, rule.at, zone)
                if not found or at > found[-1]:
                    found.append(at)
        day += DAY
    return found


def _fits(rule: Rule, day: date) -> bool:
    """Whether a day is one of the rule's, by counting the days of its month."""
    if rule.freq == "daily":
        return True
    if rule.freq == "weekly":
        return day.weekday() in rule.days
    month = [one for n in range(1, 32) if (one := _in_month(day, n)) is not None]
    if rule.nth:
        month = [one for one in month if one.weekday() == rule.days[0]]
    wanted = rule.nth or rule.day
    position = len(month) - 1 if wanted == -1 else wanted - 1
    return position < len(month) and month[position] == day


@lru_cache(maxsize=100_000)
def _in_month(day: date, number: int) -> date | None:
    try:
        return day.replace(day=number)
    except ValueError:
        return None


def _placed(day: date, at: time, zone: str) -> datetime:
    """The first instant that shows the local time, else the first that shows the next one there is."""
    wanted = datetime.combine(day, at)
    table = _minutes(zone, day)
    if table is None:
        return wanted.replace(tzinfo=UTC) - _offset(zone, wanted.replace(tzinfo=UTC))
    shown = min(minute for minute in table if minute >= wanted)
    return table[shown]


def _offset(zone: str, instant: datetime) -> timedelta:
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return offset


@lru_cache(maxsize=64)
def _minutes(zone: str, day: date) -> dict[datetime, datetime] | None:
    """Every minute that clocks show around a day, with the first instant at which they do.

    None far from any change of the clock, where one hour is like another.
    """
    # Zones are between 15 hours ahead and 13 behind; one day more, in case a zone left this one out.
    midnight = datetime.combine(day, time(), UTC)
    hours = [midnight + timedelta(hours=n) for n in range(-15, 64, 6)]
    if len({_offset(zone, hour) for hour in hours}) == 1:
        return None
    tz = ZoneInfo(zone)
    table: dict[datetime, datetime] = {}
    instant = hours[0]
    while instant < hours[-1]:
        table.setdefault(instant.astimezone(tz).replace(tzinfo=None), instant)
        instant += MINUTE
    return table


def random_rule(chance: random.Random) -> Rule:
    """Any rule the form can make, often at an hour at which clocks change."""
    hour = chance.choice([0, 0, 1, 2, 2, 3, 23, chance.randrange(24)])
    at = time(hour, chance.choice([0, 15, 30, 45, chance.randrange(60)]))
    kind = chance.choice(["daily", "weekdays", "weekly", "weeks", "nth", "day"])
    if kind == "daily":
        return Rule("daily", at)
    if kind == "weekdays":
        return Rule("weekly", at, days=(0, 1, 2, 3, 4))
    if kind in ("weekly", "weeks"):
        days = tuple(sorted(chance.sample(range(7), chance.randrange(1, 7))))
        return Rule("weekly", at, every=1 if kind == "weekly" else chance.randrange(2, 13), days=days)
    if kind == "nth":
        return Rule("monthly", at, days=(chance.randrange(7),), nth=chance.choice([1, 2, 3, 4, 5, -1]))
    return Rule("monthly", at, day=chance.choice([*range(1, 32), 29, 30, 31, -1]))


def trials(chance: random.Random, rules: int, zones: Sequence[str], *, each: int) -> Iterator[Schedule]:
    """So many different rules, each in `each` zones, one zone after the other; from a day of 2006 or 2007."""
    order = list(zones)
    chance.shuffle(order)
    turn = 0
    drawn: dict[Rule, None] = {}
    while len(drawn) < rules:
        drawn[random_rule(chance)] = None
    for rule in drawn:
        for _ in range(each):
            start = date(2006, 1, 1) + timedelta(days=chance.randrange(730))
            yield Schedule(rule, order[turn % len(order)], start)
            turn += 1
