"""What is to be seen afterwards: by people, and of what the bot asked of Discord."""

from typing import Any

from tests.fakes.discord.base import FakeBase
from tests.fakes.discord.exchange import Exchange
from tests.fakes.discord.service import ApiCall, Complaint
from tests.fakes.discord.world import Channel, Message


class Looking(FakeBase):
    """Messages, reactions, threads, commands, calls."""

    @property
    def complaints(self) -> list[Complaint]:
        """What the bot sent that Discord refuses as malformed (it is refused here too, with 400)."""
        return self._service.complaints

    @property
    def calls(self) -> list[ApiCall]:
        """Every REST call of the bot, in the order in which they came."""
        return self._service.calls

    @property
    def exchanges(self) -> list[Exchange]:
        """Every interaction, in the order in which people made them."""
        return list(self._interactions.exchanges.values())

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel or thread, oldest first, without what only one person sees."""
        return list(self._world.channel(channel).messages.values())

    def message(self, message: str) -> Message:
        """One message by its id, ephemeral and deleted ones too."""
        return self._message(message)

    def ephemerals(self, who: str) -> list[Message]:
        """What only this person sees, oldest first; `… is thinking` among it."""
        id_ = self._world.id_of(who)
        return [one for one in self._world.messages.values() if one.seen_by == id_ and not one.deleted]

    def direct(self, who: str) -> list[Message]:
        """The conversation between somebody and the bot."""
        return list(self._world.direct(self._world.user(who)).messages.values())

    def channel(self, channel: str) -> Channel:
        """The current state of a channel or thread."""
        return self._world.channel(channel)

    def threads(self, channel: str = "") -> list[Channel]:
        """Threads of a channel, or all, oldest first; `members` holds ids of people."""
        parent = self._world.id_of(channel) if channel else ""
        found = [one for one in self._world.channels.values() if one.parent is not None]
        return [one for one in found if one.parent and parent in ("", one.parent.id)]

    def members_of(self, thread: str) -> set[str]:
        """Who is in a thread, by handle."""
        return {self._world.users[one].handle for one in self._world.channel(thread).members}

    def reactions(self, message: str) -> dict[str, list[str]]:
        """Who reacted, by emoji; people by handle."""
        users = self._world.users
        return {
            emoji: [users[one].handle for one in people]
            for emoji, people in self._message(message).reactions.items()
        }

    def commands(self, guild: str = "") -> list[dict[str, Any]]:
        """The commands as they are registered: for everybody, or for one guild."""
        return self._world.guild(guild).commands if guild else self._world.commands

    @property
    def puts(self) -> int:
        """How often commands were registered or changed."""
        return self._commands.puts

    def pings(self, message: str) -> set[str]:
        """Who was notified by a message or its edits: handles, `@everyone`, `@here`, `@ROLE`."""
        found = set()
        for one in self._message(message).pinged:
            if one in self._world.users:
                found.add(self._world.users[one].handle)
            else:
                found.add(f"@{self._world.role(one).handle}" if one.isdigit() else one)
        return found
