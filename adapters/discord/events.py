"""What happens in a server, told to the house as facts.

Everything is read from raw events, since the library's memory of messages is short and here switched off: an
edit of last year's message is heard like one of today's. What Discord dates has its date, so that the same
fact told twice has the same key. Private threads and direct messages are not even passed on.
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

REMEMBERED = 20_000
"""Reactions of which it is known whether they are there, so that one told twice counts once."""
PAUSES = (1.0, 5.0, 15.0)
"""Seconds between tries to have a fact stored."""
_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)

log = structlog.get_logger(__name__)


class EventReader:
    """Turns events of the gateway into happenings."""

    def __init__(
        self, gateway: Gateway, clock: Clock, client: discord.Client, threads: TokenCache[str]
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._client = client
        self._threads = threads
        self._told: dict[tuple[int, int], Profile] = {}
        self._seen: dict[int, discord.abc.GuildChannel] = {}
        self._private: dict[int, frozenset[str]] = {}
        self._reactions: OrderedDict[tuple[int, int, str], bool] = OrderedDict()
        self._telling: set[asyncio.Future[None]] = set()
        self._is_closed = False

    def begin(self, guild: discord.Guild, roster: Roster) -> None:
        """Remember a server as the house was told of it: from here on, changes are told."""
        self._private[guild.id] = frozenset(one.handle for one in roster.channels if one.private)
        for member in guild.members:
            self._told[guild.id, member.id] = profile_of(member)
        for channel in guild.channels:
            if isinstance(channel, READABLE) and is_seen(channel):
                self._seen[channel.id] = channel

    async def close(self) -> None:
        """Wait until what was heard is stored."""
        self._is_closed = True
        await asyncio.gather(*self._telling, return_exceptions=True)

    # Messages ----------------------------------------------------------------------------------------

    async def wrote(self, message: discord.Message) -> None:
        """A person's message in a channel or a public thread."""
        if message.guild is None or message.author.bot or message.webhook_id or message.type not in _WRITTEN:
            return
        where = await self._where(message.guild.id, message.channel.id)
        if where is None:
            return
        place, thread = where
        if thread:
            self._threads.put(thread, str(message.id))
        text = clean(message.content)
        refers = str(message.reference.message_id or "") if message.reference is not None else ""
        posted = MessagePosted(
            message.created_at,
            place,
            str(message.id),
            str(message.author.id),
            text,
            thread,
            refers,
            reply=bool(refers or (thread and thread != str(message.id))),
            links=find_urls(text),
            question=is_question(text),
        )
        await self._tell(message.guild.id, posted)

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """A person's message was changed; that a link was unfurled is no change and has no date."""
        at, author = event.message.edited_at, event.message.author
        if event.guild_id is None or at is None or author.bot or event.message.webhook_id:
            return
        if event.message.type not in _WRITTEN or "content" not in event.data:
            return
        where = await self._where(event.guild_id, event.channel_id)
        if where is not None:
            text = clean(event.message.content)
            await self._tell(
                event.guild_id,
                MessageEdited(at, where[0], str(event.message_id), text, find_urls(text), is_question(text)),
            )

    async def deleted(self, guild: int | None, channel: int, *messages: int) -> None:
        """Messages were removed, one or many at once."""
        where = await self._where(guild, channel, gone=True) if guild is not None else None
        if guild is None or where is None:
            return
        for message in sorted(messages):
            await self._tell(guild, MessageDeleted(self._clock.now(), where[0], str(message)))

    async def reacted(self, event: discord.RawReactionActionEvent, *, added: bool) -> None:
        """An emoji was put under a message or taken back, by a person."""
        guild = self._client.get_guild(event.guild_id) if event.guild_id is not None else None
        if guild is None:
            return
        member = event.member or guild.get_member(event.user_id)
        if member is None or member.bot:
            return
        emoji = event.emoji.name or str(event.emoji.id)
        key = (event.message_id, event.user_id, emoji)
        if self._reactions.get(key) is added:
            return  # told twice
        self._reactions[key] = added
        self._reactions.move_to_end(key)
        while len(self._reactions) > REMEMBERED:
            self._reactions.popitem(last=False)
        where = await self._where(guild.id, event.channel_id)
        if where is not None:
            kind = ReactionAdded if added else ReactionRemoved
            fact = kind(self._clock.now(), where[0], str(event.message_id), str(event.user_id), emoji)
            await self._tell(guild.id, fact)

    # People ------------------------------------------------------------------------------------------

    async def joined(self, member: discord.Member) -> None:
        """Somebody came; before screening they have not joined yet."""
        if member.pending or self._is_me(member.id):
            return
        at = member.joined_at or self._clock.now()
        await self._came(member, at)

    async def changed(self, before: discord.Member, after: discord.Member) -> None:
        """Screening passed, another name, a right gained or lost."""
        if after.pending or self._is_me(after.id):
            return
        if before.pending:
            await self._came(after, self._clock.now())
        else:
            await self._changed(after)

    async def left(self, guild: int, who: int) -> None:
        """Somebody left, was removed or banned."""
        self._told.pop((guild, who), None)
        if not self._is_me(who):
            await self._tell(guild, MemberLeft(self._clock.now(), str(who)))

    async def rights_changed(self, guild: discord.Guild) -> None:
        """A role means something else now: who manages, and which channels the bot sees."""
        for member in guild.members:
            if not member.pending:
                await self._changed(member)
        for channel in guild.channels:
            await self.channel(channel)

    # Channels and servers ----------------------------------------------------------------------------

    async def channel(self, channel: discord.abc.GuildChannel, *, changed: bool = False) -> None:
        """A channel is there, or there no longer for the bot; `changed` says that it shows differently."""
        if not isinstance(channel, READABLE):
            return
        was_seen, sees = channel.id in self._seen, is_seen(channel)
        if sees:
            self._seen[channel.id] = channel
        elif was_seen:
            del self._seen[channel.id]
        if was_seen and not sees:
            fact = ChannelChanged(self._clock.now(), facts_of(channel), lost=True)
            await self._tell(channel.guild.id, fact)
        elif sees and (changed or not was_seen):
            await self._tell(channel.guild.id, ChannelChanged(self._clock.now(), facts_of(channel)))

    async def channel_updated(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Another name, or other people who may see it."""
        shows = before.name != after.name or is_private(before) != is_private(after)
        await self.channel(after, changed=shows)

    async def channel_removed(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone for everybody."""
        if self._seen.pop(channel.id, None) is not None:
            facts = facts_of(channel)
            gone = type(facts)(facts.handle, facts.name, facts.private, archived=True, topic=facts.topic)
            await self._tell(channel.guild.id, ChannelChanged(self._clock.now(), gone, lost=True))

    async def lost(self, guild: int) -> None:
        """The bot was removed from a server."""
        self._told = {key: profile for key, profile in self._told.items() if key[0] != guild}
        await self._tell(guild, SpaceLost(self._clock.now()))

    # ------------------------------------------------------------------------------------------------

    async def _tell(self, guild: int, fact: Event) -> None:
        """Hand a fact in. Discord tells it once: while it cannot be stored, it is tried again."""
        telling = asyncio.ensure_future(self._stored(guild, fact))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        await telling

    async def _stored(self, guild: int, fact: Event) -> None:
        for pause in PAUSES:
            try:
                return await self._gateway.receive(space_of(guild), fact)
            except Exception as error:
                if self._is_closed:
                    raise
                log.warning("not stored, trying again", kind=type(fact).__name__, error=type(error).__name__)
                await asyncio.sleep(pause)
        return await self._gateway.receive(space_of(guild), fact)

    async def _came(self, member: discord.Member, at: datetime) -> None:
        profile = profile_of(member)
        self._told[member.guild.id, member.id] = profile
        await self._tell(member.guild.id, MemberJoined(at, profile))

    async def _changed(self, member: discord.Member) -> None:
        profile = profile_of(member)
        if self._told.get((member.guild.id, member.id)) != profile:
            self._told[member.guild.id, member.id] = profile
            await self._tell(member.guild.id, MemberChanged(self._clock.now(), profile))

    async def _where(self, guild_id: int, channel_id: int, *, gone: bool = False) -> tuple[str, str] | None:
        """The channel and the thread of something; None where it is private, or not to be found.

        Of a private channel the house has to know first that it is one: until then it is not heard. That
        something is `gone` may be told all the same.
        """
        guild = self._client.get_guild(guild_id)
        found: Any = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if found is None:
            try:  # a thread that was archived when we came is in no list
                found = await self._client.fetch_channel(channel_id)
            except discord.DiscordException:
                return None
        is_thread = isinstance(found, discord.Thread)
        channel = found.parent if is_thread else found
        if not isinstance(channel, READABLE) or (is_thread and found.is_private()):
            return None
        is_known = str(channel.id) in self._private.get(guild_id, ())
        if is_private(channel) and not is_known and not gone:
            return None
        return str(channel.id), str(found.id) if is_thread else ""

    def _is_me(self, who: int) -> bool:
        return self._client.user is not None and self._client.user.id == who
