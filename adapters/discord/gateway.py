"""The connection: discord.py's client, with our ears and without its memory of messages."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.dynamic_items import CardComponent, FormStepButton
from adapters.discord.events import EventReader
from adapters.discord.interactions import Interactions

LONGEST_WAIT = 5.0
"""Seconds for which the library waits by itself when Discord limits a route; beyond, the courier does."""

log = structlog.get_logger(__name__)


def set_addresses(api_url: str, gateway_url: str) -> None:
    """Speak to Discord at these addresses; the library knows them as attributes of two classes."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def intents(*, message_content: bool) -> discord.Intents:
    """The least with which the bot hears what it should; `members` and `message_content` are privileged."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.members = True
    wanted.guild_messages = wanted.guild_reactions = True
    wanted.message_content = message_content
    return wanted


class ConnectionListener(Protocol):
    """What the client tells about its connection and its servers; the platform is one."""

    def up(self) -> None:
        """The gateway is heard."""
        ...

    def down(self) -> None:
        """The gateway is not heard."""
        ...

    def there(self, guild: discord.Guild) -> None:
        """A server is there, for the first time or again."""
        ...

    def away(self, guild: discord.Guild) -> None:
        """A server has an outage."""
        ...

    def shifted(self, guild: discord.Guild) -> None:
        """Who is where has changed in a server."""
        ...

    def gone(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        ...


class Client(discord.Client):
    """Hears events and hands them on. `taken_in` is called for each server that is there, or there again."""

    interactions: Interactions
    inbound: EventReader

    def __init__(self, listener: ConnectionListener) -> None:
        # Nobody here talks: the library need not warn of what it lacks for that.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        # The library keeps this object and reads it when it greets the gateway.
        self._asked_for = intents(message_content=False)
        super().__init__(
            intents=self._asked_for,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        # The constructor allows no less than 30 seconds, in which a courier's other lanes would wait too.
        self.http.max_ratelimit_timeout = LONGEST_WAIT
        self.add_dynamic_items(CardComponent, FormStepButton)
        self._listener = listener

    def greet_with(self, wanted: discord.Intents) -> None:
        """Ask the gateway for these intents; to be said before it is connected."""
        self._asked_for.value = wanted.value

    # The connection ----------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        self._listener.up()

    async def on_resumed(self) -> None:
        self._listener.up()

    async def on_disconnect(self) -> None:
        self._listener.down()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A fault while an event was handled; the library calls this where it caught it."""
        log.error("event not handled", handler=event_method, exc_info=True)  # noqa: LOG014  # it is in one

    # Servers -----------------------------------------------------------------------------------------

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._listener.there(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._listener.there(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._listener.away(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._listener.gone(guild)
        await self.inbound.lost(guild.id)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self.inbound.channel(channel)
        self._listener.shifted(channel.guild)

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        await self.inbound.channel_updated(before, after)
        self._listener.shifted(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.inbound.channel_removed(channel)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self.inbound.rights_changed(after.guild)
            self._listener.shifted(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self.inbound.rights_changed(role.guild)
        self._listener.shifted(role.guild)

    # People ------------------------------------------------------------------------------------------

    async def on_member_join(self, member: discord.Member) -> None:
        await self.inbound.joined(member)
        self._listener.shifted(member.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if self.user is not None and after.id == self.user.id:
            await self.inbound.rights_changed(after.guild)
        await self.inbound.changed(before, after)
        if before.roles != after.roles or before.pending != after.pending:
            self._listener.shifted(after.guild)

    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        for guild in after.mutual_guilds:
            member = guild.get_member(after.id)
            if member is not None:
                await self.inbound.changed(member, member)

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        await self.inbound.left(event.guild_id, event.user.id)

    # Messages ----------------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        await self.inbound.wrote(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        await self.inbound.edited(event)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self.inbound.deleted(event.guild_id, event.channel_id, event.message_id)

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await self.inbound.deleted(event.guild_id, event.channel_id, *event.message_ids)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self.inbound.reacted(event, added=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self.inbound.reacted(event, added=False)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self.interactions.came(interaction)


class BackgroundTasks:
    """Work in the background: held until it is done, its faults logged."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, Any], what: str) -> asyncio.Task[Any]:
        """Do something beside everything else."""
        task = asyncio.create_task(work, name=what)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def stop(self) -> None:
        """Leave all of it: nothing here sends a message."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("failed in the background", what=task.get_name(), exc_info=error)
