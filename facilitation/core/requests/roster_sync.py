"""Synchronises the database with the roster of a space: at startup, and when events may have been missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Role
from facilitation.core.values.events import Event, MemberJoined, MemberLeft, Roster, SpaceRef
from facilitation.core.workers.intake import Intake
from storage.communities import Community, Directory, Memberships, People
from storage.suppression import suppressions_of
from storage.unit import Session, Units


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

        Differences between the roster and the database become events: `MemberJoined` for eligible people who
        are not members of a begun community, and `MemberLeft` for people who are missing from the roster or
        from a channel. Whoever leaves their last home channel leaves the community. `history` marks the
        roster of an archive: it may be years old, so it causes no events.
        """
        async with self._units.write() as session:
            joined, left = await self._store(session, roster, community_name)
        self._intake.invalidate()
        if not history and (events := [*joined, *left]):
            await self._intake.commit(roster.space, events)

    async def _store(self, session: Session, roster: Roster, name: str) -> tuple[list[Event], list[Event]]:
        """Store the roster; returns the `MemberJoined` and the `MemberLeft` events that it causes."""
        now = self._clock.now()
        directory, memberships = Directory(session), Memberships(session)
        space = await directory.put_space(roster.space.platform, roster.space.handle, roster.name)
        suppressions = await suppressions_of(session, space.id)
        if suppressions.hashes:
            people = tuple(person for person in roster.people if not suppressions.has(person.handle))
            roster = msgspec.structs.replace(roster, people=people)
        await directory.put_accounts(
            space.id, [(p.handle, p.name, p.zone, p.is_person, p.manager) for p in roster.people]
        )
        await directory.put_channels(
            space.id, [(c.handle, c.name, c.private, c.archived) for c in roster.channels]
        )
        # Pairs of channel and person, both by handle.
        absent = await memberships.sync_presence(space.id, {c.handle: c.members for c in roster.channels})
        await self._create_community(directory, space.id, roster, name)
        for community in await directory.communities(space.id):
            if community.begun_at is None:
                await memberships.enrol_present(community, joined=None, at=now)
            await self._appoint_first_coordinators(session, space.id, community)
        new, missing = await memberships.compare_roster(space.id, [person.handle for person in roster.people])
        absent += [pair for pair in await memberships.outside_home_channels(space.id) if pair not in absent]
        joined: list[Event] = [
            MemberJoined(now, profile) for profile in roster.people if profile.handle in new
        ]
        left: list[Event] = [MemberLeft(now, handle) for handle in sorted(missing)]
        left += [MemberLeft(now, handle, channel) for channel, handle in absent if handle not in missing]
        return joined, left

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
