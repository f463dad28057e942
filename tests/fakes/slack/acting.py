"""What people, and the bot, do to the workspace, and the events that Slack sends about it."""

from abc import abstractmethod
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from tests.fakes.slack import checking, composing
from tests.fakes.slack.values import Channel, Failed, File, Json, Message, Person
from tests.fakes.slack.viewing import ResponseUrl, Viewing


class Acting(Viewing):
    """A workspace in which people do things; each takes effect at once, and the bot is told of it."""

    sharing_takes = 0.0
    """Seconds between `files.completeUploadExternal` and the message in which the file appears."""
    site = "https://workshop.slack.com/"

    # Coming and going -------------------------------------------------------------------------------------

    def join_team(self, handle: str, name: str, **facts: Any) -> Person:
        """Somebody enters the workspace (`team_join`); `facts` as in `add_person`."""
        person = self.add_person(handle, name, **facts)
        self.emit({"type": "team_join", "user": self.user_json(person), "cache_ts": 1})
        return person

    def leave_team(self, who: str) -> None:
        """Somebody is deactivated: out of every channel, and a `user_change` with `deleted`."""
        for channel in self.channels.values():
            if who in channel.members and channel.kind in ("channel", "group"):
                channel.members.remove(who)
        self.change_person(who, deleted=True)

    def change_person(self, who: str, **facts: Any) -> None:
        """A profile changes (`name`, `zone`, `guest`, `deleted` …): `user_change`."""
        for name, value in facts.items():
            setattr(self.people[who], name, value)
        self.emit({"type": "user_change", "user": self.user_json(self.people[who]), "cache_ts": 1})

    def join_channel(self, who: str, channel: str, *, inviter: str = "") -> None:
        """`member_joined_channel`, and the `channel_join` message."""
        place = self.channels[channel]
        if who not in place.members:
            place.members.append(who)
        event = {
            "type": "member_joined_channel",
            "user": who,
            "channel": channel,
            "team": self.people[who].team,
        }
        event |= {"channel_type": "C" if place.kind == "channel" else "G"}
        self._tell_in(place, event | ({"inviter": inviter} if inviter else {}))
        subtype = "channel_join" if place.kind == "channel" else "group_join"
        notice = Message(self.next_ts(), channel, who, f"<@{who}> has joined the channel", subtype=subtype)
        self.post(place, notice)

    def leave_channel(self, who: str, channel: str, *, by: str = "") -> None:
        """`member_left_channel`; the bot hears of its own leaving too, as `channel_left` or `group_left`."""
        place = self.channels[channel]
        event = {
            "type": "member_left_channel",
            "user": who,
            "channel": channel,
            "team": self.people[who].team,
        }
        self._tell_in(place, event | {"channel_type": "C" if place.kind == "channel" else "G"})
        place.members.remove(who)
        if who == self.bot_user:
            self.emit({"type": f"{place.kind}_left", "channel": channel, "actor_id": by or who})

    def invite_bot(self, channel: str, by: str = "") -> None:
        """The bot is invited: it hears of itself joining, and of the channel from then on."""
        self.join_channel(self.bot_user, channel, inviter=by)

    def remove_bot(self, channel: str, by: str = "") -> None:
        """The bot is removed from a channel."""
        self.leave_channel(self.bot_user, channel, by=by)

    # Channels ---------------------------------------------------------------------------------------------

    def create_channel(self, handle: str, name: str, by: str) -> Channel:
        """A new public channel: `channel_created`."""
        channel = self.add_channel(handle, name, members=(by,))
        facts = {"id": handle, "name": name, "created": 1, "creator": by, "is_channel": True}
        self.emit({"type": "channel_created", "channel": facts})
        return channel

    def rename(self, channel: str, name: str) -> None:
        """`channel_rename`."""
        place = self.channels[channel]
        place.name = name
        facts = {"id": channel, "name": name, "is_channel": place.kind == "channel", "created": 1}
        self._tell_of(place, "rename", facts)

    def archive(self, channel: str, *, by: str = "", undo: bool = False) -> None:
        """`channel_archive`, or `channel_unarchive`."""
        place = self.channels[channel]
        place.archived = not undo
        self._tell_of(place, "unarchive" if undo else "archive", channel, user=by)

    def delete_channel(self, channel: str) -> None:
        """`channel_deleted`."""
        place = self.channels.pop(channel)
        self._tell_of(place, "deleted", channel)

    def uninstall(self) -> None:
        """The app is removed: `app_uninstalled` and `tokens_revoked`, and `account_inactive` from then on."""
        self.installed = False
        self.emit({"type": "app_uninstalled"})
        self.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot_user]}})

    # Messages ---------------------------------------------------------------------------------------------

    def write(
        self,
        who: str,
        channel: str,
        text: str,
        *,
        thread: str = "",
        broadcast: bool = False,
        raw: bool = False,
        ago: timedelta = timedelta(),
    ) -> str:
        """Somebody types a message; returns its ts.

        `text` is what they typed: `& < >` are escaped; `@ID` or `@Name` of a person, `#name` of a channel,
        `@here`, `@channel`, `@everyone` and `https://…` become what Slack links; `blocks` are added as by the
        composer. With `raw` it is the text of the event as it is. `channel` may be `direct`: their talk with
        the bot. `ago`: it was written so long ago, and the bot is told of it only now.
        """
        place = self.place(channel, who)
        said = text if raw else self.typed(text)
        message = Message(
            self.next_ts(ago), place.id, who, said, composing.rich_text(said), broadcast=broadcast
        )
        message.thread_ts = self.thread_root(place, thread) if thread else ""
        message.subtype = "thread_broadcast" if broadcast else ""
        self.post(place, message)
        if ago:
            place.messages.sort(key=lambda one: float(one.ts))
        if f"<@{self.bot_user}>" in said and place.kind != "im":
            mention = self.message_json(message) | {"type": "app_mention", "channel": place.id}
            self._tell_in(place, mention | {"event_ts": message.ts})
        return message.ts

    def edit(self, who: str, channel: str, ts: str, text: str, *, raw: bool = False) -> None:
        """`message_changed`."""
        place = self.place(channel, who)
        said = text if raw else self.typed(text)
        self.change(place, self.message(place, ts), text=said, blocks=composing.rich_text(said))

    def unfurl(self, channel: str, ts: str, url: str, title: str) -> None:
        """Slack shows what is behind a link: `message_changed`, which is no edit."""
        place = self.channels[channel]
        message = self.message(place, ts)
        before = self.message_json(message)
        message.attachments = [
            {"id": 1, "from_url": url, "original_url": url, "title": title, "title_link": url}
        ]
        self._tell_changed(place, message, before)

    def delete(self, who: str, channel: str, ts: str) -> None:
        """`message_deleted`; a thread's root with replies becomes a tombstone, by `message_changed`."""
        place = self.place(channel, who)
        message = self.message(place, ts)
        before = self.message_json(message)
        if any(reply.thread_ts == ts and reply is not message for reply in place.messages):
            message.subtype, message.text, message.user = (
                "tombstone",
                "This message was deleted.",
                "USLACKBOT",
            )
            message.blocks, message.attachments, message.bot_id = [], [], ""
            self._tell_changed(place, message, before)
            return
        place.messages.remove(message)
        deleted = {"subtype": "message_deleted", "hidden": True, "deleted_ts": ts, "previous_message": before}
        self._tell_in(place, {"type": "message", "ts": self.next_ts(), "channel": place.id} | deleted)

    def react(self, who: str, channel: str, ts: str, emoji: str) -> None:
        """`reaction_added`."""
        place = self.place(channel, who)
        message = self.message(place, ts)
        message.reactions.setdefault(emoji, []).append(who)
        self._tell_reaction("reaction_added", who, place, message, emoji)

    def unreact(self, who: str, channel: str, ts: str, emoji: str) -> None:
        """`reaction_removed`."""
        place = self.place(channel, who)
        message = self.message(place, ts)
        message.reactions[emoji].remove(who)
        if not message.reactions[emoji]:
            del message.reactions[emoji]
        self._tell_reaction("reaction_removed", who, place, message, emoji)

    # What methods and people do alike ---------------------------------------------------------------------

    def post(self, place: Channel, message: Message) -> None:
        """Put a message into a channel, and tell of it; of an ephemeral one nobody is told."""
        place.messages.append(message)
        if not message.only_for:
            self._tell_in(place, self.message_json(message, metadata=True) | {"channel": place.id})

    def change(self, place: Channel, message: Message, **fields: Any) -> None:
        """Give a message another text, other blocks."""
        before = self.message_json(message)
        for name, value in fields.items():
            setattr(message, name, value)
        message.edited = self.next_ts()
        self._tell_changed(place, message, before)

    def thread_root(self, place: Channel, ts: str) -> str:
        """The thread that a message opens, which is marked as its root; raises Failed if there is none."""
        try:
            root = self.message(place, ts)
        except Failed:
            raise Failed("thread_not_found") from None
        root.thread_ts = root.thread_ts or root.ts
        return root.thread_ts

    def may_write_to(self, people: list[str]) -> None:
        """Raises Failed for somebody whom the bot cannot write to."""
        for who in people:
            person = self.people.get(who)
            if person is None:
                raise Failed("user_not_found")
            if person.bot:
                raise Failed("cannot_dm_bot")
            if person.deleted:
                raise Failed("user_disabled")

    def unknown_in(self, blocks: Any) -> list[str]:
        """What blocks name and the workspace does not have: people, channels, files."""
        known: dict[str, Any] = {"user": self.people, "channel": self.channels}
        wrong = [
            f"{kind}: no {one}"
            for kind, there in known.items()
            for one in checking.named(blocks, kind)
            if one not in there
        ]
        complete = {file.id for file in self.files.values() if file.complete}
        return wrong + [
            f"slack_file: no {one}" for one in checking.slack_files(blocks) if one not in complete
        ]

    def typed(self, text: str) -> str:
        """The `text` of what somebody types."""
        return composing.composed(text, self._people_by_name(), self._channels_by_name())

    def typed_command(self, text: str) -> str:
        """What `should_escape` makes of the words of a command."""
        return composing.composed(text, self._people_by_name(), self._channels_by_name(), named=True)

    def notified(self, message: Message) -> set[str]:
        """Whom a message notifies, at worst: by its text and by its blocks."""
        return composing.notified(message.text) | set(checking.mentions(message.blocks))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background."""
        self._spawn(work)

    def respond(self, place: Channel, url: ResponseUrl, said: Json) -> None:
        """Show an answer in place: to the asker alone unless it says `in_channel`."""
        message = Message(
            self.next_ts(), place.id, self.bot_user, said.get("text", ""), said.get("blocks") or []
        )
        message.bot_id = self.bot_id
        message.only_for = "" if said.get("response_type") == "in_channel" else url.who
        message.thread_ts = said.get("thread_ts") or url.thread
        self.post(place, message)

    @abstractmethod
    def socket_url(self) -> str:
        """Where the next socket connects."""

    def upload_url(self, file: File) -> str:
        """Where a file is uploaded to."""
        return f"{self.address}/upload/{file.id}"

    # Events -----------------------------------------------------------------------------------------------

    def _tell_in(self, place: Channel, event: Json) -> None:
        """Of what happens in a channel only those in it are told."""
        if self.bot_user in place.members:
            if event["type"] == "message" or event["type"] == "app_mention":
                event["channel_type"] = place.kind
            self.emit(event, shared=place.shared)

    def _tell_of(self, place: Channel, what: str, channel: Any, **more: Any) -> None:
        """Of what happens to a public channel everybody is told, of a private one who is in it."""
        if place.kind == "channel" or self.bot_user in place.members:
            self.emit({"type": f"{place.kind}_{what}", "channel": channel} | more, shared=place.shared)

    def _tell_changed(self, place: Channel, message: Message, before: Json) -> None:
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "ts": self.next_ts(),
            "channel": place.id,
            "message": self.message_json(message, metadata=True),
            "previous_message": before,
        }
        self._tell_in(place, event)

    def _tell_reaction(self, kind: str, who: str, place: Channel, message: Message, emoji: str) -> None:
        item = {"type": "message", "channel": place.id, "ts": message.ts}
        self._tell_in(
            place, {"type": kind, "user": who, "reaction": emoji, "item_user": message.user, "item": item}
        )

    def _people_by_name(self) -> dict[str, str]:
        return {name: one.id for one in self.people.values() for name in (one.id, one.name)}

    def _channels_by_name(self) -> dict[str, str]:
        return {one.name: one.id for one in self.channels.values() if one.kind in ("channel", "group")}
