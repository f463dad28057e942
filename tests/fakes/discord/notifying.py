"""Who is notified by a message: what stands in its text, as far as `allowed_mentions` lets it."""

import re
from typing import Any

from tests.fakes.discord.world import DM, PERMISSIONS, Channel, User, World

_NAMED = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")


def notified(
    world: World, author: User, channel: Channel, text: str, allowed: dict[str, Any] | None, replied: str
) -> set[str]:
    """Ids of people and roles, `@everyone` and `@here`.

    Read on the severe side: a mention between backticks or behind a backslash counts too.
    """
    parse = ["everyone", "users", "roles"] if allowed is None else allowed.get("parse") or []
    named = set(_NAMED.findall(text)) & set(world.users)
    roles = set(_ROLE.findall(text))
    if allowed is not None and "users" not in parse:
        named &= {str(one) for one in allowed.get("users") or ()}
    if allowed is not None and "roles" not in parse:
        roles &= {str(one) for one in allowed.get("roles") or ()}
    found = {one for one in named if world.sees(world.users[one], channel)}
    if replied and (allowed is None or allowed.get("replied_user")):
        found.add(replied)
    if channel.kind == DM or channel.guild is None:
        return found - {author.id}
    may_all = bool(world.rights(author, channel) & PERMISSIONS["mention_everyone"])
    for role in roles & set(channel.guild.roles):
        if may_all or channel.guild.roles[role].mentionable:
            found.add(role)
    if "everyone" in parse and may_all:
        found |= {word for word in ("@everyone", "@here") if word in text}
    return found - {author.id}
