"""What people do by themselves: come and go, write, react, open threads."""

from tests.fakes.discord.arranging import Arranging
from tests.fakes.discord.payloads import member_json
from tests.fakes.discord.world import Member


class Acting(Arranging):
    """People without the bot. Everything is on its way to the bot when the call returns."""

    def join(self, who: str, *, guild: str = "", pending: bool = False) -> None:
        """GUILD_MEMBER_ADD; an unknown handle is a new account with that name."""
        home = self._world.guild(guild)
        user = self._world.user(self._account(who))
        home.members[user.id] = Member(user, self._world.wall(), pending=pending)
        data = member_json(home.members[user.id])
        self._gateway.tell_member("GUILD_MEMBER_ADD", home, user.id, data)

    def pass_screening(self, who: str, *, guild: str = "") -> None:
        """GUILD_MEMBER_UPDATE with `pending` false."""
        home, user = self._world.guild(guild), self._world.user(who)
        home.members[user.id].pending = False
        self._scene.tell_member(home, user)

    def leave(self, who: str, *, guild: str = "") -> None:
        """GUILD_MEMBER_REMOVE."""
        self._scene.remove_member(self._world.guild(guild), self._world.user(who))

    def write(
        self,
        who: str,
        channel: str,
        text: str,
        *,
        reply_to: str = "",
        ping: bool = True,
        at: float | None = None,
    ) -> str:
        """A message in a channel or (by its id) in a thread; returns its id. `at` is unix seconds.

        A reply notifies its addressee unless `ping` is false. `channel` may be `dm`.
        """
        allowed = None if ping else {"parse": ["everyone", "users", "roles"], "replied_user": False}
        message = self._scene.post(
            self._world.user(who),
            self._channel_of(who, channel),
            at=at,
            content=text,
            reply_to=reply_to,
            kind=19 if reply_to else 0,
            allowed=allowed,
        )
        return message.id

    def dm(self, who: str, text: str) -> str:
        """Somebody writes to the bot in private."""
        return self.write(who, "dm", text)

    def edit(self, message: str, text: str) -> None:
        """Its author edits a message: MESSAGE_UPDATE."""
        self._scene.edit(self._message(message), content=text)

    def unfurl(self, message: str, title: str = "A page") -> None:
        """An embed of a link arrives: MESSAGE_UPDATE without an edit, as Discord sends seconds later."""
        embed = {"type": "link", "url": "https://example.org", "title": title}
        self._scene.edit(self._message(message), edited=False, embeds=[embed])

    def delete(self, message: str) -> None:
        """MESSAGE_DELETE."""
        self._scene.delete(self._message(message))

    def bulk_delete(self, *messages: str) -> None:
        """MESSAGE_DELETE_BULK."""
        self._scene.bulk_delete([self._message(one) for one in messages])

    def react(self, who: str, message: str, emoji: str) -> None:
        """MESSAGE_REACTION_ADD; the emoji is a character."""
        self._scene.react(self._world.user(who), self._message(message), emoji, added=True)

    def unreact(self, who: str, message: str, emoji: str) -> None:
        """MESSAGE_REACTION_REMOVE."""
        self._scene.react(self._world.user(who), self._message(message), emoji, added=False)

    def open_thread(
        self, who: str, channel: str, name: str, *, message: str = "", private: bool = False
    ) -> str:
        """A thread, under a message if given; returns its id (a message's own id for one under it)."""
        root = self._message(message) if message else None
        owner, place = self._world.user(who), self._world.channel(channel)
        return self._scene.open_thread(owner, place, name, message=root, private=private).id

    def enter_thread(self, who: str, thread: str) -> None:
        """THREAD_MEMBERS_UPDATE; for the bot itself a private thread is news."""
        self._scene.enter(self._world.user(who), self._world.channel(thread))

    def leave_thread(self, who: str, thread: str) -> None:
        """THREAD_MEMBERS_UPDATE."""
        self._scene.exit(self._world.user(who), self._world.channel(thread))

    def archive_thread(self, thread: str, *, locked: bool = False) -> None:
        """THREAD_UPDATE; writing in it opens it again unless it is locked."""
        self._scene.change_thread(self._world.channel(thread), archived=True, locked=locked)

    def delete_thread(self, thread: str) -> None:
        """THREAD_DELETE."""
        self._scene.delete_thread(self._world.channel(thread))

    def close_dms(self, who: str, *, code: int = 50007) -> None:
        """Messages to this person are refused from now on (also: 50278; 40003 refuses the opening)."""
        self._world.user(who).closed = code

    def open_dms(self, who: str) -> None:
        """… and are taken again."""
        self._world.user(who).closed = 0
