"""Checks Discord for `tertulia check`: token, intents, servers, and the channels that are in use."""

from collections.abc import AsyncIterator, Sequence

import aiohttp
import discord

from adapters.discord.gateway import intents
from adapters.discord.invitation import NEEDED, invitation_link
from facilitation.core.platforms.platform import Finding, KnownSpace

_PORTAL = "In the developer portal, under Bot"
_RIGHTS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "create_private_threads": "Create Private Threads",
    "add_reactions": "Add Reactions",
    "attach_files": "Attach Files",
}


async def diagnose(token: str, known: Sequence[KnownSpace], *, wants_content: bool) -> AsyncIterator[Finding]:
    """Yield findings, using the REST API only; ends early where nothing more can be examined."""
    client = discord.Client(intents=intents(message_content=False))
    try:
        await client.login(token)
    except discord.LoginFailure:
        await client.close()
        yield Finding(
            "ill", "Discord refuses discord.token.", f"{_PORTAL}: Reset Token, then set the new one."
        )
        return
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        await client.close()
        yield Finding(
            "ill",
            f"Discord cannot be reached ({type(error).__name__}).",
            "Check the connection, and discord.api_url if it is set.",
        )
        return
    try:
        assert client.user is not None
        yield Finding("well", f"Discord knows me as {client.user.name}.")
        for finding in _intents(client.application_flags, wants_content=wants_content):
            yield finding
        async for finding in _servers(client, known):
            yield finding
    finally:
        await client.close()


def _intents(flags: discord.ApplicationFlags, *, wants_content: bool) -> list[Finding]:
    found: list[Finding] = []
    if flags.gateway_guild_members or flags.gateway_guild_members_limited:
        found.append(Finding("well", "The Server Members Intent is on."))
    else:
        found.append(
            Finding("ill", "The Server Members Intent is off: I cannot start.", f"{_PORTAL}, switch it on.")
        )
    has_content = flags.gateway_message_content or flags.gateway_message_content_limited
    cost = "questions and links come only from commands, menus and mentions of me"
    if has_content and wants_content:
        found.append(Finding("well", "The Message Content Intent is on."))
    elif wants_content:
        found.append(
            Finding(
                "note",
                f"The Message Content Intent is off: {cost}.",
                f"{_PORTAL}, switch it on, or set discord.message_content to false.",
            )
        )
    else:
        found.append(
            Finding(
                "note", f"discord.message_content is false: {cost}.", "Set it to true to have them noticed."
            )
        )
    return found


async def _servers(client: discord.Client, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
    there = {str(guild.id): guild.name async for guild in client.fetch_guilds(limit=None)}
    if not there:
        yield Finding(
            "note",
            "I am in no Discord server yet.",
            f"Invite me: {invitation_link(str(client.application_id))}",
        )
    for handle, name in there.items():
        channels = next((one.channels for one in known if one.space.handle == handle), {})
        async for finding in _server(client, int(handle), name, channels):
            yield finding


async def _server(
    client: discord.Client, guild_id: int, name: str, channels: dict[str, str]
) -> AsyncIterator[Finding]:
    """Findings about the permissions in one server and in each of its channels that is in use."""
    assert client.user is not None
    try:
        guild = await client.fetch_guild(guild_id, with_counts=False)
        me = await guild.fetch_member(client.user.id)
        seen = {str(channel.id): channel for channel in await guild.fetch_channels()}
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        yield Finding("ill", f"{name}: cannot be looked at ({type(error).__name__}).", "Try again later.")
        return
    lacking = [right for right, needed in NEEDED if needed and not getattr(me.guild_permissions, right)]
    if lacking:
        yield Finding(
            "note",
            f"{name}: I may not {_listed(lacking)}.",
            f"Give my role these rights, or invite me again: {invitation_link(str(client.application_id))}",
        )
    else:
        yield Finding("well", f"{name}: I have the rights I need.")
    for handle, part in channels.items():
        channel = seen.get(handle)
        if channel is None:
            yield Finding(
                "ill",
                f"{name}: the channel for {part} is gone, or I do not see it.",
                "Let my role see it, or choose another in /coordinate settings.",
            )
            continue
        may = channel.permissions_for(me)
        wanted = ("view_channel", "send_messages", "read_message_history")
        missing = [right for right in wanted if not getattr(may, right)]
        if missing:
            yield Finding(
                "ill",
                f"{name}: in #{channel.name}, the channel for {part}, I may not {_listed(missing)}.",
                "Give my role these rights in the channel’s settings, under Permissions.",
            )
        else:
            yield Finding("well", f"{name}: #{channel.name} is open to me, for {part}.")


def _listed(rights: Sequence[str]) -> str:
    return ", ".join(_RIGHTS.get(right, right) for right in rights)
