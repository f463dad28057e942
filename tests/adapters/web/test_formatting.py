"""Initials, colours, days, and where the clock is advanced to."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.web.kit import formatting
from adapters.web.local.clock_presets import an_hour, next_monday, tomorrow

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Sousa", "AS"),
        ("ben", "B"),
        ("Maria da Silva", "MS"),
        ("u_jane.doe", "UD"),
        ("  ", "?"),
        ("李小龍", "李"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert formatting.initials(name) == letters


def test_a_colour_stays() -> None:
    assert formatting.hue_of("ana") == formatting.hue_of("ana")
    assert {formatting.hue_of(str(number)) for number in range(200)} == set(range(formatting.HUES))


def test_days_are_named_from_today() -> None:
    today = date(2025, 5, 5)
    assert formatting.day_name(today, today) == "Today"
    assert formatting.day_name(date(2025, 5, 4), today) == "Yesterday"
    assert formatting.day_name(date(2025, 4, 1), today) == "Tuesday 1 April"
    assert formatting.day_name(date(2024, 4, 1), today) == "Monday 1 April 2024"


def test_an_unknown_emoji_keeps_its_name() -> None:
    assert formatting.emoji("tada") == "🎉"
    assert formatting.emoji("our_own_parrot") == ":our_own_parrot:"
    assert formatting.emoji("🎉") == "🎉"


def test_a_zone_that_is_none_falls_back() -> None:
    assert formatting.zone("Mars/Olympus", "Europe/Lisbon") == LISBON
    assert formatting.zone("../etc/passwd", "") == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("now", "morning", "monday"),
    [
        ("2025-05-05T08:55", "2025-05-06T09:00", "2025-05-05T09:00"),  # Monday, before nine
        ("2025-05-05T09:00", "2025-05-06T09:00", "2025-05-12T09:00"),  # Monday, at nine
        ("2025-10-25T20:00", "2025-10-26T09:00", "2025-10-27T09:00"),  # the night clocks go back
        ("2025-03-29T20:00", "2025-03-30T09:00", "2025-03-31T09:00"),  # the night clocks go forward
    ],
)
def test_the_clock_moves_to_local_mornings(now: str, morning: str, monday: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=LISBON).astimezone(UTC)
    assert f"{tomorrow(at, LISBON):%Y-%m-%dT%H:%M}" == morning
    assert f"{next_monday(at, LISBON):%Y-%m-%dT%H:%M}" == monday
    assert (an_hour(at, LISBON) - at).total_seconds() == 3600
