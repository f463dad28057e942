"""Rooms run on both databases; SQLite in the loop's own thread: hops between threads are most of its cost."""

from collections.abc import AsyncIterator

import pytest

from storage.unit import Units
from tests.conftest import units_on


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    async with units_on(database_url, on_loop_thread=True) as opened:
        yield opened
