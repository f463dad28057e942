"""A server as it stands: its people, its channels, and who may see which."""

from collections.abc import Iterable

import discord

from adapters.discord.capabilities import PLATFORM
from facilitation.core.values.events import ChannelFacts, Profile, Roster, SpaceRef

MAX_MEMBERSHIPS = 200_000
"""Everybody is in a public channel; in a server where that is more facts than this, whoever writes is."""

READABLE = (discord.TextChannel, discord.ForumChannel)
"""Channels that may be a home: text, announcements and forums."""


def space_of(guild: int | str) -> SpaceRef:
    """The space that a server is."""
    return SpaceRef(PLATFORM, str(guild))


def profile_of(member: discord.Member) -> Profile:
    """What is known of somebody: whoever may manage the server may name its first coordinators."""
    manages = member.guild.owner_id == member.id or member.guild_permissions.manage_guild
    return Profile(str(member.id), member.display_name, bot=member.bot, manager=manages and not member.bot)


def roster_of(guild: discord.Guild) -> Roster:
    """The server from what the gateway told; whoever has not passed its screening has not joined."""
    people = [member for member in guild.members if not member.pending]
    channels = [one for one in guild.channels if isinstance(one, READABLE) and is_seen(one)]
    public = [one for one in channels if not is_private(one)]
    everybody = tuple(str(member.id) for member in people if not member.bot)
    if len(everybody) * len(public) > MAX_MEMBERSHIPS:
        everybody = ()
    roles = [(member, frozenset(role.id for role in member.roles)) for member in people if not member.bot]
    return Roster(
        space_of(guild.id),
        guild.name,
        tuple(profile_of(member) for member in people),
        tuple(facts_of(one, _members(one, roles) if is_private(one) else everybody) for one in channels),
    )


def facts_of(channel: discord.abc.GuildChannel, members: Iterable[str] = ()) -> ChannelFacts:
    """What is known of a channel."""
    topic = getattr(channel, "topic", None) or ""
    return ChannelFacts(
        str(channel.id), channel.name, private=is_private(channel), topic=topic, members=tuple(members)
    )


def is_private(channel: discord.abc.GuildChannel) -> bool:
    """Whether not everybody in the server sees a channel."""
    return not channel.permissions_for(channel.guild.default_role).view_channel


def is_seen(channel: discord.abc.GuildChannel) -> bool:
    """Whether the bot sees a channel: Discord tells it of all of them."""
    return channel.permissions_for(channel.guild.me).view_channel


def _members(
    channel: discord.abc.GuildChannel, people: list[tuple[discord.Member, frozenset[int]]]
) -> tuple[str, ...]:
    """Who sees a private channel. Whoever has the same roles sees the same, unless named there."""
    named = {target.id for target in channel.overwrites}
    by_roles: dict[frozenset[int], bool] = {}
    found: list[str] = []
    for member, roles in people:
        if member.id in named or member.id == channel.guild.owner_id:
            sees = channel.permissions_for(member).view_channel
        elif roles in by_roles:
            sees = by_roles[roles]
        else:
            sees = by_roles[roles] = channel.permissions_for(member).view_channel
        if sees:
            found.append(str(member.id))
    return tuple(found)
