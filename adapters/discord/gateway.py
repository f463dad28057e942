"""The connection to Discord: discord.py's client without its message cache."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, Protocol

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.dynamic_items import CardComponent, FormStepButton
from adapters.discord.events import EventReader
from adapters.discord.interactions import Interactions

REQUESTS_PER_SECOND = 49
"""Discord allows a bot 50 in all."""
EXEMPT = frozenset({"interactions", "webhooks"})
"""Parts of the addresses at which interactions are answered."""
REQUEST_TIMEOUT = 30
"""Seconds until one request is given up."""
MAX_LIBRARY_WAIT = 5.0
"""Seconds that discord.py itself waits for a rate limit; beyond that, the courier waits."""

log = structlog.get_logger(__name__)


def set_addresses(api_url: str, gateway_url: str) -> None:
    """Set the addresses of Discord; discord.py keeps them in class attributes, so all clients share them."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def intents(*, message_content: bool) -> discord.Intents:
    """The intents that are needed; `members` and `message_content` are privileged."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.members = True
    wanted.guild_messages = wanted.guild_reactions = True
    wanted.message_content = message_content
    return wanted


class ConnectionListener(Protocol):
    """Receives changes of the connection and of servers; implemented by the platform."""

    def connected(self) -> None:
        """The gateway is connected."""
        ...

    def disconnected(self) -> None:
        """The gateway is disconnected."""
        ...

    def guild_available(self, guild: discord.Guild) -> None:
        """A server is available, for the first time or again."""
        ...

    def guild_unavailable(self, guild: discord.Guild) -> None:
        """A server has an outage."""
        ...

    def guild_changed(self, guild: discord.Guild) -> None:
        """Members of a server or of its channels may have changed."""
        ...

    def guild_removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        ...


class RequestPacer:
    """Spaces out the requests of one bot, retries included: discord.py itself waits only once it is refused.

    Answers to interactions are exempt, since they do not count towards the limit of all requests.
    """

    def __init__(self) -> None:
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._wait_for_turn)
        self._next_at = 0.0

    async def _wait_for_turn(
        self, session: aiohttp.ClientSession, context: object, started: aiohttp.TraceRequestStartParams
    ) -> None:
        if any(part in EXEMPT for part in started.url.parts):
            return
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._next_at)
        self._next_at = at + 1 / REQUESTS_PER_SECOND
        await asyncio.sleep(at - loop.time())


class Client(discord.Client):
    """Passes on events, interactions, and changes of servers."""

    interactions: Interactions
    events: EventReader

    def __init__(self, listener: ConnectionListener) -> None:
        # The bot has no voice, so discord.py need not warn of missing voice libraries.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        # discord.py keeps this object and reads it when it identifies at the gateway.
        self._requested_intents = intents(message_content=False)
        super().__init__(
            intents=self._requested_intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            http_trace=RequestPacer().trace,
        )
        # The constructor accepts no less than 30 seconds, which would delay all lanes of the courier.
        self.http.max_ratelimit_timeout = MAX_LIBRARY_WAIT
        # A timeout of aiohttp is an error like others. Cancelling a request from outside would leave the
        # library's lock locked for good if it waits for a global limit.
        self.http.request = partial(  # type: ignore[method-assign]
            self.http.request, timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT)
        )
        self.add_dynamic_items(CardComponent, FormStepButton)
        self._listener = listener

    def request_intents(self, wanted: discord.Intents) -> None:
        """Set the intents to identify with; call it before connecting."""
        self._requested_intents.value = wanted.value

    # The connection ----------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        self._listener.connected()

    async def on_resumed(self) -> None:
        self._listener.connected()

    async def on_disconnect(self) -> None:
        self._listener.disconnected()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log an exception in an event handler; discord.py calls this in its except block."""
        log.error("event not handled", handler=event_method, exc_info=True)  # noqa: LOG014  # it is in one

    # Servers -----------------------------------------------------------------------------------------

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._listener.guild_available(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._listener.guild_available(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._listener.guild_unavailable(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._listener.guild_removed(guild)
        await self.events.guild_removed(guild.id)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self.events.sync_channel(channel)
        self._listener.guild_changed(channel.guild)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        await self.events.channel_updated(before, after)
        self._listener.guild_changed(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.events.channel_removed(channel)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self.events.permissions_changed(after.guild)
            self._listener.guild_changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self.events.permissions_changed(role.guild)
        self._listener.guild_changed(role.guild)

    # People ------------------------------------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        await self.events.member_joined(member)
        self._listener.guild_changed(member.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if self.user is not None and after.id == self.user.id:
            await self.events.permissions_changed(after.guild)
        await self.events.member_updated(before, after)
        if before.roles != after.roles or before.pending != after.pending:
            self._listener.guild_changed(after.guild)

    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        for guild in after.mutual_guilds:
            member = guild.get_member(after.id)
            if member is not None:
                await self.events.member_updated(member, member)

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        await self.events.member_removed(event.guild_id, event.user.id)

    # Messages ----------------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        await self.events.message_created(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        await self.events.message_edited(event)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self.events.messages_deleted(event.guild_id, event.channel_id, event.message_id)

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await self.events.messages_deleted(event.guild_id, event.channel_id, *event.message_ids)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self.events.reaction_changed(event, added=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self.events.reaction_changed(event, added=False)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self.interactions.dispatch(interaction)


class BackgroundTasks:
    """Keeps references to background tasks until they are done, and logs their exceptions."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], what: str) -> asyncio.Task[Any]:
        """Run a coroutine in the background."""
        task = asyncio.create_task(work, name=what)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def stop(self) -> None:
        """Cancel all tasks; none of them sends messages."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("failed in the background", what=task.get_name(), exc_info=error)
