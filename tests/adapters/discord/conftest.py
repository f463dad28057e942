"""A Discord server with the adapter connected to it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.standing import Standing, standing


@pytest.fixture
async def unstarted() -> AsyncIterator[Standing]:
    """Everything arranged, nothing connected."""
    async with standing() as server:
        yield server


@pytest.fixture
async def server(unstarted: Standing) -> Standing:
    """Connected, and the server taken in."""
    await unstarted.start()
    return unstarted
