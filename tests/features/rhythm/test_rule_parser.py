"""Parsing of recurrences: what is accepted, what is refused and how, and rules in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitation.core.values.errors import Refusal
from facilitation.rhythm.recurrence import Rule
from facilitation.rhythm.rule_parser import ACCEPTED, parse_rule, parse_zone
from facilitation.rhythm.rule_words import rule_in_words
from tests.features.rhythm.oracle import random_rule

WRITTEN = {
    "daily at 09:00": "every day at 09:00",
    "every day at 7pm": "every day at 19:00",
    "weekdays at 9": "every weekday (Monday to Friday) at 09:00",
    "Monday to Friday at 9": "every weekday (Monday to Friday) at 09:00",
    "weekends at 10:30": "every Saturday and Sunday at 10:30",
    "weekly on mon, thu at 10:15": "every Monday and Thursday at 10:15",
    "thu, mon and wed at 9": "every Monday, Wednesday and Thursday at 09:00",
    "every week on tuesday at 10": "every Tuesday at 10:00",
    "tuesdays at 10": "every Tuesday at 10:00",
    "Tue 10:00": "every Tuesday at 10:00",
    "every 3 weeks on fri at 16:00": "every 3 weeks on Friday at 16:00",
    "every two weeks on tue at 10:00.": "every 2 weeks on Tuesday at 10:00",
    "every other tuesday at 10": "every 2 weeks on Tuesday at 10:00",
    "fortnightly on tue at 10": "every 2 weeks on Tuesday at 10:00",
    "first monday of the month at 14:30": "on the first Monday of the month at 14:30",
    "last fri at 16:00": "on the last Friday of the month at 16:00",
    "last fri of the month at 16:00": "on the last Friday of the month at 16:00",
    "2nd wed of every month at 12am": "on the second Wednesday of the month at 00:00",
    "fifth fri at 9": "on the fifth Friday of the month at 09:00; months without a fifth Friday are skipped",
    "monthly on day 15 at 9": "on day 15 of the month at 09:00",
    "every month on the 1st at 12pm": "on day 1 of the month at 12:00",
    "monthly on day 31 at 09:00": "on day 31 of the month at 09:00; months without that day are skipped",
    "on the last day of the month at 17h30": "on the last day of the month at 17:30",
}
REFUSED = {
    "": "Please say when.",
    "* * * * *": "Once a day is the most",
    "0 9 * * 1": "Once a day is the most",
    "every minute": "Once a day is the most",
    "every 5 minutes": "Once a day is the most",
    "hourly at 9": "Once a day is the most",
    "twice a day at 9": "Once a day is the most",
    "30 February at 10:00": "I know no dates of the year",
    "monthly on day 30 of february at 9": "I know no dates of the year",
    "yearly at 9": "I know no dates of the year",
    "monthly on day 32 at 9": "Days of the month go from 1 to 31.",
    "monthly on day 0 at 9": "Days of the month go from 1 to 31.",
    "monthly at 9": "on which day of the month",
    "sixth monday of the month at 9": "A month has a first, second, third",
    "first mon, tue at 9": "One weekday at a time",
    "every second tuesday at 10": "Do you mean",
    "every 0 weeks on tue at 10": "Between 1 and 26 weeks",
    "every 99 weeks on tue at 10": "Between 1 and 26 weeks",
    "every 2 days at 9": "I count in weeks, or month by month.",
    "every 31 months at 9": "I count in weeks, or month by month.",
    "every 2 weeks at 9": "on which day",
    "weekly at 9": "on which day",
    "weekly on tue": "at what time of day",
    "tue at": "at what time of day",
    "weekly on tue 10": "at what time of day",
    "tue at 25:00": "A time of day is written like 9:30 or 16:00.",
    "tue at 13pm": "hours go from 1 to 12",
    "whenever at 9": "I cannot read that.",
    "weekly on someday at 9": "I cannot read that.",
    "tue " * 40 + "at 9": "at most 100 characters",
}


@pytest.mark.parametrize(("written", "words"), WRITTEN.items())
def test_what_is_written_is_said_back_in_words(written: str, words: str) -> None:
    assert rule_in_words(parse_rule(written)) == words
    assert rule_in_words(parse_rule(written.upper())) == words


@pytest.mark.parametrize(("written", "why"), REFUSED.items())
def test_what_cannot_be_read_is_refused_with_what_is_accepted(written: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rule(written)
    assert why in str(refused.value)
    assert str(refused.value).endswith(ACCEPTED)
    assert refused.value.field == "when"


def test_every_example_of_what_is_accepted_is_accepted() -> None:
    examples = ACCEPTED.removeprefix("I can read: ").split(" · ")
    assert len({rule_in_words(parse_rule(example)) for example in examples}) == len(examples) > 5


@given(st.randoms(use_true_random=False).map(random_rule))
def test_the_words_of_any_rule_can_be_read_again_as_that_rule(rule: Rule) -> None:
    assert parse_rule(rule_in_words(rule)) == rule


@given(st.text(max_size=120))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        read = parse_rule(text)
    except Refusal:
        return
    assert parse_rule(rule_in_words(read)) == read


def test_a_zone_is_known_by_its_name_in_any_case() -> None:
    assert parse_zone("europe/lisbon") == "Europe/Lisbon"
    assert parse_zone("America/new york") == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "hint"),
    [("Mars/Olympus", ""), ("Berlin", "Did you mean Europe/Berlin?"), ("x" * 200, ""), ("", "")],
)
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, hint: str) -> None:
    with pytest.raises(Refusal, match="I know no time zone") as refused:
        parse_zone(zone)
    assert str(refused.value).endswith(hint or "Europe/Lisbon.")
    assert len(str(refused.value)) < 200
