"""Rooms run on both databases; SQLite in the loop's own thread: hops between threads are most of its cost."""

from collections.abc import AsyncIterator

import pytest

from storage.engine import open_engine
from storage.unit import Units


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    opened = Units(open_engine(database_url, on_loop_thread=True, durable=False))
    yield opened
    await opened.close()
