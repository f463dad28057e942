"""A begun community on both databases, and on one for what no database changes."""

import pytest

from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.mentoring.steps import begun
from tests.testbed import Testbed


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A begun community, on both databases."""
    return await begun(units, clock)


@pytest.fixture
async def quick(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """The same on one database: for words and times."""
    return await begun(sqlite_units, clock)
