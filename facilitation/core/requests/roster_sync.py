"""Roster sync: takes in a space as it stands, at the start and after a gap in the connection."""

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
    """What a new community starts with. Without a name it is named after its space."""

    name: str = ""
    zone: str = "UTC"
    country: str = ""


class RosterSync:
    """Brings the database in line with the roster of a space.

    `first_coordinators` gives the handles of a community's first coordinators, which are read only while it
    has none. `defaults` gives the defaults of the community that a new space gets.
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

    async def sync(self, roster: Roster, *, community: str = "", history: bool = False) -> None:
        """Store the accounts, channels and presences of a space, and found its community if it has none.

        `community` overrides the name of a new community, which stays silent until *Begin*. In a running
        community, people who came unnoticed join now. People who are missing from the roster, or from the
        last of their home channels, have left. The roster of an archive (`history`) may be years old, so it
        makes nobody join or leave.
        """
        async with self._units.write() as session:
            joined, left = await self._store(session, roster, community)
        self._intake.invalidate()
        if not history and (events := [*joined, *left]):
            await self._intake.commit(roster.space, events)

    async def _store(self, session: Session, roster: Roster, name: str) -> tuple[list[Event], list[Event]]:
        """Write the roster; returns the joins and departures that follow from it."""
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
        strayed = await memberships.sync_presence(space.id, {c.handle: c.members for c in roster.channels})
        await self._found(directory, space.id, roster, name)
        for community in await directory.communities(space.id):
            if community.begun_at is None:
                await memberships.enrol_present(community, None, now)
            await self._appoint_first(session, space.id, community)
        came, went = await memberships.compare_roster(space.id, [person.handle for person in roster.people])
        strayed += [one for one in await memberships.outside_home_channels(space.id) if one not in strayed]
        joined: list[Event] = [
            MemberJoined(now, profile) for profile in roster.people if profile.handle in came
        ]
        left: list[Event] = [MemberLeft(now, handle) for handle in sorted(went)]
        left += [MemberLeft(now, handle, place) for place, handle in strayed if handle not in went]
        return joined, left

    async def _found(self, directory: Directory, space: int, roster: Roster, name: str) -> None:
        """Found the community of a new space, or one more if it is named."""
        defaults = self._defaults(roster.space)
        name = name or defaults.name
        if name or not await directory.communities(space):
            name = name or await directory.free_name(roster.name, str(roster.space))
            await directory.put_community(name, space, defaults.zone, defaults.country)

    async def _appoint_first(self, session: Session, space: int, community: Community) -> None:
        people = People(session, community.id)
        if await people.holders(Role.COORDINATOR):
            return
        for handle in self._first_coordinators(community):
            account = await Directory(session).account(space, handle)
            member = await people.by_account(account.id) if account else None
            if member is not None and member.left_at is None:
                await people.grant(member.id, Role.COORDINATOR, self._clock.now())
