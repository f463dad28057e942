"""Finds and opens the places that messages go to: channels, threads, direct messages and small groups.

Bots cannot open group DMs, so a small group is a private thread. Its parent is the topmost channel
that all its members see and in which the bot may create private threads. Moderators who may manage threads
there can open it, too.
"""

from typing import Literal

import discord

from adapters.discord.delivery_errors import THREAD_EXISTS, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE
from adapters.discord.limits import HISTORY, THREAD_NAME, shortened
from facilitation.core.platforms.surface import Address, Receipt
from facilitation.core.values.errors import Unreachable

_THREADS_NOT_SUPPORTED = 50024
"""Discord's error code for a type of channel that cannot have threads."""
_ARCHIVE_AFTER: Literal[10080] = 10080
"""Minutes of inactivity after which Discord archives a thread; a message unarchives it."""
_DEFAULT_THREAD_NAME = "Replies"


class Places:
    """The places of one server."""

    def __init__(self, client: discord.Client, guild: int) -> None:
        self._client = client
        self._guild_id = guild

    async def open_place(self, address: Address) -> str:
        """The id of the channel, thread or direct message of an address; it is opened if it does not exist.

        Raises Unreachable and the errors of discord.py.
        """
        match address.kind:
            case "channel":
                return address.handle
            case "thread":
                return await self._thread(address)
            case "direct":
                return await self._direct(address)
            case "group":
                return address.handle or await self._group(address)

    async def candidates(self, address: Address) -> list[str]:
        """The places to which a message for this address may have gone."""
        match address.kind:
            case "channel":
                return [address.handle]
            case "thread":
                is_thread = await self._exists(address.root)
                return [address.root] if is_thread else [address.handle]
            case "direct":
                return [await self._direct(address)]
            case "group":
                if address.handle:
                    return [address.handle]
                return [str(thread.id) for thread in await self._existing_groups(address)]

    def join(self, handle: str) -> Receipt:
        """Check that the bot may read and write in a channel, which it need not join. Raises Unreachable."""
        guild = self._client.get_guild(self._guild_id)
        channel = guild.get_channel(int(handle)) if guild is not None else None
        if guild is None or channel is None:
            raise Unreachable("gone")
        may = channel.permissions_for(guild.me)
        if not (may.view_channel and may.send_messages and may.read_message_history):
            raise Unreachable("forbidden")
        return Receipt(handle, ())

    async def unarchive(self, place: str) -> None:
        """Unarchive a thread. Raises Unreachable if it is locked."""
        found = await self._client.fetch_channel(int(place))
        if not isinstance(found, discord.Thread) or found.locked:
            raise Unreachable("archived")
        await found.edit(archived=False)

    # ------------------------------------------------------------------------------------------------

    async def _direct(self, address: Address) -> str:
        if address.handle:
            return address.handle
        channel = await self._client.create_dm(discord.Object(int(address.people[0])))
        return str(channel.id)

    async def _thread(self, address: Address) -> str:
        """The thread under a message, which has the message's id; inside a thread, the thread itself."""
        parent = self._channel(address.handle)
        if self._channel(address.root) is not None:
            return address.root
        if parent is None or isinstance(parent, discord.Thread):
            return address.handle  # a thread, or a direct message
        channel = self._client.get_partial_messageable(parent.id, guild_id=self._guild_id)
        message = channel.get_partial_message(int(address.root))
        try:
            name = await self._name_of(message) or _DEFAULT_THREAD_NAME
            thread = await message.create_thread(name=name, auto_archive_duration=_ARCHIVE_AFTER)
        except discord.HTTPException as error:
            if error.code in (THREAD_EXISTS, UNKNOWN_MESSAGE):
                return address.root  # the thread is archived, or its message was deleted
            if error.code == _THREADS_NOT_SUPPORTED:
                return address.handle
            raise
        return str(thread.id)

    @staticmethod
    async def _name_of(message: discord.PartialMessage) -> str:
        """The name of a thread: the first words of the message above it."""
        found = await message.fetch()
        lines = [found.content] if found.content else [_first_words(found)]
        words = lines[0].strip().partition("\n")[0].strip("#*-> ").replace("\\", "")
        return shortened(words, THREAD_NAME) if words else ""

    async def _group(self, address: Address) -> str:
        """A private thread with these people; a matching one that is still empty is reused."""
        for thread in await self._existing_groups(address):
            if not thread.message_count:
                await self._add_members(thread, address)
                return str(thread.id)
        channel = self._parent_for(address)
        thread = await channel.create_thread(
            name=self._group_name(address),
            type=discord.ChannelType.private_thread,
            invitable=False,
            auto_archive_duration=_ARCHIVE_AFTER,
        )
        await self._add_members(thread, address)
        return str(thread.id)

    @staticmethod
    async def _add_members(thread: discord.Thread, address: Address) -> None:
        for handle in address.people:
            await thread.add_user(discord.Object(int(handle)))

    async def _existing_groups(self, address: Address) -> list[discord.Thread]:
        """The bot's private threads with the name for this group, the newest first."""
        guild, me = self._client.get_guild(self._guild_id), self._client.user
        if guild is None or me is None:
            raise Unreachable("gone")
        name = self._group_name(address)
        found = [
            thread
            for thread in await guild.active_threads()
            if thread.owner_id == me.id and thread.is_private() and thread.name == name
        ]
        return sorted(found, key=lambda thread: thread.id, reverse=True)[:HISTORY]

    def _group_name(self, address: Address) -> str:
        guild = self._client.get_guild(self._guild_id)
        members = [guild.get_member(int(handle)) if guild else None for handle in address.people]
        names = [member.display_name for member in members if member is not None]
        return shortened(", ".join(names), THREAD_NAME) if names else "A small group"

    def _parent_for(self, address: Address) -> discord.TextChannel:
        guild = self._client.get_guild(self._guild_id)
        if guild is None:
            raise Unreachable("gone")
        people = [guild.get_member(int(handle)) for handle in address.people]
        if None in people:
            raise Unreachable("left")
        for channel in sorted(guild.text_channels, key=lambda one: (one.position, one.id)):
            may = channel.permissions_for(guild.me)
            is_open = may.view_channel and may.create_private_threads and may.send_messages_in_threads
            if is_open and all(one and channel.permissions_for(one).view_channel for one in people):
                return channel
        raise Unreachable("forbidden")

    def _channel(self, handle: str) -> discord.abc.GuildChannel | discord.Thread | None:
        guild = self._client.get_guild(self._guild_id)
        return guild.get_channel_or_thread(int(handle)) if guild and handle.isdigit() else None

    async def _exists(self, handle: str) -> bool:
        if self._channel(handle) is not None:
            return True
        try:
            await self._client.fetch_channel(int(handle))
        except discord.HTTPException as error:
            if error.code == UNKNOWN_CHANNEL:
                return False
            raise
        return True


def _first_words(message: discord.Message) -> str:
    """The first text of a message that is made of components."""
    for component in message.components:
        for child in getattr(component, "children", ()):
            if isinstance(child, discord.TextDisplay):
                return child.content
    return ""
