"""The harnesses of the contract suite: one per adapter."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.adapters.contract.harness import Harness
from tests.adapters.discord.harness import discord_harness
from tests.adapters.slack.harness import slack_harness
from tests.adapters.web.harness import page_harness

HARNESSES: dict[str, Callable[[], AbstractAsyncContextManager[Harness]]] = {
    "page": page_harness,
    "discord": discord_harness,
    "slack": slack_harness,
}


@pytest.fixture(params=HARNESSES)
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
    """Each platform in turn, newly started."""
    async with HARNESSES[request.param]() as harness:
        yield harness
