"""A begun community whose rhythms can be tried."""

import pytest

from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.rhythm.steps import begun
from tests.testbed import Testbed


@pytest.fixture
async def bed(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    """It is Monday 2 March 2026, 08:55 in Lisbon; ines coordinates."""
    return await begun(sqlite_units, clock)


@pytest.fixture
async def either(units: Units, clock: VirtualClock) -> Testbed:
    """The same, once on each database."""
    return await begun(units, clock)
