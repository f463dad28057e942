"""When a rhythm beats: held against brute force, and by hand where clocks misbehave."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from facilitation.rhythm.recurrence import (
    Occurrence,
    Rule,
    Schedule,
    first_day,
    next_occurrence,
    occurrences,
    upcoming,
)
from facilitation.rhythm.rule_parser import parse_rule
from tests.features.rhythm.oracle import brute_force, random_rule, trials
from tests.samples import SAMPLED_RULES

STRANGE = [
    "Africa/Casablanca", "Africa/Cairo", "America/Caracas", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Troll", "Asia/Gaza", "Asia/Pyongyang", "Asia/Tehran", "Australia/Lord_Howe",
    "Europe/Berlin", "Europe/Dublin", "Pacific/Apia", "Pacific/Chatham",
]  # fmt: skip
"""Clocks that move by half an hour, at midnight, four times a year, or over a whole day."""
YEARS = timedelta(days=20 * 365)


def schedule(when: str, zone: str = "UTC", start: str = "2026-03-01") -> Schedule:
    return Schedule(parse_rule(when), zone, date.fromisoformat(start))


def local(found: Occurrence, zone: str) -> str:
    return f"{found.at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def listed(when: str, count: int, zone: str = "UTC", start: str = "2026-03-01") -> list[str]:
    found = islice(occurrences(schedule(when, zone, start)), count)
    return [local(one, zone) for one in found]


def test_a_sample_of_rules_agrees_with_brute_force_over_twenty_years() -> None:
    """All zones and 200 rules: tests/endurance/test_recurrence.py."""
    for tried in trials(random.Random("sample 0"), SAMPLED_RULES, STRANGE, each=1):
        expected = brute_force(tried, tried.start + YEARS)
        assert [one.at for one in islice(occurrences(tried), len(expected))] == expected, tried


# By hand -------------------------------------------------------------------------------------------


def test_every_two_weeks_counts_from_the_first_day_that_fits() -> None:
    when = "every 2 weeks on tue at 10:00"
    assert listed(when, 3) == ["2026-03-03T10:00", "2026-03-17T10:00", "2026-03-31T10:00"]
    assert listed(when, 2, start="2026-03-03") == ["2026-03-03T10:00", "2026-03-17T10:00"]
    assert listed(when, 2, start="2026-03-04") == ["2026-03-10T10:00", "2026-03-24T10:00"]


def test_weeks_begin_on_monday_where_a_rule_has_several_days() -> None:
    found = listed("every 2 weeks on mon, thu at 9", 4, start="2026-03-04")
    assert [day[5:10] for day in found] == ["03-05", "03-16", "03-19", "03-30"]


def test_every_so_many_weeks_goes_on_over_the_end_of_the_year() -> None:
    found = [datetime.fromisoformat(day) for day in listed("every 3 weeks on fri at 9", 60)]
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(weeks=3)}


def test_months_without_the_day_are_skipped() -> None:
    found = listed("monthly on day 31 at 9", 4, start="2026-01-15")
    assert [day[:10] for day in found] == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]
    leap = listed("monthly on day 29 at 9", 3, start="2028-01-30")
    assert [day[:10] for day in leap] == ["2028-02-29", "2028-03-29", "2028-04-29"]


def test_the_last_friday_and_the_fifth() -> None:
    assert [day[5:10] for day in listed("last fri at 16:00", 3)] == ["03-27", "04-24", "05-29"]
    assert [day[5:10] for day in listed("fifth fri at 16:00", 2)] == ["05-29", "07-31"]
    assert [day[5:10] for day in listed("last day of the month at 9", 3)] == ["03-31", "04-30", "05-31"]


def test_a_time_that_does_not_exist_moves_to_the_next_minute_that_does() -> None:
    found = listed("daily at 02:30", 3, "Europe/Berlin", "2026-03-28")
    assert found == ["2026-03-28T02:30", "2026-03-29T03:00", "2026-03-30T02:30"]
    assert listed("daily at 02:10", 2, "Australia/Lord_Howe", "2026-10-03")[1] == "2026-10-04T02:30"


def test_a_time_that_exists_twice_is_the_first_one_only() -> None:
    found = list(islice(occurrences(schedule("daily at 02:30", "Europe/Berlin", "2026-10-24")), 3))
    assert [f"{one.at:%d %H:%M}" for one in found] == ["24 00:30", "25 00:30", "26 01:30"]


def test_a_day_that_a_zone_left_out_brings_nothing_twice() -> None:
    """Samoa went from 29 to 31 December 2011."""
    found = list(islice(occurrences(schedule("daily at 00:00", "Pacific/Apia", "2011-12-28")), 4))
    assert [local(one, "Pacific/Apia")[8:] for one in found] == [
        "28T00:00",
        "29T00:00",
        "31T00:00",
        "01T00:00",
    ]
    assert len({one.at for one in found}) == 4


def test_the_local_time_stays_when_the_clocks_change() -> None:
    found = list(islice(occurrences(schedule("tue at 10", "Europe/Berlin", "2026-03-24")), 2))
    assert [f"{one.at:%H:%M}" for one in found] == ["09:00", "08:00"]


# From any moment -----------------------------------------------------------------------------------

RULES = st.randoms(use_true_random=False).map(random_rule)


@given(
    rule=RULES,
    zone=st.sampled_from(STRANGE),
    start=st.dates(date(2006, 1, 1), date(2036, 1, 1)),
    ahead=st.integers(0, 3_000 * 24 * 60),
)
def test_what_follows_a_moment_is_what_a_list_from_the_start_has_next(
    rule: Rule, zone: str, start: date, ahead: int
) -> None:
    whole = Schedule(rule, zone, start)
    after = datetime.combine(start, time(), UTC) + timedelta(minutes=ahead)
    expected = next(one for one in occurrences(whole) if one.at > after)
    assert next_occurrence(whole, after) == expected
    assert upcoming(whole, after, 3)[0] == expected
    assert next_occurrence(whole, expected.at) > expected


@given(rule=RULES, zone=st.sampled_from(STRANGE), start=st.dates(date(2006, 1, 1), date(2036, 1, 1)))
def test_nothing_of_a_day_that_is_done_comes_again(rule: Rule, zone: str, start: date) -> None:
    whole = Schedule(rule, zone, start)
    first = next(occurrences(whole))
    again = next_occurrence(whole, first.at - timedelta(days=3), past=first.day)
    assert again.day > first.day
    assert again.at > first.at
    assert first_day(whole) == first.day


@given(rule=RULES)
def test_a_rule_survives_being_written_as_rrule(rule: Rule) -> None:
    assert Rule.of(rule.rrule, rule.at) == rule
