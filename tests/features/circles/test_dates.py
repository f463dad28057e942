"""The pure dates of rounds: every N weeks at a local time, with invitations and questions on working days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from facilitation.circles.dates import Recurrence, invitation_time, question_time, recurrence_in_words
from storage.circles import Circle, CircleState, Mix

ZONES = ("UTC", "Europe/Lisbon", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Apia")
CIRCLE = Circle(
    id=1,
    name="Coffee",
    state=CircleState.RUNNING,
    size=3,
    every=2,
    weekday=1,
    at=time(10),
    zone="Europe/Lisbon",
    start=date(2026, 3, 2),
    channel=1,
    space=1,
    place="general",
    gone=False,
    mix=Mix.NOTHING,
    paused=False,
    paused_until=None,
    next_day=None,
    next_at=None,
    opened_day=None,
)

beats = st.builds(
    Recurrence,
    st.integers(1, 8),
    st.integers(0, 6),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(beats, moments)
def test_rounds_are_so_many_weeks_apart_on_their_weekday(beat: Recurrence, after: datetime) -> None:
    found = beat.upcoming(after, 4)
    assert found[0].at > after
    assert found[0].day >= beat.start
    assert {one.day.weekday() for one in found} == {beat.weekday}
    assert {(later.day - one.day).days for one, later in pairwise(found)} == {7 * beat.every}


@given(beats, moments)
def test_no_round_is_left_out_wherever_one_begins_to_look(beat: Recurrence, after: datetime) -> None:
    first, second = beat.upcoming(after, 2)
    assert beat.upcoming(first.at, 1) == [second]
    assert beat.upcoming(first.at - timedelta(microseconds=1), 1) == [first]


@given(st.integers(0, 6), st.sampled_from(ZONES))
def test_people_are_invited_before_and_asked_after_on_working_days(weekday: int, zone: str) -> None:
    circle = replace(CIRCLE, weekday=weekday, zone=zone, every=1)
    first, second = Recurrence.of(circle).upcoming(datetime(2026, 5, 1, tzinfo=UTC), 2)
    opens = invitation_time(circle, first.day).astimezone(ZoneInfo(zone))
    asked = question_time(circle, first.day).astimezone(ZoneInfo(zone))
    assert opens.weekday() < 5
    assert asked.weekday() < 5
    assert timedelta(days=3) <= first.at - opens <= timedelta(days=5)
    assert timedelta(days=4) <= asked - first.at < second.at - first.at


def test_the_words_say_when() -> None:
    assert recurrence_in_words(CIRCLE) == "every 2 weeks on Tuesday at 10:00 (Europe/Lisbon)"
    assert recurrence_in_words(replace(CIRCLE, every=1)) == "every Tuesday at 10:00 (Europe/Lisbon)"
