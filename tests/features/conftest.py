"""Features run on SQLite, in the loop's own thread: hops between threads are most of its cost.

On PostgreSQL a part of their tests runs each time, and the others in `make endurance`: see tests/samples.py.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.unit import Units
from tests.conftest import units_on
from tests.samples import is_in_sample

HERE = Path(__file__).parent


@pytest.fixture
async def units(database_url: str) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    async with units_on(database_url, on_loop_thread=True) as opened:
        yield opened


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is not in the sample to `make endurance`."""
    for item in items:
        is_on_postgresql = "postgresql" in item.name and item.path.is_relative_to(HERE)
        if is_on_postgresql and not is_in_sample(item.nodeid):
            item.add_marker(pytest.mark.endurance)
