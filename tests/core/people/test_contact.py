"""Quiet hours: nobody is written to unasked in the evening, at night or at the weekend of their own zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from facilitation.core.people.contact import next_waking, with_footer
from facilitation.core.values.cards import Button, Buttons, Card, Small, buttons_in
from facilitation.core.values.effects import Nudge
from facilitation.core.values.local_time import first_known_zone, next_weekly
from facilitation.core.values.speech import plain, say

ZONES = (
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)
CHANGES = (datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 4, 5), datetime(2026, 10, 25))
MINUTE = timedelta(minutes=1)


def is_quiet(at: datetime, zone: str, quiet_from: time, quiet_to: time, weekends: bool) -> bool:
    """The rule as one would say it."""
    local = at.astimezone(ZoneInfo(zone))
    if weekends and local.weekday() in (5, 6):
        return True
    now = local.time()
    if quiet_from < quiet_to:
        return quiet_from <= now < quiet_to
    return quiet_from != quiet_to and (now >= quiet_from or now < quiet_to)


def tried_minute_by_minute(
    at: datetime, zone: str, quiet_from: time, quiet_to: time, weekends: bool
) -> datetime:
    """The slow way: the first minute that is not quiet."""
    moment = at
    while is_quiet(moment, zone, quiet_from, quiet_to, weekends):
        moment = moment.replace(second=0, microsecond=0) + MINUTE
    return moment


moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.tuples(st.sampled_from(CHANGES), st.integers(-2880, 2880)).map(lambda m: m[0] + m[1] * MINUTE),
).map(lambda naive: naive.replace(tzinfo=UTC))
times = st.one_of(
    st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30))),
    st.sampled_from((time(20), time(8), time(0))),
)


@settings(max_examples=150, deadline=None)
@given(moments, st.sampled_from(ZONES), times, times, st.booleans())
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Lisbon", time(22), time(1, 30), False)
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Lisbon", time(22), time(1, 30), False)
def test_the_next_waking_moment_is_the_one_that_trying_every_minute_finds(
    at: datetime, zone: str, quiet_from: time, quiet_to: time, weekends: bool
) -> None:
    assume(not at.astimezone(ZoneInfo(zone)).fold)
    found = next_waking(at, zone, quiet_from, quiet_to, weekends=weekends)
    assert found == tried_minute_by_minute(at, zone, quiet_from, quiet_to, weekends)


def test_the_second_time_through_a_repeated_hour_waking_is_not_in_the_past() -> None:
    at = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 1:10 in Lisbon for the second time
    found = next_waking(at, "Europe/Lisbon", time(22), time(1, 30), weekends=False)
    assert found == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "waking"),
    [
        ("2026-03-02T12:00", "2026-03-02T12:00"),  # Monday noon
        ("2026-03-02T19:59", "2026-03-02T19:59"),
        ("2026-03-02T20:00", "2026-03-03T08:00"),
        ("2026-03-03T07:59", "2026-03-03T08:00"),
        ("2026-03-06T20:30", "2026-03-09T08:00"),  # Friday evening: not before Monday
        ("2026-03-07T12:00", "2026-03-09T08:00"),
        ("2026-03-08T23:59", "2026-03-09T08:00"),
    ],
)
def test_by_default_the_day_begins_at_eight_and_ends_at_twenty(at: str, waking: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert next_waking(moment, "UTC", time(20), time(8), weekends=True) == datetime.fromisoformat(
        waking
    ).replace(tzinfo=UTC)


def test_it_is_the_persons_own_night_that_counts() -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert next_waking(at, "Europe/Lisbon", time(20), time(8), weekends=True) == at
    assert next_waking(at, "Asia/Tokyo", time(20), time(8), weekends=True) == datetime(
        2026, 3, 2, 23, tzinfo=UTC
    )


def test_a_person_without_a_zone_lives_in_utc() -> None:
    at = datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert next_waking(at, "", time(20), time(8), weekends=True) == datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_quiet_hours_from_eight_to_eight_are_none() -> None:
    at = datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert next_waking(at, "UTC", time(8), time(8), weekends=False) == at


HELP = Nudge("x.help", "help", "You said you like to help.")


def test_an_unasked_message_says_why_it_came_and_offers_fewer() -> None:
    card = with_footer(Card("Hello", (say("words"),), "good"), HELP)
    assert (card.title, card.tone, card.parts[0]) == ("Hello", "good", say("words"))
    small, buttons = card.parts[1:]
    assert isinstance(small, Small)
    assert isinstance(buttons, Buttons)
    assert plain(small.text) == "You said you like to help."
    assert [button.optional for button in buttons_in(card)] == [True]
    assert buttons.buttons == (Button("Fewer of these", "charter.reduce_contact", optional=True),)


@settings(max_examples=100, deadline=None)
@given(moments, st.sampled_from(ZONES), st.integers(0, 6), times)
def test_the_next_weekly_moment_is_within_eight_days_on_that_day_and_after(
    after: datetime, zone: str, weekday: int, at: time
) -> None:
    found = next_weekly(after, zone, weekday, at)
    local = found.astimezone(ZoneInfo(zone))
    assert after < found <= after + timedelta(days=7, hours=2)
    assert local.weekday() == weekday
    # In the hour that a change of clocks skips, it is the first moment after.
    assert local.time() == at or time(at.hour) <= local.time() <= time(min(at.hour + 1, 23), 59)


def test_of_zones_the_first_that_can_be_reckoned_with_counts() -> None:
    assert first_known_zone("Europe/Lisbon", "UTC") == "Europe/Lisbon"
    assert first_known_zone("No/Where", "Europe/Lisbon") == "Europe/Lisbon"
    assert first_known_zone("../etc", "Europe/Lisbon") == "Europe/Lisbon"
