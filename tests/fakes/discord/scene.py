"""What people and the bot do to the world; listeners are notified of it."""

from typing import Any

from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.notifying import notified
from tests.fakes.discord.payloads import (
    channel_json,
    member_json,
    thread_json,
    thread_member_json,
    user_json,
)
from tests.fakes.discord.world import (
    DM,
    HAS_THREAD,
    NEWS,
    NEWS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    Channel,
    Guild,
    Message,
    User,
    World,
)

NONCES = 300.0
"""Seconds for which a nonce is remembered."""


class Scene:
    """The world, and the gateway that tells of its changes."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        self._nonces: dict[tuple[str, str], tuple[str, float]] = {}

    # Messages -----------------------------------------------------------------------------------------

    def post(self, author: User, channel: Channel, *, at: float | None = None, **what: Any) -> Message:
        """A new message; `what` are fields of Message."""
        message = Message(self.world.new_id(at), channel, author, **what)
        self._notify(message)
        self.world.keep(message)
        if channel.is_thread:
            self._enter_by_writing(author, channel)
        if not message.ephemeral:
            self.gateway.tell_message("MESSAGE_CREATE", message)
            if message.nonce:
                self._nonces[(channel.id, message.nonce)] = (message.id, self.world.wall())
                message.nonce = ""  # it is told once, and neither kept nor found in history
        return message

    def posted_before(self, channel: Channel, nonce: str) -> Message | None:
        """The message that was sent with this nonce a few minutes ago, if it still stands."""
        message, at = self._nonces.get((channel.id, nonce), ("", 0.0))
        return self.world.messages.get(message) if at > self.world.wall() - NONCES else None

    def edit(self, message: Message, *, edited: bool = True, **what: Any) -> None:
        """Fields of a message change."""
        for name, value in what.items():
            setattr(message, name, value)
        if edited:
            message.edited = self.world.wall()
        self._notify(message)
        if not message.ephemeral:
            self.gateway.tell_message("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """A message goes."""
        self._forget(message)
        if not message.ephemeral and self._hears(message.channel):
            self.gateway.tell(
                "MESSAGE_DELETE", self._where(message) | {"id": message.id}, self._kind(message)
            )

    def bulk_delete(self, messages: list[Message]) -> None:
        """Many messages of one channel go at once."""
        for message in messages:
            self._forget(message)
        if self._hears(messages[0].channel):
            ids = [message.id for message in messages]
            where = self._where(messages[0])
            self.gateway.tell("MESSAGE_DELETE_BULK", where | {"ids": ids}, self._kind(messages[0]))

    def react(self, user: User, message: Message, emoji: str, *, added: bool) -> None:
        """Somebody's reaction comes or goes."""
        people = message.reactions.setdefault(emoji, [])
        if (user.id in people) == added:
            return
        if added:
            people.append(user.id)
        else:
            people.remove(user.id)
        if not people:
            del message.reactions[emoji]
        guild = message.channel.guild
        data = self._where(message) | {
            "user_id": user.id,
            "message_id": message.id,
            "message_author_id": message.author.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        if added and guild is not None and user.id in guild.members:
            data["member"] = member_json(guild.members[user.id])
        if self._hears(message.channel):
            event = f"MESSAGE_REACTION_{'ADD' if added else 'REMOVE'}"
            self.gateway.tell(event, data, "dm_reactions" if message.channel.kind == DM else "reactions")

    # Threads ------------------------------------------------------------------------------------------

    def open_thread(
        self,
        owner: User,
        channel: Channel,
        name: str,
        *,
        message: Message | None = None,
        private: bool = False,
    ) -> Channel:
        """A thread, under a message if given, whose id it then has."""
        kind = PRIVATE_THREAD if private else NEWS_THREAD if channel.kind == NEWS else PUBLIC_THREAD
        id_ = message.id if message else self.world.new_id()
        thread = Channel(id_, "", kind, name, channel.guild, parent=channel, owner=owner.id)
        thread.members[owner.id] = self.world.wall()
        self.world.channels[id_] = thread
        assert channel.guild is not None
        channel.guild.channels[id_] = thread
        if message is not None:
            message.thread = thread
            message.flags |= HAS_THREAD
        if self._hears(thread):
            created = thread_json(self.world, thread) | {"newly_created": True}
            self.gateway.tell("THREAD_CREATE", created)
        if message is not None:
            self.gateway.tell_message("MESSAGE_UPDATE", message)
        return thread

    def change_thread(self, thread: Channel, **what: Any) -> None:
        """Its name, or whether it is archived or locked."""
        for name, value in what.items():
            setattr(thread, name, value)
        if self._hears(thread):
            self.gateway.tell("THREAD_UPDATE", thread_json(self.world, thread))

    def delete_thread(self, thread: Channel) -> None:
        """A thread goes with everything in it."""
        assert thread.guild is not None
        assert thread.parent is not None
        hears = self._hears(thread)
        del thread.guild.channels[thread.id], self.world.channels[thread.id]
        data = {
            "id": thread.id,
            "guild_id": thread.guild.id,
            "parent_id": thread.parent.id,
            "type": thread.kind,
        }
        if hears:
            self.gateway.tell("THREAD_DELETE", data)

    def enter(self, user: User, thread: Channel) -> None:
        """Somebody comes into a thread."""
        if user.id in thread.members:
            return
        thread.members[user.id] = self.world.wall()
        assert thread.guild is not None
        if user is self.world.bot:  # a private one is news to the bot only now
            self.gateway.tell("THREAD_CREATE", thread_json(self.world, thread))
        if self._hears(thread):
            added = thread_member_json(thread, user.id) | {
                "member": member_json(thread.guild.members[user.id])
            }
            self._tell_members(thread, {"added_members": [added]})

    def exit(self, user: User, thread: Channel) -> None:
        """Somebody leaves a thread."""
        if thread.members.pop(user.id, None) is not None and (user is self.world.bot or self._hears(thread)):
            self._tell_members(thread, {"removed_member_ids": [user.id]})

    def _tell_members(self, thread: Channel, change: dict[str, Any]) -> None:
        assert thread.guild is not None
        where = {"id": thread.id, "guild_id": thread.guild.id, "member_count": len(thread.members)}
        self.gateway.tell("THREAD_MEMBERS_UPDATE", where | change)

    def _enter_by_writing(self, author: User, thread: Channel) -> None:
        if thread.archived:
            self.change_thread(thread, archived=False)
        self.enter(author, thread)

    # Members ------------------------------------------------------------------------------------------

    def tell_member(self, guild: Guild, user: User) -> None:
        """GUILD_MEMBER_UPDATE."""
        data = member_json(guild.members[user.id])
        self.gateway.tell_member("GUILD_MEMBER_UPDATE", guild, user.id, data)

    def remove_member(self, guild: Guild, user: User) -> None:
        """GUILD_MEMBER_REMOVE; they are out of its threads and private channels as well."""
        del guild.members[user.id]
        for channel in guild.channels.values():
            channel.members.pop(user.id, None)
            channel.admitted.discard(user.id)
        self.gateway.tell_member("GUILD_MEMBER_REMOVE", guild, user.id, {"user": user_json(user)})

    def tell_channel(self, channel: Channel, event: str = "CHANNEL_UPDATE") -> None:
        """CHANNEL_CREATE, CHANNEL_UPDATE or CHANNEL_DELETE."""
        if channel.guild is None or channel.guild.is_told:
            self.gateway.tell(event, channel_json(self.world, channel))

    # --------------------------------------------------------------------------------------------------

    def _notify(self, message: Message) -> None:
        replied = self.world.messages.get(message.reply_to)
        author = replied.author.id if replied else ""
        message.pinged |= notified(
            self.world, message.author, message.channel, message.text, message.allowed, author
        )
        if message.seen_by:
            message.pinged.clear()

    def _forget(self, message: Message) -> None:
        message.deleted = True
        message.channel.messages.pop(message.id, None)

    def _hears(self, channel: Channel) -> bool:
        is_told = channel.guild is None or channel.guild.is_told
        return is_told and self.world.sees(self.world.bot, channel)

    def _where(self, message: Message) -> dict[str, Any]:
        guild = message.channel.guild
        return {"channel_id": message.channel.id} | ({"guild_id": guild.id} if guild else {})

    def _kind(self, message: Message) -> str:
        return "dm_messages" if message.channel.kind == DM else "messages"
