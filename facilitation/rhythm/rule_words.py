"""A rule in words: right for every rule there is, and readable again by `reading`."""

from datetime import datetime
from zoneinfo import ZoneInfo

from facilitation.rhythm.recurrence import LAST, WORKDAYS, Rule, Schedule

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}


def in_words(rule: Rule) -> str:
    """`every 2 weeks on Tuesday at 10:00`; what happens in months without such a day is said too."""
    match rule.freq:
        case "daily":
            return f"every day at {rule.at:%H:%M}"
        case "weekly":
            return f"{_weeks(rule)} at {rule.at:%H:%M}"
        case "monthly":
            return f"{_month(rule)} of the month at {rule.at:%H:%M}{_skipping(rule)}"


def with_zone(schedule: Schedule) -> str:
    """The same, and whose clock is meant: `every day at 09:00 (Europe/Lisbon)`."""
    return f"{in_words(schedule.rule)} ({schedule.zone})"


def moment_in_words(at: datetime, zone: str) -> str:
    """`Tue 3 Mar 10:00`, in the zone: a rhythm is spoken of in its own time, whoever reads it where."""
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def _weeks(rule: Rule) -> str:
    if rule.every == 1 and rule.days == WORKDAYS:
        return "every weekday (Monday to Friday)"
    names = [WEEKDAYS[day] for day in rule.days]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"every {listed}" if rule.every == 1 else f"every {rule.every} weeks on {listed}"


def _month(rule: Rule) -> str:
    if rule.nth:
        return f"on the {NTH[rule.nth]} {WEEKDAYS[rule.days[0]]}"
    return "on the last day" if rule.day == LAST else f"on day {rule.day}"


def _skipping(rule: Rule) -> str:
    if rule.nth == 5:
        return f"; months without a fifth {WEEKDAYS[rule.days[0]]} are skipped"
    return "; months without that day are skipped" if rule.day > 28 else ""
