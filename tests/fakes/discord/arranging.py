"""Guilds, people, roles and channels: silent before the bot connects, events afterwards."""

from collections.abc import Iterable
from typing import Literal

from tests.fakes.discord.base import FakeBase
from tests.fakes.discord.payloads import channel_json, guild_create_json, role_json
from tests.fakes.discord.world import (
    CATEGORY,
    FORUM,
    MEMBERS_MAY,
    NEWS,
    TEXT,
    VOICE,
    Channel,
    Guild,
    Member,
    Role,
    bits,
)

KINDS = {"text": TEXT, "news": NEWS, "voice": VOICE, "category": CATEGORY, "forum": FORUM}
Kind = Literal["text", "news", "voice", "category", "forum"]


class Arranging(FakeBase):
    """Who and what there is."""

    def add_guild(self, handle: str, name: str, *, owner: str = "owner", joined: bool = True) -> str:
        """A server with the bot in it (GUILD_CREATE if the bot is connected); makes the owner if need be."""
        guild = self._world.add_guild(handle, name, self._world.user(self._account(owner)), here=joined)
        if joined:
            self._gateway.tell("GUILD_CREATE", _as_joined(guild_create_json(self._world, guild)))
        return guild.id

    def add_person(
        self,
        handle: str,
        name: str,
        *,
        guild: str = "",
        bot: bool = False,
        pending: bool = False,
        roles: Iterable[str] = (),
        nick: str = "",
    ) -> str:
        """Somebody who is in the guild already; without an event. `pending` is before screening.

        For somebody who has an account (an owner, a stranger) it adds the membership and sets the name.
        """
        user = self._world.user(self._account(handle, bot=bot))
        user.name = name
        home = self._world.guild(guild)
        roles = [self._world.id_of(role) for role in roles]
        home.members[user.id] = Member(user, self._world.wall(), nick, pending, roles)
        return user.id

    def add_stranger(self, handle: str, name: str, *, bot: bool = False) -> str:
        """Somebody with an account and in no guild yet: for `join`, or for a DM from outside."""
        return self._world.add_user(handle, name, bot=bot).id

    def add_role(
        self,
        handle: str,
        name: str,
        *,
        guild: str = "",
        permissions: Iterable[str] = (),
        mentionable: bool = False,
    ) -> str:
        """A role; permissions by discord.py's names, e.g. `manage_guild` (GUILD_ROLE_CREATE if connected)."""
        home = self._world.guild(guild)
        role = Role(self._world.new_id(), handle, name, bits(permissions), mentionable)
        home.roles[role.id] = role
        self._world.called(handle, role.id)
        self._tell_role("GUILD_ROLE_CREATE", home, role)
        return role.id

    def grant(self, who: str, *roles: str, guild: str = "") -> None:
        """Give somebody exactly these roles (GUILD_MEMBER_UPDATE)."""
        home, user = self._world.guild(guild), self._world.user(who)
        home.members[user.id].roles = [self._world.id_of(role) for role in roles]
        self._scene.tell_member(home, user)

    def rename(self, who: str, name: str, *, guild: str = "") -> None:
        """Somebody's name in the guild changes (GUILD_MEMBER_UPDATE)."""
        home, user = self._world.guild(guild), self._world.user(who)
        home.members[user.id].nick = name
        self._scene.tell_member(home, user)

    # Channels -----------------------------------------------------------------------------------------

    def add_channel(
        self,
        handle: str,
        name: str,
        *,
        guild: str = "",
        kind: Kind = "text",
        topic: str = "",
        private: bool = False,
        members: Iterable[str] = (),
        denied: Iterable[str] = (),
    ) -> str:
        """A channel (CHANNEL_CREATE if connected).

        A private one is seen by `members` only (name `bot` among them to let the bot in); `denied` are
        permissions which the bot lacks there, e.g. `send_messages`.
        """
        home = self._world.guild(guild)
        admitted = {self._world.id_of(one) for one in members}
        channel = Channel(
            self._world.new_id(),
            handle,
            KINDS[kind],
            name,
            home,
            topic,
            private,
            admitted,
            bits(denied),
        )
        home.channels[channel.id] = channel
        self._world.channels[channel.id] = channel
        self._world.called(handle, channel.id)
        self._scene.tell_channel(channel, "CHANNEL_CREATE")
        return channel.id

    def change_channel(
        self,
        channel: str,
        *,
        name: str | None = None,
        topic: str | None = None,
        private: bool | None = None,
        members: Iterable[str] | None = None,
        denied: Iterable[str] | None = None,
    ) -> None:
        """CHANNEL_UPDATE. `private=True` locks everybody out who is not among its members, the bot too."""
        found = self._world.channel(channel)
        found.name = found.name if name is None else name
        found.topic = found.topic if topic is None else topic
        found.private = found.private if private is None else private
        if members is not None:
            found.admitted = {self._world.id_of(one) for one in members}
        if denied is not None:
            found.denied = bits(denied)
        self._scene.tell_channel(found)

    def remove_channel(self, channel: str) -> None:
        """CHANNEL_DELETE."""
        found = self._world.channel(channel)
        assert found.guild is not None
        data = channel_json(self._world, found)
        del found.guild.channels[found.id], self._world.channels[found.id]
        self._gateway.tell("CHANNEL_DELETE", data)

    # The bot ------------------------------------------------------------------------------------------

    def bot_may(self, *permissions: str, guild: str = "") -> None:
        """Exactly what the bot may do in the guild (GUILD_ROLE_UPDATE); by default `world.BOT_MAY`.

        What everybody may do, the bot may too: `@everyone` is held to these permissions as well.
        """
        home = self._world.guild(guild)
        own = next(role for role in home.roles.values() if role.handle == f"{home.handle}-bot")
        own.permissions = bits(permissions)
        everyone = home.roles[home.id]
        everyone.permissions = bits(MEMBERS_MAY) & own.permissions
        for role in (everyone, own):
            self._tell_role("GUILD_ROLE_UPDATE", home, role)

    def invite_bot(self, guild: str = "") -> None:
        """The bot is brought into a guild (again): GUILD_CREATE."""
        home = self._world.guild(guild)
        own = next(role for role in home.roles.values() if role.handle == f"{home.handle}-bot")
        home.here = home.available = True
        home.members[self._world.bot.id] = Member(self._world.bot, self._world.wall(), roles=[own.id])
        self._gateway.tell("GUILD_CREATE", _as_joined(guild_create_json(self._world, home)))

    def remove_bot(self, guild: str = "") -> None:
        """The bot is removed from a guild: GUILD_DELETE."""
        home = self._world.guild(guild)
        home.here = False
        home.members.pop(self._world.bot.id, None)
        self._gateway.tell("GUILD_DELETE", {"id": home.id})

    def lose_guild(self, guild: str = "") -> None:
        """An outage: GUILD_DELETE with `unavailable`."""
        home = self._world.guild(guild)
        home.available = False
        self._gateway.tell("GUILD_DELETE", {"id": home.id, "unavailable": True})

    def regain_guild(self, guild: str = "") -> None:
        """The outage is over: GUILD_CREATE."""
        home = self._world.guild(guild)
        home.available = True
        self._gateway.tell("GUILD_CREATE", guild_create_json(self._world, home))

    # ----------------------------------------------------------------------------------------------------

    def _account(self, handle: str, *, bot: bool = False) -> str:
        try:
            return self._world.id_of(handle)
        except KeyError:
            return self._world.add_user(handle, handle.capitalize(), bot=bot).id

    def _tell_role(self, event: str, guild: Guild, role: Role) -> None:
        position = list(guild.roles).index(role.id)
        self._gateway.tell(event, {"guild_id": guild.id, "role": role_json(role, position)})


def _as_joined(guild: dict[str, object]) -> dict[str, object]:
    """Without `unavailable`: that is how a bot tells a guild which it joined from one that came back."""
    return {name: value for name, value in guild.items() if name != "unavailable"}
