"""A Discord in one process: REST and gateway on loopback, people who act, and faults on demand.

    async with FakeDiscord() as discord:
        discord.add_guild("workshop", "The Workshop", owner="ana")
        discord.add_channel("general", "general")
        ...                                             # start the real discord.py against it
        await discord.connected()
        discord.write("ana", "general", "hello")
        exchange = await discord.slash("ana", "general", "cop share", {"url": "https://example.org"})
        assert discord.complaints == []

People, channels, roles and guilds have handles of the test's choosing; wherever one is named, its snowflake
(a string of digits) does as well, and `id_of(handle)` tells it. Threads and messages have ids only. What is
named without a guild belongs to the guild that was added first; `dm` as a channel is the conversation of
the person who acts with the bot.

What people do (`write`, `join` …) happens at once and is on its way when the call returns. Interactions are
awaited: they return when the bot has answered or deferred, or after `patience` seconds when it has not.
Nothing is ever waited for by sleeping: `until(…)` looks again whenever something has changed.
"""

from types import TracebackType
from typing import Self

from tests.fakes.discord.acting import Acting
from tests.fakes.discord.exchange import Callback, Exchange
from tests.fakes.discord.looking import Looking
from tests.fakes.discord.modal import Field, Modal
from tests.fakes.discord.service import ApiCall, Complaint
from tests.fakes.discord.trouble import Trouble
from tests.fakes.discord.using import Using
from tests.fakes.discord.world import Channel, Message

__all__ = [
    "ApiCall",
    "Callback",
    "Channel",
    "Complaint",
    "Exchange",
    "FakeDiscord",
    "Field",
    "Message",
    "Modal",
]


class FakeDiscord(Acting, Using, Looking, Trouble):
    """The service, its people and its faults. Use as an async context manager."""

    def __init__(self, *, token: str = "MTA.fake.discord-token") -> None:
        super().__init__(token)
        self.token = token
        """The only one that is accepted."""

    async def __aenter__(self) -> Self:
        await self._service.start()
        self._gateway.url = self.gateway_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._gateway.close()
        await self._service.stop()

    @property
    def api_url(self) -> str:
        """For `Route.BASE`: `http://127.0.0.1:PORT/api/v10`."""
        return f"http://127.0.0.1:{self._service.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """For `DEFAULT_GATEWAY`: `ws://127.0.0.1:PORT/gateway/`."""
        return f"ws://127.0.0.1:{self._service.port}/gateway/"

    @property
    def bot(self) -> str:
        """The id of the bot, which is the application's too. Its handle is `bot`."""
        return self._world.bot.id

    async def connected(self, seconds: float = 10) -> None:
        """Wait until the bot has a session and a connection."""
        await self.until(lambda: self._gateway.live, seconds=seconds)
