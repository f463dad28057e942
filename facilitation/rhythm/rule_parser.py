"""Parses the text in which coordinators write a recurrence into a rule. Pure functions."""

import re
from datetime import time

from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import known_zone
from facilitation.core.values.local_time import zone_names
from facilitation.rhythm.recurrence import LAST, MOST_WEEKS, WORKDAYS, Rule

LONGEST = 100
ACCEPTED = (
    "I can read: daily at 9:00 · weekdays at 9 · weekly on mon, thu at 10:15 · every 2 weeks on tue at 10:00 "
    "· first monday of the month at 14:30 · last fri at 16:00 · monthly on day 15 at 9:00"
)
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_MONTHS = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*")
_NTH = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3,
    "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "last": LAST,
}  # fmt: skip
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
_FILLING = {"on", "the", "of", "a", "in", "and", "&", "month", "months"}
_TIME = re.compile(r"(?:\bat\s+|@\s*|(?<=\s))(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?\s*$")
_BARE = re.compile(r"(?<!at)\s\d{1,2}\s*$")
_TOO_OFTEN = re.compile(r"minute|hour|second\b(?!\s+\w*day)|twice a day|times a day|\*")


def parse_rule(text: str) -> Rule:
    """The rule of a text such as `every 2 weeks on tue at 10:00`.

    Raises Refusal, which says what is wrong and what is accepted.
    """
    if len(text) > LONGEST:
        raise _refusal(f"That is longer than I can read: at most {LONGEST} characters, please.")
    words = " ".join(text.casefold().partition(";")[0].split()).rstrip(".")
    if not words:
        raise _refusal("Please say when.")
    if _TOO_OFTEN.search(words):
        raise _refusal("Once a day is the most: people should have time to answer.")
    if re.search(r"\b([2-9]|\d\d+|two|three|four|six|other) months", words):
        raise _refusal("I count in weeks, or month by month.")
    rest, at = _time(words)
    tokens = [_token(word) for word in re.sub(r"[,()]", " ", rest).split()]
    if any(_MONTHS.fullmatch(token) for token in tokens) or {"yearly", "annually", "year", "years"} & {
        *tokens
    }:
        raise _refusal("I know no dates of the year, only days, weeks and months.")
    monthly = bool({"month", "months", "monthly"} & {*tokens})
    return _days([token for token in tokens if token not in _FILLING], at, monthly=monthly)


def parse_zone(text: str) -> str:
    """A time zone by its name in any case. Raises Refusal for an unknown one."""
    try:
        return known_zone(text)
    except ValueError:
        last = text.strip().replace(" ", "_").casefold().rpartition("/")[2]
        near = sorted(zone for zone in zone_names() if zone.casefold().endswith(f"/{last}"))
        hint = f" Did you mean {near[0]}?" if near and last else ""
        raise Refusal(
            f"I know no time zone “{text[:40]}”: it is a region and a city, such as Europe/Lisbon.{hint}",
            "zone",
        ) from None


def _time(words: str) -> tuple[str, time]:
    """The words before the time of day, and the time. Raises Refusal if there is no valid time."""
    found = _TIME.search(words)
    if found is None or (_BARE.search(words) and not re.search(r"(\bat|@)\s*\d{1,2}\s*$", words)):
        raise _refusal("Please say at what time of day, such as “at 10:00”.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise _refusal("With am and pm, hours go from 1 to 12.")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise _refusal("A time of day is written like 9:30 or 16:00.")
    return words[: found.start()], time(hour, minute)


def _token(word: str) -> str:
    """A word in its canonical form: `tuesdays` and `tue` as `tuesday`, `two` as `2`."""
    for name in _NAMES:
        if word in (name[:3], name, f"{name}s"):
            return name
    if word in _SHORT:
        return _NAMES[_SHORT[word]]
    if word in _NUMBERS:
        return str(_NUMBERS.index(word) + 1)
    return {
        "each": "every",
        "weeks": "week",
        "days": "day",
        "workdays": "weekday",
        "weekdays": "weekday",
    }.get(word, word)


def _days(tokens: list[str], at: time, *, monthly: bool) -> Rule:
    """The rule of canonical words that say which days. Raises Refusal if they say none."""
    match tokens:
        case ["daily"] | ["every", "day"] | ["everyday"]:
            return Rule("daily", at)
        case ["weekday"] | ["every", "weekday"] | [*_, "weekday", "monday", "to", "friday"]:
            return Rule("weekly", at, days=WORKDAYS)
        case ["monday", "to", "friday"]:
            return Rule("weekly", at, days=WORKDAYS)
        case ["weekend" | "weekends"] | ["every", "weekend"]:
            return Rule("weekly", at, days=(5, 6))
        case ["every", "second", *names] if _are_days(names) and not monthly:
            raise _refusal("Do you mean “every 2 weeks on …”, or “second … of the month”?")
        case ["every", "other", "week", *names] | ["fortnightly", *names] | ["every", "other", *names]:
            return _weekly(names, 2, at)
        case ["every", number, "week", *names] if number.isdecimal():
            return _weekly(names, int(number), at)
        case ["weekly", *names] | ["every", "week", *names]:
            return _weekly(names, 1, at)
        case ["every", number, "day"] if number.isdecimal():
            raise _refusal("I count in weeks, or month by month.")
        case _ if monthly or any(token in _NTH for token in tokens):
            return _monthly([token for token in tokens if token not in ("monthly", "every")], at)
        case ["every", *names] if _are_days(names):
            return _weekly(names, 1, at)
        case names if _are_days(names):
            return _weekly(names, 1, at)
        case _:
            raise _refusal("I cannot read that.")


def _weekly(names: list[str], every: int, at: time) -> Rule:
    if not names:
        raise _refusal("Please say on which day, such as “on tue”.")
    if not _are_days(names):
        raise _refusal("I cannot read that.")
    if not 1 <= every <= MOST_WEEKS:
        raise _refusal(f"Between 1 and {MOST_WEEKS} weeks, please.")
    chosen = tuple(sorted({_NAMES.index(name) for name in names}))
    if len(chosen) == 7 and every == 1:
        return Rule("daily", at)
    return Rule("weekly", at, every=every, days=chosen)


def _monthly(tokens: list[str], at: time) -> Rule:
    match tokens:
        case [nth, name] if nth in _NTH and name in _NAMES:
            return Rule("monthly", at, days=(_NAMES.index(name),), nth=_NTH[nth])
        case ["last", "day"]:
            return Rule("monthly", at, day=LAST)
        case [nth, name] if name in _NAMES:
            raise _refusal("A month has a first, second, third, fourth, fifth and last of each weekday.")
        case [number] | ["day", number] | [number, "day"] if found := re.fullmatch(
            r"(\d{1,3})(?:st|nd|rd|th|\.)?", number
        ):
            if not 1 <= int(found[1]) <= 31:
                raise _refusal("Days of the month go from 1 to 31.")
            return Rule("monthly", at, day=int(found[1]))
        case [nth, *names] if nth in _NTH and len(names) > 1 and _are_days(names):
            raise _refusal("One weekday at a time here: make a rhythm for each.")
        case _:
            raise _refusal("Please say on which day of the month, such as “first monday” or “day 15”.")


def _are_days(names: list[str]) -> bool:
    return bool(names) and all(name in _NAMES for name in names)


def _refusal(why: str) -> Refusal:
    return Refusal(f"{why} {ACCEPTED}", "when")
