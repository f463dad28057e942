"""What is known of one workspace while the process runs: people, channels, and where the bot is."""

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

log = structlog.get_logger(__name__)


class Directory:
    """People and channels by id: read whole at the start and after a gap, amended by events."""

    def __init__(self, api: SlackApi, team: str, bot_user: str) -> None:
        self.team = team
        self.bot_user = bot_user
        self.people: dict[str, Profile] = {}
        self.channels: dict[str, ChannelFacts] = {}
        self.entered: set[str] = set()
        """Channels the bot is in."""
        self.lost: set[str] = set()
        """Channels the bot was removed from while this process ran."""
        self.names: Mapping[str, str] = _Names(self)
        self._api = api

    async def read(self, space: SpaceRef, name: str) -> Roster:
        """The workspace as it stands. Only persons are in a roster: whoever became a guest has left it."""
        users = await self._api.pages("users.list", "members", limit=limits.PAGE)
        self.people = {user["id"]: profile_of(user, self.team) for user in users}
        rows = await self._api.pages(
            "conversations.list", "channels", types="public_channel,private_channel", limit=limits.PAGE
        )
        self.entered = {row["id"] for row in rows if row.get("is_member")}
        self.lost -= self.entered
        self.channels = {row["id"]: facts_of(row) for row in rows}
        for handle in sorted(self.entered):
            await self.meet(handle)
        return Roster(
            space,
            name,
            tuple(profile for profile in self.people.values() if profile.is_person),
            tuple(channel for handle, channel in self.channels.items() if handle not in self.lost),
        )

    async def person(self, handle: str) -> Profile | None:
        """A person of this workspace; None for bots, guests, outsiders and whoever is gone.

        An account that is not known yet is asked for once. Raises the errors of `Api`.
        """
        if handle not in self.people:
            try:
                answer = await self._api.call("users.info", user=handle)
            except ApiError as refused:
                log.info("slack does not know an account", error=refused.error)
                return None
            self.people[handle] = profile_of(answer["user"], self.team)
        found = self.people[handle]
        return found if found.is_person else None

    async def channel(self, handle: str) -> ChannelFacts:
        """A channel as it is now; what is known of it where Slack does not tell."""
        try:
            answer = await self._api.call("conversations.info", channel=handle)
        except ApiError:
            return self.known(handle)
        facts = facts_of(answer["channel"])
        self.channels[handle] = facts
        return facts

    def note(self, fact: Event) -> None:
        """Know what the house has been told."""
        match fact:
            case MemberJoined(who=profile) | MemberChanged(who=profile):
                self.people[profile.handle] = profile
            case MemberLeft(who=handle, place="") if handle in self.people:
                self.people[handle] = msgspec.structs.replace(self.people[handle], gone=True)
            case ChannelChanged(channel=channel, lost=lost):
                self.channels[channel.handle] = channel
                if lost:
                    self.entered.discard(channel.handle)
                    self.lost.add(channel.handle)
            case _:
                pass

    async def meet(self, handle: str) -> ChannelFacts:
        """A channel that the bot is in, with the persons in it, read anew."""
        self.entered.add(handle)
        self.lost.discard(handle)
        members = await self._members(handle)
        self.channels[handle] = msgspec.structs.replace(self.known(handle), members=members)
        return self.channels[handle]

    def known(self, handle: str) -> ChannelFacts:
        """A channel as far as it is known."""
        return self.channels.get(handle) or ChannelFacts(handle, handle)

    async def _members(self, handle: str) -> tuple[str, ...]:
        try:
            rows = await self._api.pages(
                "conversations.members", "members", channel=handle, limit=limits.PAGE
            )
        except ApiError as refused:
            log.warning("members of a channel cannot be read", channel=handle, error=refused.error)
            return ()
        persons = self.people
        return tuple(row for row in rows if row in persons and persons[row].is_person)


class _Names(Mapping[str, str]):
    """The names of people and channels by their ids, always as they are now."""

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
