"""What there is, as Discord writes it in JSON."""

from datetime import UTC, datetime
from typing import Any

from tests.fakes.discord.world import (
    DM,
    FORUM,
    PERMISSIONS,
    VOICE,
    Channel,
    Guild,
    Member,
    Message,
    Role,
    User,
    World,
    moment_of,
)

Json = dict[str, Any]


def stamp(seconds: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    return {
        "id": user.id,
        "username": f"{user.handle}.{user.id[-4:]}",
        "discriminator": "0",
        "global_name": user.name,
        "avatar": None,
        "bot": user.bot,
        "flags": 0,
        "public_flags": 0,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    found = {
        "nick": member.nick or None,
        "avatar": None,
        "roles": list(member.roles),
        "joined_at": stamp(member.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": member.pending,
        "flags": 0,
        "communication_disabled_until": None,
    }
    return found | {"user": user_json(member.user)} if with_user else found


def role_json(role: Role, position: int) -> Json:
    return {
        "id": role.id,
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(role.permissions),
        "managed": role.handle.endswith("-bot"),
        "mentionable": role.mentionable,
        "flags": 0,
    }


def channel_json(world: World, channel: Channel) -> Json:
    """A channel, a thread or a conversation."""
    if channel.kind == DM:
        return {
            "id": channel.id,
            "type": DM,
            "last_message_id": _last(channel),
            "recipients": [user_json(world.users[channel.recipient])],
        }
    return thread_json(world, channel) if channel.is_thread else _channel_json(world, channel)


def thread_json(world: World, thread: Channel) -> Json:
    assert thread.guild is not None
    assert thread.parent is not None
    found: Json = {
        "id": thread.id,
        "type": thread.kind,
        "guild_id": thread.guild.id,
        "parent_id": thread.parent.id,
        "owner_id": thread.owner,
        "name": thread.name,
        "last_message_id": _last(thread),
        "rate_limit_per_user": 0,
        "message_count": len(thread.messages),
        "total_message_sent": len(thread.messages),
        "member_count": len(thread.members),
        "flags": 0,
        "thread_metadata": {
            "archived": thread.archived,
            "auto_archive_duration": 10080,
            "archive_timestamp": stamp(moment_of(thread.id)),
            "create_timestamp": stamp(moment_of(thread.id)),
            "locked": thread.locked,
            "invitable": thread.invitable,
        },
    }
    if world.bot.id in thread.members:
        found["member"] = thread_member_json(thread, world.bot.id)
    return found


def thread_member_json(thread: Channel, user: str) -> Json:
    return {"id": thread.id, "user_id": user, "join_timestamp": stamp(thread.members[user]), "flags": 0}


def _channel_json(world: World, channel: Channel) -> Json:
    guild = channel.guild
    assert guild is not None
    overwrites: list[Json] = []
    if channel.private:
        view = str(PERMISSIONS["view_channel"])
        overwrites.append({"id": guild.id, "type": 0, "allow": "0", "deny": view})
        overwrites += [{"id": one, "type": 1, "allow": view, "deny": "0"} for one in sorted(channel.admitted)]
    if channel.denied:
        overwrites = [one for one in overwrites if one["id"] != world.bot.id]
        lacks = {"id": world.bot.id, "type": 1, "allow": "0", "deny": str(channel.denied)}
        if channel.private and world.bot.id in channel.admitted:
            lacks["allow"] = str(PERMISSIONS["view_channel"] & ~channel.denied)
        overwrites.append(lacks)
    found: Json = {
        "id": channel.id,
        "type": channel.kind,
        "guild_id": guild.id,
        "name": channel.name,
        "topic": channel.topic or None,
        "position": list(guild.channels).index(channel.id),
        "permission_overwrites": overwrites,
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "last_message_id": _last(channel),
        "flags": 0,
    }
    if channel.kind == VOICE:
        found |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if channel.kind == FORUM:
        found |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    return found


def _last(channel: Channel) -> str | None:
    return next(reversed(channel.messages), None)


def guild_json(world: World, guild: Guild) -> Json:
    """A guild as REST gives it."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "owner_id": guild.owner,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role_json(role, i) for i, role in enumerate(guild.roles.values())],
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY"],
        "mfa_level": 0,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "preferred_locale": "en-GB",
        "max_members": 500_000,
    }


def guild_create_json(world: World, guild: Guild) -> Json:
    """A guild as the gateway gives it: without presences only the bot's own membership is in it."""
    return guild_json(world, guild) | {
        "joined_at": stamp(guild.members[world.bot.id].joined),
        "large": len(guild.members) > 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(guild.members[world.bot.id])],
        "channels": [channel_json(world, one) for one in guild.channels.values() if not one.is_thread],
        "threads": [
            thread_json(world, one)
            for one in guild.channels.values()
            if one.is_thread and not one.archived and world.sees(world.bot, one)
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def reaction_json(world: World, emoji: str, people: list[str]) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(people),
        "count_details": {"burst": 0, "normal": len(people)},
        "me": world.bot.id in people,
        "me_burst": False,
        "burst_colors": [],
    }


def message_json(world: World, message: Message, *, nested: bool = True) -> Json:
    """A message; `nested` with what it replies to."""
    mentioned = [world.users[one] for one in sorted(message.pinged) if one in world.users]
    found: Json = {
        "id": message.id,
        "channel_id": message.channel.id,
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": stamp(moment_of(message.id)),
        "edited_timestamp": stamp(message.edited) if message.edited else None,
        "tts": False,
        "mention_everyone": bool(message.pinged & {"@everyone", "@here"}),
        "mentions": [user_json(user) for user in mentioned],
        "mention_roles": sorted(one for one in message.pinged if one.isdigit() and one not in world.users),
        "attachments": message.attachments,
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned,
        "type": message.kind,
        "flags": message.flags,
    }
    if message.reactions:
        found["reactions"] = [reaction_json(world, emoji, who) for emoji, who in message.reactions.items()]
    if message.nonce:
        found["nonce"] = message.nonce
    if message.author.bot:
        found["application_id"] = message.author.id
    if message.asked is not None:
        found |= {"webhook_id": world.bot.id, "interaction_metadata": _metadata(message.asked)}
    if message.reply_to and nested:
        replied = world.messages.get(message.reply_to)
        guild = message.channel.guild
        found["message_reference"] = {
            "type": 0,
            "message_id": message.reply_to,
            "channel_id": message.channel.id,
        } | ({"guild_id": guild.id} if guild else {})
        is_there = replied is not None and not replied.deleted
        found["referenced_message"] = (
            message_json(world, replied, nested=False) if replied and is_there else None
        )
    if message.thread is not None:
        found["thread"] = thread_json(world, message.thread)
    return found


def _metadata(exchange: Any) -> Json:
    return {
        "id": exchange.id,
        "type": exchange.type,
        "user": user_json(exchange.person),
        "authorizing_integration_owners": exchange.owners,
    }


def message_event_json(world: World, message: Message, *, readable: bool) -> Json:
    """A message as the gateway tells of it; unreadable without the intent for what members write."""
    found = message_json(world, message)
    guild = message.channel.guild
    if guild is not None:
        found["guild_id"] = guild.id
        member = guild.members.get(message.author.id)
        if member is not None:
            found["member"] = member_json(member, with_user=False)
    return found if readable else veiled(found)


def veiled(message: Json) -> Json:
    """A message as a bot without the message-content intent is given it."""
    return message | {"content": "", "embeds": [], "attachments": [], "components": []}
