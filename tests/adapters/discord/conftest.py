"""A Discord server with the adapter connected to it."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.connected_server import ConnectedServer, connected_server


@pytest.fixture
async def unstarted() -> AsyncIterator[ConnectedServer]:
    """Everything is set up, nothing connected."""
    async with connected_server() as server:
        yield server


@pytest.fixture
async def server(unstarted: ConnectedServer) -> ConnectedServer:
    """Connected, and the server synced."""
    await unstarted.start()
    return unstarted
