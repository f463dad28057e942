"""Synchronises the database with the roster of a space: at startup, and when events may have been missed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import Event, MemberJoined, MemberLeft, Profile, Roster, SpaceRef
from facilitation.core.workers.intake import Intake
from storage.communities import Community, Directory, Memberships, People
from storage.suppression import suppressions_of
from storage.unit import Session, Units

AT_ONCE = 400
"""Accounts, presences or members stored in one unit."""

T = TypeVar("T")


@dataclass(frozen=True)
class CommunityDefaults:
    """The settings of a new community: IANA time zone, ISO country code, and name.

    If `name` is empty, the community gets the name of its space.
    """

    name: str = ""
    zone: str = "UTC"
    country: str = ""


class RosterSync:
    """Updates the database from rosters.

    `first_coordinators` returns the handles of a community's first coordinators; it is called only for
    communities without a coordinator. `defaults` returns the settings for the new community of a space.
    """

    def __init__(
        self,
        units: Units,
        clock: Clock,
        intake: Intake,
        *,
        first_coordinators: Callable[[Community], Sequence[str]],
        defaults: Callable[[SpaceRef], CommunityDefaults],
    ) -> None:
        self._units = units
        self._clock = clock
        self._intake = intake
        self._first_coordinators = first_coordinators
        self._defaults = defaults

    async def sync(self, roster: Roster, *, community_name: str = "", history: bool = False) -> None:
        """Store the accounts, channels and presences of a space, and create its community if it has none.

        With `community_name`, a community of that name is created even if the space has others. A new
        community posts nothing until *Begin*.

        It is stored in parts, so that commands need not wait for a large space. A sync that is interrupted is
        completed by the next.

        Differences between the roster and the database become events: `MemberJoined` for eligible people who
        are not members of a begun community, and `MemberLeft` for people who are missing from the roster or
        from a channel. Whoever leaves their last home channel leaves the community. `history` marks the
        roster of an archive: it may be years old, so it causes no events.
        """
        space = await self._store_space(roster, community_name)
        for people in _parts(roster.people, lambda _: 1):
            async with self._units.write() as session:
                await self._store_people(session, space, people)
        absent: list[tuple[str, str]] = []  # pairs of channel and person, both by handle
        for channels in _parts(roster.channels, lambda channel: 1 + len(channel.members)):
            async with self._units.write() as session:
                present = {channel.handle: channel.members for channel in channels}
                absent += await Memberships(session).sync_presence(space, present)
        await self._enrol(space, roster)
        async with self._units.write() as session:
            events = await self._differences(session, space, roster, absent)
        self._intake.invalidate()
        if not history and events:
            await self._intake.commit(roster.space, events)

    async def _store_space(self, roster: Roster, community_name: str) -> int:
        """Store the space, its channels and its community; returns the id of the space."""
        async with self._units.write() as session:
            directory = Directory(session)
            space = await directory.put_space(roster.space.platform, roster.space.handle, roster.name)
            await directory.put_channels(
                space.id, [(c.handle, c.name, c.private, c.archived) for c in roster.channels]
            )
            await self._create_community(directory, space.id, roster, community_name)
        return space.id

    @staticmethod
    async def _store_people(session: Session, space: int, people: Sequence[Profile]) -> None:
        """Store people, except for those who have asked to be forgotten, be it a moment ago."""
        suppressions = await suppressions_of(session, space)
        await Directory(session).put_accounts(
            space,
            [
                (one.handle, one.name, one.zone, one.is_person, one.manager)
                for one in people
                if not suppressions.has(one.handle)
            ],
        )

    async def _enrol(self, space: int, roster: Roster) -> None:
        """Make the people of communities that have not begun their members."""
        async with self._units.read() as session:
            communities = await Directory(session).communities(space)
        for community in communities:
            if community.begun_at is not None or (community.whole_space and not roster.people):
                continue
            is_complete = False
            while not is_complete:
                async with self._units.write() as session:
                    is_complete = await Memberships(session).enrol_present(
                        community, joined=None, at=self._clock.now(), at_most=AT_ONCE
                    )

    async def _differences(
        self, session: Session, space: int, roster: Roster, absent: list[tuple[str, str]]
    ) -> list[Event]:
        """The `MemberJoined` and `MemberLeft` events that the roster causes."""
        now, memberships = self._clock.now(), Memberships(session)
        for community in await Directory(session).communities(space):
            await self._appoint_first_coordinators(session, space, community)
        new, missing = await memberships.compare_roster(space, [person.handle for person in roster.people])
        outside = await memberships.outside_home_channels(space)
        joined: list[Event] = [
            MemberJoined(now, profile) for profile in roster.people if profile.handle in new
        ]
        left: list[Event] = [MemberLeft(now, handle) for handle in sorted(missing)]
        pairs = dict.fromkeys([*absent, *outside])
        left += [MemberLeft(now, handle, channel) for channel, handle in pairs if handle not in missing]
        return [*joined, *left]

    async def _create_community(self, directory: Directory, space: int, roster: Roster, name: str) -> None:
        """Create the community of a space without one, or the named one if it does not exist."""
        defaults = self._defaults(roster.space)
        name = name or defaults.name
        if name or not await directory.communities(space):
            name = name or await directory.free_name(roster.name, str(roster.space))
            await directory.put_community(name, space, defaults.zone, defaults.country)

    async def _appoint_first_coordinators(self, session: Session, space: int, community: Community) -> None:
        people = People(session, community.id)
        if await people.holders(Role.COORDINATOR):
            return
        for handle in self._first_coordinators(community):
            account = await Directory(session).account(space, handle)
            member = await people.by_account(account.id) if account else None
            if member is not None and member.left_at is None:
                await people.grant(member.id, Role.COORDINATOR, self._clock.now())


def _parts(items: Sequence[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in parts of at most AT_ONCE by their sizes, or of one item."""
    part: list[T] = []
    total = 0
    for item in items:
        if part and total + size(item) > AT_ONCE:
            yield part
            part, total = [], 0
        part.append(item)
        total += size(item)
    if part:
        yield part
