"""Translates servers, members and channels."""

from collections.abc import Iterable

import discord

from adapters.discord.capabilities import PLATFORM
from facilitation.core.values.events import ChannelFacts, Profile, Roster, SpaceRef

MAX_MEMBERSHIPS = 200_000
"""Every member is in every public channel; above this number of memberships they are not listed."""

READABLE = (discord.TextChannel, discord.ForumChannel)
"""The types of channel that may be a home: text, announcement and forum."""


def space_of(guild: int | str) -> SpaceRef:
    """The space of a server."""
    return SpaceRef(PLATFORM, str(guild))


def profile_of(member: discord.Member) -> Profile:
    """A member's profile; those who may manage the server may appoint its first coordinators."""
    manages = member.guild.owner_id == member.id or member.guild_permissions.manage_guild
    return Profile(str(member.id), member.display_name, bot=member.bot, manager=manages and not member.bot)


def roster_of(guild: discord.Guild) -> Roster:
    """A server's roster; members who have not passed screening are left out."""
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
        tuple(
            facts_of(one, _members_who_see(one, roles) if is_private(one) else everybody) for one in channels
        ),
    )


def facts_of(channel: discord.abc.GuildChannel, members: Iterable[str] = ()) -> ChannelFacts:
    """A channel's facts."""
    topic = getattr(channel, "topic", None) or ""
    return ChannelFacts(
        str(channel.id), channel.name, private=is_private(channel), topic=topic, members=tuple(members)
    )


def is_private(channel: discord.abc.GuildChannel) -> bool:
    """Whether some members do not see a channel."""
    return not channel.permissions_for(channel.guild.default_role).view_channel


def is_seen(channel: discord.abc.GuildChannel) -> bool:
    """Whether the bot sees a channel: the gateway lists all of them."""
    return channel.permissions_for(channel.guild.me).view_channel


def _members_who_see(
    channel: discord.abc.GuildChannel, people: list[tuple[discord.Member, frozenset[int]]]
) -> tuple[str, ...]:
    """The members who see a private channel. Members with the same roles see the same, unless named in it."""
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
