"""Writing many rows of the diary at once, on each database by its fastest way."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import micros
from storage.diary.tables import DiaryState
from storage.diary.values import Entry, HistoryEntry

_TRUTHS = frozenset({"reply", "question"})
_TOGETHER = 100
"""The number of rows in one statement of SQLite."""
_PG_TYPES = dict.fromkeys(("community_id", "at", "channel_id", "author_id"), "bigint") | {
    "state": "smallint",
    "reply": "integer",
    "question": "integer",
    "links": "integer",
    "reactions": "integer",
}


async def store(session: AsyncSession, space: int, entries: Sequence[Entry], at: datetime) -> int:
    """Write the rows that are not there yet; returns their number."""
    if session.get_bind().dialect.name == "postgresql":
        # Sorted: two processes that write the same keys in different orders would wait for each other.
        return await _insert_arrays(session, space, _FULL_ARRAYS, sorted(entries, key=attrgetter("key")), at)
    return await _insert_each(session, space, Entry._fields, _FULL, entries, at)


async def store_past(
    session: AsyncSession, space: int, messages: Sequence[HistoryEntry], at: datetime
) -> int:
    """The same for messages of the past."""
    if session.get_bind().dialect.name == "postgresql":
        return await _insert_arrays(session, space, _PAST_ARRAYS, messages, at)
    return await _insert_each(session, space, HistoryEntry._fields, _PAST, messages, at)


async def _insert_each(
    session: AsyncSession,
    space: int,
    fields: Sequence[str],
    constant: dict[str, str],
    rows: Sequence[tuple[object, ...]],
    at: datetime,
) -> int:
    connection = await session.connection()
    before = (await connection.exec_driver_sql("SELECT total_changes()")).scalar_one()
    whole = len(rows) - len(rows) % _TOGETHER
    # One call for many statements with many rows each: single rows take a quarter longer.
    together = [tuple(chain.from_iterable(rows[n : n + _TOGETHER])) for n in range(0, whole, _TOGETHER)]
    for values, count in ((together, _TOGETHER), (list(rows[whole:]), 1)):
        if values:
            statement = _each(fields, constant, (space, micros(at)), count)
            await connection.exec_driver_sql(statement, values)
    after = (await connection.exec_driver_sql("SELECT total_changes()")).scalar_one()
    return int(after - before)


async def _insert_arrays(
    session: AsyncSession, space: int, statement: str, rows: Sequence[tuple[object, ...]], at: datetime
) -> int:
    connection = await session.connection()
    stored = 0
    for start in range(0, len(rows), 5000):
        columns = list(zip(*rows[start : start + 5000], strict=True))
        parameters = (space, micros(at), *(list(column) for column in columns))
        stored += (await connection.exec_driver_sql(statement, parameters)).scalar_one()
    return stored


def _each(fields: Sequence[str], constant: dict[str, str], head: tuple[int, int], rows: int) -> str:
    """SQLite's statement for a number of rows. Space and storing time are in its text."""
    names = ("space_id", "stored_at", *fields, *constant)
    values = ",".join((*map(str, head), *("?" for _ in fields), *constant.values()))
    return (
        f"INSERT INTO diary ({','.join(names)}) VALUES {','.join([f'({values})'] * rows)} "  # noqa: S608  # our own column names
        "ON CONFLICT DO NOTHING"
    )


def _arrays(fields: Sequence[str], constant: dict[str, str]) -> str:
    """PostgreSQL's statement for any number of rows, whose parameters are arrays, one per column."""
    names = ("space_id", "stored_at", *fields, *constant)
    values = ",".join(
        ("%s", "%s", *(f"{name} = 1" if name in _TRUTHS else name for name in fields), *constant.values())
    )
    arrays = ",".join(f"%s::{_PG_TYPES.get(name, 'text')}[]" for name in fields)
    return (
        f"WITH stored AS (INSERT INTO diary ({','.join(names)}) "  # noqa: S608  # our own column names
        f"SELECT {values} FROM unnest({arrays}) AS page({','.join(fields)}) "
        "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM stored"
    )


_FULL = {"tries": "0"}
_FULL_ARRAYS = _arrays(Entry._fields, _FULL)
_PAST = {"kind": "'posted'", "state": str(DiaryState.DIGESTED.value), "tries": "0"}
"""The constant columns of messages of the past. `body` is omitted: binding NULL costs SQLite's driver more
than binding a number.
"""
_PAST_ARRAYS = _arrays(HistoryEntry._fields, _PAST)
