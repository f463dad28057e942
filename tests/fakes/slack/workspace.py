"""The workspace: who and what is in it, and how Slack's JSON describes each."""

import asyncio
import time
from datetime import timedelta
from typing import Any, Literal

from tests.fakes.slack.values import ApiCall, Channel, Envelope, Failed, File, Json, Message, Person, View

BOT_SCOPES = frozenset(
    f"{kind}:{what}" for kind in ("channels", "groups", "im", "mpim") for what in ("history", "read")
) | {
    "app_mentions:read",
    "channels:join",
    "channels:manage",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:write",
    "im:write",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
}
"""What the bot token may do until a manifest says so. With `chat:write.public` it may write anywhere."""


class Workspace:
    """People, channels, messages, files and views; nothing here tells anybody anything."""

    team = "T0HOME"
    app_id = "A0TERTULIA"
    bot_user = "U0TERTULIA"
    bot_id = "B0TERTULIA"
    bot_token = "xoxb-fake-bot"
    app_token = "xapp-1-A0TERTULIA-fake"
    signing_secret = "8f742231b10e8888abcd99fffaaa85a5"

    def __init__(self, team_name: str) -> None:
        self.team_name = team_name
        self.scopes: set[str] = set(BOT_SCOPES)
        self.app_scopes: set[str] = {"connections:write", "authorizations:read"}
        self.subscriptions: set[str] | None = None
        """Event types the app is subscribed to (`message.channels` …); None for all."""
        self.commands: dict[str, bool] | None = None
        """The slash commands there are, and whether each escapes; None for any, escaped."""
        self.shortcuts: set[str] | None = None
        """The callback_ids of shortcuts there are; None for any."""
        self.skew = 0.0
        self.installed = True
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.calls: list[ApiCall] = []
        self.envelopes: list[Envelope] = []
        self.complaints: list[str] = []
        self._last_ts = 0
        self._number = 0
        self.add_person(self.bot_user, "Tertulia", bot=True)
        # Every workspace has this one, and says that it is no bot.
        self.add_person("USLACKBOT", "Slackbot")

    # Arranging -----------------------------------------------------------------------------------------

    def add_person(self, handle: str, name: str, **facts: Any) -> Person:
        """Somebody who is already here; `facts` are fields of `Person`, as `team` of an outsider."""
        person = Person(handle, name, **({"team": self.team} | facts))
        self.people[handle] = person
        return person

    def add_channel(
        self,
        handle: str,
        name: str,
        *,
        private: bool = False,
        members: tuple[str, ...] = (),
        topic: str = "",
        bot: bool = False,
        shared: bool = False,
        archived: bool = False,
    ) -> Channel:
        """A channel that is already here, with these members and perhaps (`bot`) the bot."""
        kind: Literal["group", "channel"] = "group" if private else "channel"
        channel = Channel(handle, name, kind, topic, archived, shared, [*members])
        if bot:
            channel.members.append(self.bot_user)
        self.channels[handle] = channel
        return channel

    def install(self, manifest: Json) -> None:
        """Give the app exactly what its manifest asks for: scopes, events, commands, shortcuts."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.subscriptions = set(settings.get("event_subscriptions", {}).get("bot_events", ()))
        self.commands = {
            command["command"]: command.get("should_escape", False)
            for command in features.get("slash_commands", ())
        }
        self.shortcuts = {shortcut["callback_id"] for shortcut in features.get("shortcuts", ())}

    def forbid(self, *scopes: str) -> None:
        """Take scopes away: `missing_scope` from then on, and no events that need them."""
        self.scopes.difference_update(scopes)

    # Finding -------------------------------------------------------------------------------------------

    def direct(self, who: str) -> str:
        """The id of somebody's conversation with the bot, opened if need be."""
        return self.conversation([who]).id

    def conversation(self, people: list[str]) -> Channel:
        """The direct or group conversation of the bot with these people, opened if need be."""
        everybody = {*people, self.bot_user}
        kind: Literal["im", "mpim"] = "im" if len(everybody) <= 2 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and set(channel.members) == everybody:
                return channel
        handle = f"D0{people[0]}" if kind == "im" else f"G{self.next_id('0MPIM')}"
        name = "directmessage" if kind == "im" else "mpdm-" + "--".join(sorted(everybody)) + "-1"
        self.channels[handle] = Channel(handle, name, kind, members=sorted(everybody))
        return self.channels[handle]

    def place(self, channel: str, who: str = "") -> Channel:
        """A channel by id, or `direct` for somebody's conversation with the bot."""
        return self.channels[self.direct(who) if channel == "direct" else channel]

    def message(self, channel: Channel, ts: str) -> Message:
        """A message by its ts; raises Failed for none."""
        for message in reversed(channel.messages):
            if message.ts == ts and not message.only_for:
                return message
        raise Failed("message_not_found")

    def groups(self, who: str) -> list[Channel]:
        """The group conversations somebody is in."""
        return [c for c in self.channels.values() if c.kind == "mpim" and who in c.members]

    # Numbers -------------------------------------------------------------------------------------------

    def next_ts(self, ago: timedelta = timedelta()) -> str:
        """A ts of now, or of so long ago, unlike any other."""
        self._last_ts = max(int(time.time() * 1_000_000), self._last_ts + 1)
        micros = self._last_ts - int(ago.total_seconds() * 1_000_000)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """An id unlike any other."""
        self._number += 1
        return f"{prefix}{self._number:07d}"

    @staticmethod
    def now() -> float:
        """Seconds on the loop's clock."""
        return asyncio.get_running_loop().time()

    # As Slack's JSON -----------------------------------------------------------------------------------

    def user_json(self, person: Person) -> Json:
        """A `user` object."""
        is_ours = person.team == self.team
        facts: Json = {
            "id": person.id,
            "team_id": person.team,
            "name": person.name.lower().replace(" ", "."),
            "deleted": person.deleted,
            "profile": {
                "real_name": person.name,
                "real_name_normalized": person.name,
                "display_name": person.display,
                "display_name_normalized": person.display,
                "team": person.team,
            },
            "is_bot": person.bot,
            "is_app_user": False,
            "updated": int(time.time()),
        }
        if person.id == self.bot_user:
            facts["profile"] |= {"bot_id": self.bot_id, "api_app_id": self.app_id}
        if not is_ours:
            facts["is_stranger"] = False
        if person.deleted:
            return facts
        return facts | {
            "real_name": person.name,
            "tz": person.zone,
            "tz_label": person.zone,
            "tz_offset": 0,
            "is_admin": person.admin or person.owner,
            "is_owner": person.owner,
            "is_primary_owner": False,
            "is_restricted": person.guest,
            "is_ultra_restricted": False,
            "who_can_share_contact_card": "EVERYONE",
        }

    def channel_json(self, channel: Channel) -> Json:
        """A `channel` object as the bot sees it."""
        facts: Json = {
            "id": channel.id,
            "created": 1_700_000_000,
            "is_archived": channel.archived,
            "is_im": channel.kind == "im",
            "is_org_shared": False,
            "context_team_id": self.team,
        }
        if channel.kind == "im":
            other = next(who for who in channel.members if who != self.bot_user)
            return facts | {"user": other, "is_user_deleted": self.people[other].deleted}
        return facts | {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "channel",
            "is_group": channel.kind == "group",
            "is_mpim": channel.kind == "mpim",
            "is_private": channel.kind != "channel",
            "is_general": channel.name == "general",
            "is_member": self.bot_user in channel.members,
            "is_shared": channel.shared,
            "is_ext_shared": channel.shared,
            "topic": {"value": channel.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(channel.members),
        }

    def message_json(self, message: Message, *, metadata: bool = False) -> Json:
        """A `message` object, as in histories and events."""
        person = self.people.get(message.user)
        facts: Json = {
            "type": "message",
            "user": message.user,
            "ts": message.ts,
            "text": message.text,
            "team": person.team if person else self.team,
        }
        optional = {
            "subtype": message.subtype,
            "bot_id": message.bot_id,
            "app_id": self.app_id if message.bot_id == self.bot_id else "",
            "blocks": message.blocks,
            "attachments": message.attachments,
            "thread_ts": message.thread_ts,
            "metadata": message.metadata if metadata else {},
        }
        facts |= {name: value for name, value in optional.items() if value}
        if person and person.team != self.team:
            facts |= {"user_team": person.team, "source_team": person.team}
        if message.edited:
            facts["edited"] = {"user": message.user, "ts": message.edited}
        if message.files:
            facts |= {"files": [self.file_json(self.files[one]) for one in message.files], "upload": True}
        if message.reactions:
            facts["reactions"] = [
                {"name": name, "users": who, "count": len(who)} for name, who in message.reactions.items()
            ]
        if message.thread_ts and message.thread_ts != message.ts:
            facts["parent_user_id"] = self._root_author(message)
        return facts

    def file_json(self, file: File) -> Json:
        """A `file` object."""
        shares: Json = {}
        for handle in file.shared_in:
            channel = self.channels[handle]
            found = [
                {"ts": m.ts, "channel_name": channel.name} for m in channel.messages if file.id in m.files
            ]
            kind = "public" if channel.kind == "channel" else "private"
            shares.setdefault(kind, {})[handle] = found
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title,
            "alt_txt": file.alt_text,
            "mimetype": "image/png" if file.name.endswith(".png") else "text/plain",
            "filetype": file.name.rpartition(".")[2],
            "size": len(file.content),
            "user": self.bot_user,
            "shares": shares,
        }

    def view_json(self, view: View) -> Json:
        """A `view` object."""
        return view.body | {
            "id": view.id,
            "team_id": self.team,
            "hash": view.hash,
            "app_id": self.app_id,
            "bot_id": self.bot_id,
            "root_view_id": view.root or view.id,
            "previous_view_id": view.previous or None,
            "private_metadata": view.body.get("private_metadata", ""),
            "callback_id": view.body.get("callback_id", ""),
            "state": {"values": view.values},
        }

    def _root_author(self, message: Message) -> str:
        channel = self.channels[message.channel]
        return next((root.user for root in channel.messages if root.ts == message.thread_ts), "")
