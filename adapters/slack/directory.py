"""The people and channels of one workspace, kept in memory while the process runs."""

import asyncio
from collections.abc import Iterator, Mapping

import msgspec
import structlog

from adapters.slack import limits
from adapters.slack.api import ApiError, SlackApi
from adapters.slack.roster import facts_of, profile_of
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Profile,
    Roster,
    SpaceRef,
)

ASK_AGAIN_AFTER = 3600
"""Seconds until an account that Slack does not know is looked up again."""

log = structlog.get_logger(__name__)


class Directory:
    """People and channels by id. They are loaded at the start and after a gap, and updated by events."""

    def __init__(self, api: SlackApi, team: str, bot_user: str) -> None:
        self.team = team
        self.bot_user = bot_user
        self.people: dict[str, Profile] = {}
        self.channels: dict[str, ChannelFacts] = {}
        self.joined_channels: set[str] = set()
        """The channels that the bot is in."""
        self.lost_channels: set[str] = set()
        """The channels that the bot was removed from while this process ran."""
        self.names: Mapping[str, str] = _Names(self)
        self._api = api
        self._lookups: dict[str, asyncio.Task[None]] = {}
        self._unknown_until: dict[str, float] = {}
        """Until when accounts that Slack does not know are not looked up again, in the loop's seconds."""

    async def load(self, space: SpaceRef, name: str) -> Roster:
        """Load the workspace. The roster contains persons only, so a member who became a guest has left."""
        users = await self._api.collect("users.list", "members", limit=limits.PAGE)
        self.people = {user["id"]: profile_of(user, self.team) for user in users}
        rows = await self._api.collect(
            "conversations.list", "channels", types="public_channel,private_channel", limit=limits.PAGE
        )
        self.joined_channels = {row["id"] for row in rows if row.get("is_member")}
        self.lost_channels -= self.joined_channels
        self.channels = {row["id"]: facts_of(row) for row in rows}
        for handle in sorted(self.joined_channels):
            await self.load_members(handle)
        return Roster(
            space,
            name,
            tuple(profile for profile in self.people.values() if profile.is_person),
            tuple(channel for handle, channel in self.channels.items() if handle not in self.lost_channels),
        )

    async def person(self, handle: str) -> Profile | None:
        """A person of this workspace; None for bots, guests, outsiders and people who left.

        An unknown account is looked up once, however many ask. One that Slack does not know either is looked
        up again after an hour. Raises the errors of `SlackApi`.
        """
        now = asyncio.get_running_loop().time()
        if handle not in self.people and self._unknown_until.get(handle, 0) < now:
            if handle not in self._lookups:
                self._lookups[handle] = lookup = asyncio.create_task(self._look_up(handle))
                lookup.add_done_callback(lambda _: self._lookups.pop(handle))
            await asyncio.shield(self._lookups[handle])
        found = self.people.get(handle)
        return found if found is not None and found.is_person else None

    async def _look_up(self, handle: str) -> None:
        try:
            answer = await self._api.call("users.info", user=handle)
        except ApiError as refused:
            log.info("slack does not know an account", error=refused.error)
            self._unknown_until[handle] = asyncio.get_running_loop().time() + ASK_AGAIN_AFTER
        else:
            self.people[handle] = profile_of(answer["user"], self.team)

    async def channel(self, handle: str) -> ChannelFacts:
        """A channel as it is now; as it was last known if Slack does not tell."""
        try:
            answer = await self._api.call("conversations.info", channel=handle)
        except ApiError:
            return self.known_channel(handle)
        facts = facts_of(answer["channel"])
        self.channels[handle] = facts
        return facts

    def apply(self, event: Event) -> None:
        """Apply an event that was stored."""
        match event:
            case MemberJoined(who=profile) | MemberChanged(who=profile):
                self.people[profile.handle] = profile
            case MemberLeft(who=handle, place="") if handle in self.people:
                self.people[handle] = msgspec.structs.replace(self.people[handle], gone=True)
            case ChannelChanged(channel=channel, lost=lost):
                self.channels[channel.handle] = channel
                if lost:
                    self.joined_channels.discard(channel.handle)
                    self.lost_channels.add(channel.handle)
            case _:
                pass

    async def load_members(self, handle: str) -> ChannelFacts:
        """Load the members of a channel that the bot is in."""
        self.joined_channels.add(handle)
        self.lost_channels.discard(handle)
        members = await self._members(handle)
        self.channels[handle] = msgspec.structs.replace(self.known_channel(handle), members=members)
        return self.channels[handle]

    def known_channel(self, handle: str) -> ChannelFacts:
        """A channel as it was last known."""
        return self.channels.get(handle) or ChannelFacts(handle, handle)

    async def _members(self, handle: str) -> tuple[str, ...]:
        try:
            rows = await self._api.collect(
                "conversations.members", "members", channel=handle, limit=limits.PAGE
            )
        except ApiError as refused:
            log.warning("members of a channel cannot be read", channel=handle, error=refused.error)
            return ()
        persons = self.people
        return tuple(row for row in rows if row in persons and persons[row].is_person)


class _Names(Mapping[str, str]):
    """The current names of people and channels by their ids."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def __getitem__(self, handle: str) -> str:
        person = self._directory.people.get(handle)
        return person.name if person is not None else self._directory.channels[handle].name

    def __iter__(self) -> Iterator[str]:
        yield from self._directory.people
        yield from self._directory.channels

    def __len__(self) -> int:
        return len(self._directory.people) + len(self._directory.channels)
