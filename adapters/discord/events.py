"""Translates the gateway's events.

Raw events are used throughout, and discord.py's message cache is off, so that an edit of an old message is
noticed like one of a new message. An event has the time that Discord gives it, if any: if Discord delivers it
twice, both have the same key. Private threads and direct messages are not passed on.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime
from typing import Any

import discord
import structlog

from adapters.discord.custom_ids import TokenCache
from adapters.discord.markdown import clean
from adapters.discord.roster import READABLE, facts_of, is_private, is_seen, profile_of, space_of
from facilitation.core.platforms.surface import Gateway
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import (
    ChannelChanged,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Profile,
    ReactionAdded,
    ReactionRemoved,
    Roster,
    SpaceLost,
)
from facilitation.core.values.links import find_urls, is_question

REACTIONS_REMEMBERED = 20_000
"""How many reactions are remembered, so that one that is delivered twice counts once."""
RETRY_PAUSES = (1.0, 5.0, 15.0)
"""Seconds between attempts to store an event."""
_TYPES_BY_PEOPLE = (discord.MessageType.default, discord.MessageType.reply)

log = structlog.get_logger(__name__)


class EventReader:
    """Translates events and passes them to the core. The methods are called by `Client`."""

    def __init__(
        self, gateway: Gateway, clock: Clock, client: discord.Client, threads: TokenCache[str]
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._client = client
        self._threads = threads
        self._profiles: dict[tuple[int, int], Profile] = {}
        self._visible_channels: dict[int, discord.abc.GuildChannel] = {}
        self._private_channels: dict[int, frozenset[str]] = {}
        self._reactions: OrderedDict[tuple[int, int, str], bool] = OrderedDict()
        self._pending: set[asyncio.Future[None]] = set()
        self._is_closed = False

    def set_baseline(self, guild: discord.Guild, roster: Roster) -> None:
        """Remember a server as it was synced; from then on, changes are reported."""
        self._private_channels[guild.id] = frozenset(one.handle for one in roster.channels if one.private)
        for member in guild.members:
            self._profiles[guild.id, member.id] = profile_of(member)
        for channel in guild.channels:
            if isinstance(channel, READABLE) and is_seen(channel):
                self._visible_channels[channel.id] = channel

    async def close(self) -> None:
        """Wait until events that were received are stored."""
        self._is_closed = True
        await asyncio.gather(*self._pending, return_exceptions=True)

    # Messages ----------------------------------------------------------------------------------------

    async def message_created(self, message: discord.Message) -> None:
        """A person posted a message in a channel or a public thread."""
        if (
            message.guild is None
            or message.author.bot
            or message.webhook_id
            or message.type not in _TYPES_BY_PEOPLE
        ):
            return
        location = await self._locate(message.guild.id, message.channel.id)
        if location is None:
            return
        place, thread = location
        if thread:
            self._threads.put(thread, str(message.id))
        text = clean(message.content)
        refers_to = str(message.reference.message_id or "") if message.reference is not None else ""
        posted = MessagePosted(
            message.created_at,
            place,
            str(message.id),
            str(message.author.id),
            text,
            thread,
            refers_to,
            reply=bool(refers_to or (thread and thread != str(message.id))),
            links=find_urls(text),
            question=is_question(text),
        )
        await self._report(message.guild.id, posted)

    async def message_edited(self, raw: discord.RawMessageUpdateEvent) -> None:
        """A person edited a message. Discord also reports unfurled links, without a date of edit."""
        message, guild = raw.message, raw.guild_id
        is_by_person = not message.author.bot and not message.webhook_id and message.type in _TYPES_BY_PEOPLE
        if guild is None or message.edited_at is None or not is_by_person or "content" not in raw.data:
            return
        location = await self._locate(guild, raw.channel_id)
        if location is None:
            return
        text, message_id = clean(message.content), str(raw.message_id)
        links, question = find_urls(text), is_question(text)
        await self._report(
            guild, MessageEdited(message.edited_at, location[0], message_id, text, links, question)
        )

    async def messages_deleted(self, guild: int | None, channel: int, *messages: int) -> None:
        """Messages were deleted, one or several at once."""
        location = await self._locate(guild, channel, gone=True) if guild is not None else None
        if guild is None or location is None:
            return
        for message in sorted(messages):
            await self._report(guild, MessageDeleted(self._clock.now(), location[0], str(message)))

    async def reaction_changed(self, raw: discord.RawReactionActionEvent, *, added: bool) -> None:
        """A person added or removed a reaction."""
        guild = self._client.get_guild(raw.guild_id) if raw.guild_id is not None else None
        if guild is None:
            return
        member = raw.member or guild.get_member(raw.user_id)
        if member is None or member.bot:
            return
        emoji = raw.emoji.name or str(raw.emoji.id)
        key = (raw.message_id, raw.user_id, emoji)
        if self._reactions.get(key) is added:
            return  # delivered twice
        self._reactions[key] = added
        self._reactions.move_to_end(key)
        while len(self._reactions) > REACTIONS_REMEMBERED:
            self._reactions.popitem(last=False)
        location = await self._locate(guild.id, raw.channel_id)
        if location is not None:
            kind = ReactionAdded if added else ReactionRemoved
            at, message, who = self._clock.now(), str(raw.message_id), str(raw.user_id)
            await self._report(guild.id, kind(at, location[0], message, who, emoji))

    # People ------------------------------------------------------------------------------------------

    async def member_joined(self, member: discord.Member) -> None:
        """A person joined; one who has not passed screening has not joined yet."""
        if member.pending or self._is_me(member.id):
            return
        at = member.joined_at or self._clock.now()
        await self._report_join(member, at)

    async def member_updated(self, before: discord.Member, after: discord.Member) -> None:
        """A person passed screening, or their name or permissions changed."""
        if after.pending or self._is_me(after.id):
            return
        if before.pending:
            await self._report_join(after, self._clock.now())
        else:
            await self._report_change(after)

    async def member_removed(self, guild: int, who: int) -> None:
        """A person left, was removed or banned."""
        self._profiles.pop((guild, who), None)
        if not self._is_me(who):
            await self._report(guild, MemberLeft(self._clock.now(), str(who)))

    async def permissions_changed(self, guild: discord.Guild) -> None:
        """A role's permissions changed: report changed profiles and channels that it shows or hides."""
        for member in guild.members:
            if not member.pending:
                await self._report_change(member)
        for channel in guild.channels:
            await self.sync_channel(channel)

    # Channels and servers ----------------------------------------------------------------------------

    async def sync_channel(self, channel: discord.abc.GuildChannel, *, changed: bool = False) -> None:
        """Report a channel that became visible or invisible to the bot; with `changed`, any visible one."""
        if not isinstance(channel, READABLE):
            return
        was_seen, sees = channel.id in self._visible_channels, is_seen(channel)
        if sees:
            self._visible_channels[channel.id] = channel
        elif was_seen:
            del self._visible_channels[channel.id]
        if was_seen and not sees:
            event = ChannelChanged(self._clock.now(), facts_of(channel), lost=True)
            await self._report(channel.guild.id, event)
        elif sees and (changed or not was_seen):
            await self._report(channel.guild.id, ChannelChanged(self._clock.now(), facts_of(channel)))

    async def channel_updated(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """A channel was renamed, or other people may see it."""
        is_visible_change = before.name != after.name or is_private(before) != is_private(after)
        await self.sync_channel(after, changed=is_visible_change)

    async def channel_removed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        if self._visible_channels.pop(channel.id, None) is not None:
            facts = facts_of(channel)
            gone = type(facts)(facts.handle, facts.name, facts.private, archived=True, topic=facts.topic)
            await self._report(channel.guild.id, ChannelChanged(self._clock.now(), gone, lost=True))

    async def guild_removed(self, guild: int) -> None:
        """The bot was removed from a server."""
        self._profiles = {key: profile for key, profile in self._profiles.items() if key[0] != guild}
        await self._report(guild, SpaceLost(self._clock.now()))

    # ------------------------------------------------------------------------------------------------

    async def _report(self, guild: int, event: Event) -> None:
        """Store an event. Discord delivers it once, so storing is retried until it succeeds."""
        storing = asyncio.ensure_future(self._store_with_retries(guild, event))
        self._pending.add(storing)
        storing.add_done_callback(self._pending.discard)
        await storing

    async def _store_with_retries(self, guild: int, event: Event) -> None:
        for pause in RETRY_PAUSES:
            try:
                return await self._gateway.receive(space_of(guild), event)
            except Exception as error:
                if self._is_closed:
                    raise
                log.warning("not stored, trying again", kind=type(event).__name__, error=type(error).__name__)
                await asyncio.sleep(pause)
        return await self._gateway.receive(space_of(guild), event)

    async def _report_join(self, member: discord.Member, at: datetime) -> None:
        profile = profile_of(member)
        self._profiles[member.guild.id, member.id] = profile
        await self._report(member.guild.id, MemberJoined(at, profile))

    async def _report_change(self, member: discord.Member) -> None:
        profile = profile_of(member)
        if self._profiles.get((member.guild.id, member.id)) != profile:
            self._profiles[member.guild.id, member.id] = profile
            await self._report(member.guild.id, MemberChanged(self._clock.now(), profile))

    async def _locate(self, guild_id: int, channel_id: int, *, gone: bool = False) -> tuple[str, str] | None:
        """The channel and thread where something happened; None if it is private or cannot be found.

        A private channel is returned only if the last sync reported it as private. With `gone`, which is
        for deletions, any private channel is returned.
        """
        guild = self._client.get_guild(guild_id)
        found: Any = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if found is None:
            try:  # a thread that was archived before the start is in no list
                found = await self._client.fetch_channel(channel_id)
            except discord.DiscordException:
                return None
        is_thread = isinstance(found, discord.Thread)
        channel = found.parent if is_thread else found
        if not isinstance(channel, READABLE) or (is_thread and found.is_private()):
            return None
        is_known = str(channel.id) in self._private_channels.get(guild_id, ())
        if is_private(channel) and not is_known and not gone:
            return None
        return str(channel.id), str(found.id) if is_thread else ""

    def _is_me(self, who: int) -> bool:
        return self._client.user is not None and self._client.user.id == who
