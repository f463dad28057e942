"""The core is tried on both databases, SQLite in the loop’s own thread: as rehearsals do, and quicker."""

from collections.abc import AsyncIterator

import pytest

from storage.unit import Units
from tests.conftest import units_on


@pytest.fixture(params=["sqlite", "postgresql"])
async def units(request: pytest.FixtureRequest) -> AsyncIterator[Units]:
    """Units of work on a fresh, migrated, empty database, once of each kind."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    async with units_on(url, on_loop_thread=request.param == "sqlite") as opened:
        yield opened


only_sqlite = pytest.mark.parametrize("units", ["sqlite"], indirect=True)
"""For what asks the database nothing that other tests do not ask on both."""
