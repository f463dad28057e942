"""The real discord.py, connected to the fake."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl

from tests.fakes.discord import FakeDiscord


class Recorder(discord.Client):
    """A client that keeps what it is told, by the name of the event."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.told: list[tuple[str, tuple[Any, ...]]] = []

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.told.append((event, args))
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds before a new session, as discord.py does for Discord's sake."""

    def received(self, event: str) -> list[Any]:
        """The first argument of each such event."""
        return [args[0] if args else None for name, args in self.told if name == event]


def all_intents() -> discord.Intents:
    intents = discord.Intents.default()
    intents.members = intents.message_content = True
    return intents


@asynccontextmanager
async def connected(
    fake: FakeDiscord, patch: pytest.MonkeyPatch, intents: discord.Intents | None = None
) -> AsyncIterator[Recorder]:
    """A client that is logged in and ready."""
    point_at(fake, patch)
    client = Recorder(intents or all_intents())
    running = asyncio.create_task(client.start(fake.token))
    try:
        await fake.until(client.is_ready)
        yield client
    finally:
        await client.close()
        await asyncio.wait([running], timeout=5)


def point_at(fake: FakeDiscord, patch: pytest.MonkeyPatch) -> None:
    """Let discord.py take the fake for Discord."""
    patch.setattr(discord.http.Route, "BASE", fake.api_url)
    patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))


async def register(client: Recorder, tree: list[dict[str, Any]]) -> None:
    """Put a tree of commands."""
    route = discord.http.Route("PUT", "/applications/{id}/commands", id=client.application_id)
    await client.http.request(route, json=tree)


Answer = Callable[["discord.Interaction[Recorder]"], Any]


def answers(client: Recorder, answer: Answer) -> None:
    """Let every interaction be answered so."""

    async def on_interaction(interaction: "discord.Interaction[Recorder]") -> None:
        await answer(interaction)

    client.event(on_interaction)
