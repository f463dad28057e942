"""Translates Slack's events, with Slack's own ids and times.

Slack may deliver one event several times with different event_ids, so keys are made from the content of an
event and never from its envelope. Messages in private conversations are not read.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.markup import slack as markup
from adapters.slack.directory import Directory
from adapters.slack.roster import facts_of, profile_of
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    SpaceLost,
)

Json = dict[str, Any]
Reader = Callable[["EventReader", Json], Awaitable[Event | None]]

CHANNEL_TYPES = ("channel", "group")
"""The types of conversation that may belong to a community; all others are private."""
SUBTYPES_BY_PEOPLE = ("", "thread_broadcast", "file_share", "me_message")
"""The subtypes of messages that people write; all others are made by Slack."""


def instant(ts: object) -> datetime:
    """The instant of a Slack timestamp such as `1700000000.123456`, exact to the microsecond."""
    seconds, _, fraction = str(ts).partition(".")
    microseconds = int(fraction[:6].ljust(6, "0") or 0)
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=microseconds)


class EventReader:
    """Reads the events of one workspace. Reading has no side effect, so an event can be read again."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def read(self, event: Json, envelope_time: int) -> Event | None:
        """The event that Slack reports; None if it is private, not a person's, or not of interest.

        `envelope_time` is the time of the envelope in Unix seconds, for events without a time of their own.
        """
        reader = READERS.get(str(event.get("type")))
        event.setdefault("event_ts", f"{envelope_time}.000000")
        return await reader(self, event) if reader is not None else None

    # Messages ------------------------------------------------------------------------------------

    async def message(self, event: Json) -> Event | None:
        """A message was posted, edited or deleted."""
        if event.get("channel_type") not in CHANNEL_TYPES:
            return None
        match event.get("subtype", ""):
            case "message_changed":
                return self._edited(event)
            case "message_deleted":
                return MessageDeleted(instant(event["event_ts"]), event["channel"], event["deleted_ts"])
            case subtype if subtype in SUBTYPES_BY_PEOPLE:
                return await self._written(event)
            case _:
                return None

    async def _written(self, event: Json) -> Event | None:
        if event.get("bot_id") or not await self._is_person(event):
            return None
        ts, root = event["ts"], event.get("thread_ts") or ""
        raw = str(event.get("text") or "")
        is_reply = bool(root) and root != ts
        return MessagePosted(
            at=instant(ts),
            place=event["channel"],
            message=ts,
            who=event["user"],
            text=markup.plain(raw, self._directory.names),
            thread=root if is_reply else "",
            reply=is_reply,
            links=markup.links(raw),
            question=markup.is_question(raw),
        )

    def _edited(self, event: Json) -> Event | None:
        """A person edited a message. Slack reports unfurled links and deleted thread roots alike."""
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        if message.get("subtype") == "tombstone":
            return MessageDeleted(instant(event["event_ts"]), event["channel"], message["ts"])
        raw = str(message.get("text") or "")
        if message.get("bot_id") or raw == before.get("text"):
            return None
        at = (message.get("edited") or {}).get("ts") or event["event_ts"]
        return MessageEdited(
            at=instant(at),
            place=event["channel"],
            message=message["ts"],
            text=markup.plain(raw, self._directory.names),
            links=markup.links(raw),
            question=markup.is_question(raw),
        )

    async def reaction_added(self, event: Json) -> Event | None:
        """A person added a reaction."""
        if not await self._is_persons_reaction(event):
            return None
        item = event["item"]
        return ReactionAdded(
            instant(event["event_ts"]), item["channel"], item["ts"], event["user"], event["reaction"]
        )

    async def reaction_removed(self, event: Json) -> Event | None:
        """A person removed a reaction."""
        if not await self._is_persons_reaction(event):
            return None
        item = event["item"]
        return ReactionRemoved(
            instant(event["event_ts"]), item["channel"], item["ts"], event["user"], event["reaction"]
        )

    # People --------------------------------------------------------------------------------------

    async def team_join(self, event: Json) -> Event | None:
        """A person joined the workspace."""
        profile = profile_of(event["user"], self._directory.team)
        return MemberJoined(instant(event["event_ts"]), profile) if profile.is_person else None

    async def user_change(self, event: Json) -> Event | None:
        """A profile changed. Status lines change most often; changes of outsiders and bots are ignored."""
        profile = profile_of(event["user"], self._directory.team)
        known = self._directory.people.get(profile.handle)
        was_person = known is not None and known.is_person
        if profile == known or not (was_person or profile.is_person):
            return None
        at = instant(event["event_ts"])
        if profile.gone:
            return MemberLeft(at, profile.handle)
        return MemberChanged(at, profile)

    async def member_joined_channel(self, event: Json) -> Event | None:
        """A person, or the bot itself, joined a channel."""
        if event["user"] == self._directory.bot_user:
            return _changed(event, await self._directory.channel(event["channel"]))
        profile = await self._directory.person(event["user"])
        if profile is None:
            return None
        return MemberJoined(instant(event["event_ts"]), profile, event["channel"])

    async def member_left_channel(self, event: Json) -> Event | None:
        """A person left a channel; for the bot itself there is `channel_left`."""
        if event["user"] == self._directory.bot_user or not await self._is_person(event):
            return None
        return MemberLeft(instant(event["event_ts"]), event["user"], event["channel"])

    # Channels ------------------------------------------------------------------------------------

    async def channel_created(self, event: Json) -> Event | None:
        """A channel was created."""
        return _changed(event, facts_of(event["channel"]))

    async def channel_rename(self, event: Json) -> Event | None:
        """A channel was renamed."""
        known = self._directory.known_channel(event["channel"]["id"])
        private = known.private or event["type"].startswith("group_")
        name = facts_of(event["channel"]).name
        return _changed(event, msgspec.structs.replace(known, name=name, private=private))

    async def channel_archive(self, event: Json) -> Event | None:
        """A channel was archived or deleted, which are treated alike."""
        known = self._directory.known_channel(event["channel"])
        return _changed(event, msgspec.structs.replace(known, archived=True))

    async def channel_unarchive(self, event: Json) -> Event | None:
        """A channel was unarchived."""
        known = self._directory.known_channel(event["channel"])
        return _changed(event, msgspec.structs.replace(known, archived=False))

    async def channel_left(self, event: Json) -> Event | None:
        """The bot was removed from a channel."""
        facts = self._directory.known_channel(event["channel"])
        return ChannelChanged(instant(event["event_ts"]), facts, lost=True)

    async def space_lost(self, event: Json) -> Event | None:
        """The bot was removed from the workspace."""
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return None
        return SpaceLost(instant(event["event_ts"]))

    async def request(self, event: Json) -> Event | None:
        """A request to the bot: it is answered elsewhere, and not stored."""
        return None

    # ---------------------------------------------------------------------------------------------

    async def _is_persons_reaction(self, event: Json) -> bool:
        """Whether a reaction is a person's, in a channel; its event lacks the type of conversation."""
        item = event.get("item") or {}
        in_channel = item.get("type") == "message" and item.get("channel") in self._directory.channels
        return in_channel and await self._is_person(event)

    async def _is_person(self, event: Json) -> bool:
        handle = event.get("user")
        return bool(handle) and await self._directory.person(str(handle)) is not None


def _changed(event: Json, facts: ChannelFacts) -> ChannelChanged:
    return ChannelChanged(instant(event["event_ts"]), facts)


READERS: dict[str, Reader] = {
    "message": EventReader.message,
    "reaction_added": EventReader.reaction_added,
    "reaction_removed": EventReader.reaction_removed,
    "team_join": EventReader.team_join,
    "user_change": EventReader.user_change,
    "member_joined_channel": EventReader.member_joined_channel,
    "member_left_channel": EventReader.member_left_channel,
    "channel_created": EventReader.channel_created,
    "channel_rename": EventReader.channel_rename,
    "channel_archive": EventReader.channel_archive,
    "channel_unarchive": EventReader.channel_unarchive,
    "channel_deleted": EventReader.channel_archive,
    "channel_left": EventReader.channel_left,
    "group_rename": EventReader.channel_rename,
    "group_archive": EventReader.channel_archive,
    "group_unarchive": EventReader.channel_unarchive,
    "group_deleted": EventReader.channel_archive,
    "group_left": EventReader.channel_left,
    "app_uninstalled": EventReader.space_lost,
    "tokens_revoked": EventReader.space_lost,
    "app_home_opened": EventReader.request,
    "app_mention": EventReader.request,
}
"""The handler of every event type that the app subscribes to."""
