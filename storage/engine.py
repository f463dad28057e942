"""Engines for both databases, configured so that concurrent writers neither lose updates nor starve."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, StaticPool

BUSY_TIMEOUT_MS = 50
"""How long SQLite itself waits for a writer in another process when it would keep the event loop waiting."""
BUSY_PAUSE = 0.02
"""Seconds between attempts to begin while another process writes."""
WAIT_FOR_WRITER = 10.0
"""Seconds until a unit gives up because another process writes."""

READ_ONLY = "tertulia_read_only"
"""The execution option of a connection that only reads, and so never waits for the writer."""


def is_sqlite(url: str | URL) -> bool:
    """Whether a database URL is that of an SQLite file, or of memory."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str | URL) -> Path | None:
    """The file of an SQLite URL; None for memory or another database."""
    parsed = make_url(url)
    if not is_sqlite(parsed) or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def open_engine(
    url: str | URL, *, on_loop_thread: bool = False, durable: bool = True, for_import: bool = False
) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///file` or `postgresql+psycopg://…`.

    `on_loop_thread` runs SQLite in the event loop's own thread: switching threads costs more than most of our
    statements. `durable=False` gives up surviving a power cut, for databases that are thrown away.

    `for_import` turns the checks of foreign keys off: an import only refers to rows that it has just looked
    up, and the checks cost a quarter of its time. Nothing may be deleted through such an engine. It syncs at
    checkpoints only, so after a power cut the file is intact, and importing again adds what is missing.
    """
    parsed = make_url(url)
    if not is_sqlite(parsed):
        return create_async_engine(parsed, pool_size=10, pool_pre_ping=True, hide_parameters=True)
    # isolation_level None: otherwise the driver begins transactions itself, and never IMMEDIATE ones.
    # hide_parameters: otherwise the log of a failed statement would contain what people wrote.
    options: dict[str, Any] = {"connect_args": {"isolation_level": None}, "hide_parameters": True}
    if file_of(parsed) is None:
        options["poolclass"] = StaticPool
    else:
        options |= {"poolclass": AsyncAdaptedQueuePool, "pool_size": 5, "max_overflow": 15}
    if on_loop_thread:
        options["connect_args"]["async_creator_fn"] = _loop_connector(parsed.database or ":memory:")
    engine = create_async_engine(parsed, **options)
    busy_timeout = BUSY_TIMEOUT_MS if on_loop_thread else round(1000 * WAIT_FOR_WRITER)
    _prepare_sqlite(engine, busy_timeout, durable=durable, for_import=for_import)
    return engine


def _refuse_bare(at: datetime) -> str:
    raise TypeError(f"{at} reached SQLite as it is: name its type, as in literal(at, Instant())")


# Python's own adapter would silently store text instead of microseconds.
sqlite3.register_adapter(datetime, _refuse_bare)


def _prepare_sqlite(engine: AsyncEngine, busy_timeout: int, *, durable: bool, for_import: bool) -> None:
    """Set SQLite up as trials showed to lose no update: autocommit in the driver, WAL, BEGIN IMMEDIATE to
    write.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"foreign_keys={'OFF' if for_import else 'ON'}",
            f"busy_timeout={busy_timeout}",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "cache_size=-16000",
            *(("wal_autocheckpoint=16000", "synchronous=NORMAL") if for_import else ()),
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


# SQLite in the loop's own thread ------------------------------------------------------------------


def _loop_connector(database: str) -> Callable[..., Awaitable[Any]]:
    async def connect(*_: object, **__: object) -> Any:
        return _LoopConnection(sqlite3.connect(database, isolation_level=None, check_same_thread=False))

    return connect


class _LoopCursor:
    """A cursor with aiosqlite's interface that works synchronously; only for other processes it waits."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, operation: str, parameters: Any = ()) -> "_LoopCursor":
        until = asyncio.get_running_loop().time() + WAIT_FOR_WRITER
        while True:
            try:
                self._cursor.execute(operation, parameters)
            except sqlite3.OperationalError as error:
                # A transaction that has begun is never busy, so nothing of it is repeated.
                is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY and operation.startswith("BEGIN")
                if not is_busy or asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(BUSY_PAUSE)
            else:
                return self

    async def executemany(self, operation: str, parameters: Any) -> "_LoopCursor":
        self._cursor.executemany(operation, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def close(self) -> None:
        self._cursor.close()


class _LoopConnection:
    """A connection with aiosqlite's interface that works synchronously."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection = connection

    def cursor(self) -> _LoopCursor:
        return _LoopCursor(self._connection.cursor())

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._connection.create_function(*arguments, **options)

    async def rollback(self) -> None:
        self._connection.rollback()

    async def commit(self) -> None:
        self._connection.commit()

    async def close(self) -> None:
        self._connection.close()

    def stop(self) -> None:
        self._connection.close()
