"""What every test can ask for: both databases, fresh and migrated, and a clock that stands still."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import structlog
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from facilitation.core.values.clock import VirtualClock
from storage.engine import open_engine
from storage.migration import upgrade
from storage.unit import Units
from tests import postgresql
from tests.sqlite import empty_database

NOW = datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
"""A Monday morning, five to nine."""

# Errors that tests provoke are logged in one line each: drawing a traceback takes a second.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ]
)
os.environ.setdefault(postgresql.RUN, f"{os.getpid()}-{uuid.uuid4().hex[:8]}")  # pytest's workers inherit it


def pytest_configure(config: pytest.Config) -> None:
    """Keep pytest-alembic from collecting by itself, which fails under pytest 9.2.

    It expects a node to keep its id in `_nodeid`. Its checks run in tests/storage/test_migrations.py instead.
    """
    config.option.pytest_alembic_tests_path = "none"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait: one of pytest's processes waits with them while the others compute."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at NOW until a test moves it."""
    return VirtualClock(NOW)


# SQLite ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for every test of a process, so that its engine can be kept."""
    return tmp_path_factory.mktemp("sqlite") / "fresh"


@pytest.fixture
def sqlite_url(sqlite_folder: Path) -> str:
    """The address of a fresh, migrated SQLite file, alone in its folder."""
    shutil.rmtree(sqlite_folder, ignore_errors=True)
    sqlite_folder.mkdir()
    path = sqlite_folder / "tertulia.db"
    path.write_bytes(empty_database())
    return f"sqlite+aiosqlite:///{path}"


# PostgreSQL ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the server's own database; the test skips, with the reason, where it cannot run."""
    try:
        server = postgresql.address()
    except postgresql.NoServer as reason:
        pytest.skip(f"PostgreSQL cannot run here: {reason}")
    yield server
    postgresql.disconnect(server)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[tuple[str, bytes]]:
    """A migrated database for this process, and the statements that empty it."""
    with _database(postgres_server) as url:
        upgrade(url, NOW)
        connection = postgresql.connected(url)
        emptied = "".join(f'DELETE FROM "{table}";' for table in postgresql.tables(connection))
        restarted = "".join(
            f"SELECT setval('{name}', 1, false);" for name in postgresql.sequences(connection)
        )
        yield url, f"SET LOCAL session_replication_role = replica; {emptied} {restarted}".encode()


@pytest.fixture
def postgres_url(postgres_database: tuple[str, bytes]) -> str:
    """The address of a migrated, empty PostgreSQL database; no test is connected to it."""
    # Emptied and not made anew: that takes 2 ms instead of 200.
    url, emptying = postgres_database
    others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    connection = postgresql.connected(url)
    connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM {others}".encode())
    with connection.transaction():
        connection.execute(emptying)
    return url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    with _database(postgres_server) as url:
        yield url


@contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of its own, dropped in the end."""
    name = f"test_{uuid.uuid4().hex}"
    postgresql.connected(server).execute(f"CREATE DATABASE {name}".encode())
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    yield url
    postgresql.disconnect(url)
    postgresql.connected(server).execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


# Both ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database, once of each kind."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    async with units_on(database_url) as opened:
        yield opened


@pytest.fixture
async def sqlite_units(sqlite_url: str) -> AsyncIterator[Units]:
    """Units of work on SQLite in the loop's own thread: for tests that are not about databases."""
    async with units_on(sqlite_url, on_loop_thread=True) as opened:
        yield opened


@cache
def _engine(url: str, *, on_loop_thread: bool) -> AsyncEngine:
    return open_engine(url, on_loop_thread=on_loop_thread, durable=False)


@asynccontextmanager
async def units_on(url: str, *, on_loop_thread: bool = False) -> AsyncIterator[Units]:
    """Units of work on an engine that is kept: it remembers its statements, which take longer to compose
    than to execute.
    """
    opened = Units(_engine(url, on_loop_thread=on_loop_thread))
    yield opened
    await opened.close()
