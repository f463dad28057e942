"""Rules in words, which `rule_parser` parses back into the same rule. Pure functions."""

from facilitation.rhythm.recurrence import LAST, WORKDAYS, Rule, Schedule

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}


def rule_in_words(rule: Rule) -> str:
    """`every 2 weeks on Tuesday at 10:00`. If months without such a day are skipped, it says so."""
    match rule.freq:
        case "daily":
            return f"every day at {rule.at:%H:%M}"
        case "weekly":
            return f"{_weeks(rule)} at {rule.at:%H:%M}"
        case "monthly":
            return f"{_month(rule)} of the month at {rule.at:%H:%M}{_skipping(rule)}"


def schedule_in_words(schedule: Schedule) -> str:
    """A rule and its zone: `every day at 09:00 (Europe/Lisbon)`."""
    return f"{rule_in_words(schedule.rule)} ({schedule.zone})"


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
