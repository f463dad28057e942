"""Instants: exact, ordered, in UTC, and never naive."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from storage.base import instant, micros
from storage.communities import SpaceRow
from storage.session import orm_of
from storage.unit import Units

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)


@given(moments)
def test_an_instant_keeps_its_microseconds(at: datetime) -> None:
    assert instant(micros(at)) == at
    assert instant(micros(at)).tzinfo is UTC


@given(moments, moments)
def test_instants_keep_their_order(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) is (one.astimezone(UTC) < other.astimezone(UTC))
    assert (micros(one) == micros(other)) is (one.astimezone(UTC) == other.astimezone(UTC))


def test_the_two_ways_through_a_repeated_hour_are_two_instants() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert micros(first + timedelta(hours=1)) - micros(first) == 3_600_000_000


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        micros(datetime(2026, 3, 2))


async def test_a_naive_time_never_reaches_a_table(units: Units) -> None:
    with pytest.raises(StatementError, match="needs its zone"):
        async with units.write() as session:
            orm_of(session).add(SpaceRow(platform="page", handle="x", name="x", lost_at=datetime(2026, 3, 2)))


async def test_both_databases_give_back_the_very_instant_and_sort_by_it(units: Units) -> None:
    lisbon = timezone(timedelta(hours=1))
    times = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 2, 9, 55, 0, 1, tzinfo=lisbon),
        datetime(2026, 3, 2, 8, 55, 0, 2, tzinfo=UTC),
        datetime(2199, 1, 1, tzinfo=UTC),
    ]
    async with units.write() as session:
        for number, at in enumerate(reversed(times)):
            orm_of(session).add(SpaceRow(platform="page", handle=str(number), name="x", lost_at=at))
    async with units.read() as session:
        stored = list(await orm_of(session).scalars(select(SpaceRow.lost_at).order_by(SpaceRow.lost_at)))
        later = await orm_of(session).scalar(select(SpaceRow.handle).where(SpaceRow.lost_at > times[2]))
    assert stored == times
    assert all(at is not None and at.tzinfo is UTC for at in stored)
    assert later == "0"
