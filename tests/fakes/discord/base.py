"""What the parts of the public interface share."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.discord.composing import Composer
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.rest_channels import ChannelRoutes
from tests.fakes.discord.rest_commands import CommandRoutes
from tests.fakes.discord.rest_guilds import GuildRoutes
from tests.fakes.discord.rest_interactions import InteractionRoutes
from tests.fakes.discord.rest_messages import MessageRoutes
from tests.fakes.discord.scene import Scene
from tests.fakes.discord.service import Service
from tests.fakes.discord.world import Channel, Message, World


class FakeBase:
    """The world, the gateway and the web server of one fake."""

    def __init__(self, token: str) -> None:
        self._changes = asyncio.Event()
        self._world = World()
        self._gateway = Gateway(self._world, token, self._changed)
        self._service = Service(token, self._changed)
        self._scene = Scene(self._world, self._gateway)
        composer = Composer(self._world, lambda: f"http://127.0.0.1:{self._service.port}/attachments")
        channels = ChannelRoutes(self._scene)
        self._commands = CommandRoutes(self._scene)
        self._interactions = InteractionRoutes(self._scene, composer)
        for routes in (
            GuildRoutes(self._scene),
            MessageRoutes(self._scene, channels, composer),
            channels,
            self._commands,
            self._interactions,
        ):
            routes.serve(self._service)
        self._service.plain("/gateway/", self._gateway.serve)

    def id_of(self, handle: str) -> str:
        """The snowflake of a guild, person, role or channel."""
        return self._world.id_of(handle)

    async def until(self, true: Callable[[], Any], *, seconds: float = 5) -> Any:
        """Wait until something is true, looked at after each change, and return it; else AssertionError."""
        given_up = time.monotonic() + seconds
        while True:
            self._changes.clear()
            found = true()
            if found:
                return found
            left = given_up - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not within {seconds} s; complaints: {self._service.complaints}")
            # What a test looks at may lie outside the fake, where no change is told: look again soon.
            try:
                await asyncio.wait_for(self._changes.wait(), min(left, 0.02))
            except TimeoutError:
                continue

    def _changed(self) -> None:
        self._changes.set()

    def _message(self, message: str) -> Message:
        return self._world.messages[message]

    def _channel_of(self, who: str, channel: str) -> Channel:
        if channel == "dm":
            return self._world.direct(self._world.user(who))
        return self._world.channel(channel)
