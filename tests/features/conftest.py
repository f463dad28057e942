"""Rooms run on SQLite, in the loop's own thread: hops between threads are most of its cost.

On PostgreSQL, which takes twice as long, every third of their tests runs each time, and the others with
`make endurance`: what is particular to a database is in the cellars, whose own tests all run on both.
"""

import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.unit import Units
from tests.conftest import units_on

HERE = Path(__file__).parent
SHARE = 3


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    async with units_on(database_url, on_loop_thread=True) as opened:
        yield opened


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same third every time, so that a failure comes again."""
    for item in items:
        is_on_postgresql = "postgresql" in item.name and item.path.is_relative_to(HERE)
        if is_on_postgresql and zlib.crc32(item.nodeid.encode()) % SHARE:
            item.add_marker(pytest.mark.endurance)
