"""Snapshots of communities that have lived a while: built once in a process, and copied from then on.

A function that builds a testbed is decorated with `remembered`. Called again with equal arguments on a fresh
database of the same kind, it returns a testbed with the same rows, the same posts and the same time, and a
dispatcher that has just started: as after a restart of the bot.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from sqlalchemy import URL

from facilitation.core.features.feature import Feature
from facilitation.core.values.clock import VirtualClock
from storage.engine import file_of
from storage.unit import Units
from tests import postgresql

if TYPE_CHECKING:
    from tests.testbed import Testbed

Build = TypeVar("Build", bound=Callable[..., Coroutine[Any, Any, "Testbed"]])


def remembered(build: Build) -> Build:
    """Build from units, a clock and equal arguments once; copy what came of it from then on."""

    @wraps(build)
    async def built(units: Units, clock: VirtualClock, *args: Any, **options: Any) -> "Testbed":
        arguments = (build.__module__, build.__qualname__, args, sorted(options.items()))
        key = _key(units, clock, arguments)
        if key in _snapshots:
            again = _snapshots[key].bed.assemble
            assert again is not None, "it was put together by hand"
            bed = again(units, clock)
            _snapshots[key].restore(bed)
            return bed
        bed = await build(units, clock, *args, **options)
        if key is not None:
            _snapshots[key] = _Snapshot.of(bed, arguments)
        return bed

    return cast(Build, built)


async def once(bed: "Testbed", arguments: object, live: Callable[[], Awaitable[None]]) -> None:
    """Let something happen to a testbed, or copy what came of it before with the same arguments."""
    key = _key(bed.units, bed.clock, arguments)
    if key in _snapshots:
        _snapshots[key].restore(bed)
        return
    await live()
    if key is not None:
        _snapshots[key] = _Snapshot.of(bed, arguments)


def _key(units: Units, clock: VirtualClock, arguments: object) -> Hashable | None:
    """What a snapshot is found by; None where there can be none.

    That is so if an argument cannot be compared (a dictionary, a lambda), or if the database has a community.
    """
    compared = _comparable(arguments)
    is_usable = compared is not None and _is_fresh(units.engine.url)
    return (units.engine.dialect.name, clock.now(), compared) if is_usable else None


def _comparable(value: object) -> Hashable | None:
    if isinstance(value, Feature):
        return id(value)  # the snapshot keeps it alive
    if isinstance(value, tuple | list):
        parts = [_comparable(part) for part in value]
        return None if None in parts else tuple(parts)
    if value is None:
        return "None"
    return None if callable(value) or not isinstance(value, Hashable) else (type(value), value)


@dataclass(frozen=True)
class _Snapshot:
    """All that outlives a process: the database, what the platform shows, and the time."""

    bed: "Testbed"
    at: datetime
    rows: "_Rows"
    arguments: object
    """Features among them are compared by identity, so they have to stay alive."""

    @classmethod
    def of(cls, bed: "Testbed", arguments: object) -> Self:
        kept = copy(bed)
        kept.surface = bed.surface.copied(bed.clock)
        return cls(kept, bed.clock.now(), _rows_of(bed.units.engine.url), arguments)

    def restore(self, bed: "Testbed") -> None:
        """Bring a fresh testbed to the same state."""
        bed.clock.move_to(self.at)
        self.rows.restore(bed.units.engine.url)
        bed.continue_from(self.bed)


_snapshots: dict[Hashable, _Snapshot] = {}


# Rows ------------------------------------------------------------------------------------------------


class _Rows(Protocol):
    """Everything that a database holds."""

    def restore(self, url: URL) -> None:
        """Put it into a database with the same tables and nothing in them."""


def _rows_of(url: URL) -> _Rows:
    return _PostgresRows(url) if file_of(url) is None else _SqliteRows(url)


def _is_fresh(url: URL) -> bool:
    """Whether no community lives in a database yet."""
    query = "SELECT count(*) FROM community"
    if file_of(url) is None:
        return postgresql.connected(url).execute(query).fetchone() == (0,)
    with closing(_opened(url)) as database:
        return bool(database.execute(query).fetchone() == (0,))


def _opened(url: URL) -> sqlite3.Connection:
    return sqlite3.connect(str(file_of(url)))


class _SqliteRows:
    """A copy of the file in memory."""

    def __init__(self, url: URL) -> None:
        self._copy = sqlite3.connect(":memory:")
        with closing(_opened(url)) as database:
            database.backup(self._copy)

    def restore(self, url: URL) -> None:
        with closing(_opened(url)) as database:
            self._copy.backup(database)


class _PostgresRows:
    """What COPY writes of each table that has rows, and where the sequences stand."""

    def __init__(self, url: URL) -> None:
        connection = postgresql.connected(url)
        self._tables = {}
        for table in postgresql.tables(connection):
            if connection.execute(f'SELECT 1 FROM "{table}" LIMIT 1'.encode()).fetchone():
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)'.encode()) as out:
                    self._tables[table] = b"".join(map(bytes, out))
        self._sequences = postgresql.sequences(connection)

    def restore(self, url: URL) -> None:
        connection = postgresql.connected(url)
        with connection.transaction():
            # Foreign keys are believed: the rows come in no particular order.
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self._tables.items():
                with connection.cursor().copy(f'COPY "{table}" FROM STDIN (FORMAT binary)'.encode()) as into:
                    into.write(rows)
            for sequence, last in self._sequences.items():
                if last is not None:
                    connection.execute("SELECT setval(%s, %s)", (sequence, last))
