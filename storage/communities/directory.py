"""Spaces, accounts and channels by the platforms' ids, before anybody knows which community is meant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from storage.base import add_missing, inserting
from storage.communities.tables import (
    AccountRow,
    ChannelRow,
    CommunityRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    PresenceRow,
    SpaceRow,
)
from storage.communities.values import Account, Community, Member, Route, SpaceFacts
from storage.session import Session, orm_of

_ROWS_AT_ONCE = 500


class Directory:
    """Spaces, accounts and channels by the platforms' ids; every query names its space."""

    def __init__(self, session: Session) -> None:
        self._unit = session
        self._session = orm_of(session)

    async def space(self, platform: str, handle: str) -> SpaceFacts | None:
        """A space by the platform's id."""
        query = select(SpaceRow).where(SpaceRow.platform == platform, SpaceRow.handle == handle)
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def spaces(self) -> list[SpaceFacts]:
        """All spaces, the oldest first."""
        rows = await self._session.scalars(select(SpaceRow).order_by(SpaceRow.id))
        return [row.value() for row in rows]

    async def put_space(self, platform: str, handle: str, name: str) -> SpaceFacts:
        """Take a space in, or back in."""
        query = (
            inserting(self._session, SpaceRow)
            .values(platform=platform, handle=handle, name=name)
            .on_conflict_do_update(
                index_elements=["platform", "handle"], set_={"name": name, "lost_at": None}
            )
        )
        await self._session.execute(query)
        found = await self.space(platform, handle)
        assert found is not None
        return found

    async def lose_space(self, space: int, at: datetime) -> None:
        """The bot was removed: everything stops there, and the data goes after 30 days."""
        await self._session.execute(update(SpaceRow).where(SpaceRow.id == space).values(lost_at=at))

    async def erase_space(self, space: int) -> None:
        """Erase a space, and the communities that lived nowhere else."""
        elsewhere = select(CommunitySpaceRow.community_id).where(CommunitySpaceRow.space_id != space)
        here = select(CommunitySpaceRow.community_id).where(CommunitySpaceRow.space_id == space)
        await self._session.execute(
            delete(CommunityRow).where(CommunityRow.id.in_(here), CommunityRow.id.not_in(elsewhere))
        )
        await self._session.execute(delete(SpaceRow).where(SpaceRow.id == space))

    async def put_community(self, name: str, space: int, zone: str = "UTC", country: str = "") -> Community:
        """A community by its name, living in this space from now on."""
        query = inserting(self._session, CommunityRow).values(name=name, zone=zone, country=country)
        await self._session.execute(query.on_conflict_do_nothing())
        row = await self._session.scalar(select(CommunityRow).where(CommunityRow.name == name))
        assert row is not None
        link = inserting(self._session, CommunitySpaceRow).values(community_id=row.id, space_id=space)
        await self._session.execute(link.on_conflict_do_nothing())
        return row.value()

    async def free_name(self, name: str, otherwise: str) -> str:
        """The name itself while no community has it, else with what tells the two apart."""
        taken = await self._session.scalar(select(CommunityRow.id).where(CommunityRow.name == name))
        return name if taken is None else f"{name} ({otherwise})"[:200]

    async def communities(self, space: int) -> list[Community]:
        """The communities of a space, the oldest first."""
        query = (
            select(CommunityRow)
            .join(CommunitySpaceRow, CommunitySpaceRow.community_id == CommunityRow.id)
            .where(CommunitySpaceRow.space_id == space)
            .order_by(CommunityRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def community(self, community: int) -> Community | None:
        """One community by id."""
        row = await self._session.get(CommunityRow, community)
        return row.value() if row else None

    async def spaces_of(self, community: int) -> list[int]:
        """The ids of the spaces a community lives in and has not lost."""
        query = (
            select(SpaceRow.id)
            .join(CommunitySpaceRow, CommunitySpaceRow.space_id == SpaceRow.id)
            .where(CommunitySpaceRow.community_id == community, SpaceRow.lost_at.is_(None))
            .order_by(SpaceRow.id)
        )
        return list(await self._session.scalars(query))

    # channels

    async def put_channels(self, space: int, channels: Iterable[tuple[str, str, bool, bool]]) -> None:
        """Take channels in by (handle, name, private, archived)."""
        facts = ("name", "private", "archived", "lost")
        rows = [
            {
                "space_id": space,
                "handle": handle,
                **dict(zip(facts, (name, private, archived, False), strict=True)),
            }
            for handle, name, private, archived in channels
        ]
        if rows:
            query = inserting(self._session, ChannelRow)
            new = {fact: query.excluded[fact] for fact in facts}
            connection = await self._session.connection()
            await connection.execute(
                query.on_conflict_do_update(index_elements=["space_id", "handle"], set_=new), rows
            )

    async def lose_channel(self, space: int, handle: str) -> None:
        """The bot was removed from a channel."""
        await self._session.execute(
            update(ChannelRow)
            .where(ChannelRow.space_id == space, ChannelRow.handle == handle)
            .values(lost=True)
        )

    async def routes(self, space: int) -> list[Route]:
        """Where the talk of each channel belongs: its home community, else that of the whole space."""
        query = (
            select(CommunityRow.id)
            .join(CommunitySpaceRow, CommunitySpaceRow.community_id == CommunityRow.id)
            .where(CommunitySpaceRow.space_id == space, CommunityRow.whole.is_(True))
            .order_by(CommunityRow.id)
        )
        whole = await self._session.scalar(query)
        rows = await self._session.scalars(select(ChannelRow).where(ChannelRow.space_id == space))
        return [
            Route(
                row.id,
                row.handle,
                row.name,
                row.private,
                row.community_id or (None if row.private else whole),
                row.pruned_until,
            )
            for row in rows
        ]

    # accounts

    async def put_accounts(self, space: int, profiles: Iterable[tuple[str, str, str, bool, bool]]) -> None:
        """Take accounts in by (handle, name, zone, is a person, may manage the space).

        An empty name or zone is not known rather than empty: what is stored of it stays.
        """
        given = {profile[0]: profile for profile in profiles}
        known = {row.handle: row for row in await self._accounts(space, list(given))}
        new = [
            {"space_id": space, "handle": handle, "name": name or handle, "zone": zone, "person": person}
            | {"manager": manager, "closed": False}
            for handle, name, zone, person, manager in given.values()
            if handle not in known
        ]
        await add_missing(self._session, AccountRow, new)
        for handle, row in known.items():
            _, name, zone, person, manager = given[handle]
            if name and name != row.name:
                owned = select(OwnershipRow.member_id).where(OwnershipRow.account_id == row.id)
                await self._session.execute(
                    update(MemberRow).where(MemberRow.id.in_(owned)).values(name=name)
                )
            row.name, row.zone = name or row.name, zone or row.zone
            row.person, row.manager = person, manager
        await self._session.flush()

    async def _accounts(self, space: int, handles: Sequence[str]) -> list[AccountRow]:
        """The rows of these accounts; all of a space is one statement."""
        query = select(AccountRow).where(AccountRow.space_id == space)
        if len(handles) < _ROWS_AT_ONCE:
            return list(await self._session.scalars(query.where(AccountRow.handle.in_(handles))))
        wanted = set(handles)
        return [row for row in await self._session.scalars(query) if row.handle in wanted]

    async def account(self, space: int, handle: str) -> Account | None:
        """An account by the platform's id."""
        query = select(AccountRow).where(AccountRow.space_id == space, AccountRow.handle == handle)
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def accounts(self, space: int) -> tuple[dict[str, int], frozenset[int]]:
        """Every account of a space: ids by handle, and the ids of those that are people."""
        query = select(AccountRow.handle, AccountRow.id, AccountRow.person).where(
            AccountRow.space_id == space
        )
        rows = (await self._session.execute(query)).all()
        ids = {handle: account for handle, account, _ in rows}
        return ids, frozenset(account for _, account, is_person in rows if is_person)

    async def account_ids(self, space: int) -> dict[str, int]:
        """Every account of a space: id by handle."""
        query = select(AccountRow.handle, AccountRow.id).where(AccountRow.space_id == space)
        return dict((await self._session.execute(query)).all())

    async def member_accounts(self, space: int) -> dict[int, frozenset[int]]:
        """For each account of a space, the communities in which it is a present member's."""
        query = (
            select(OwnershipRow.account_id, OwnershipRow.community_id)
            .join(AccountRow, AccountRow.id == OwnershipRow.account_id)
            .join(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .where(AccountRow.space_id == space, MemberRow.left_at.is_(None))
        )
        found: dict[int, frozenset[int]] = {}
        for account, community in await self._session.execute(query):
            found[account] = found.get(account, frozenset()) | {community}
        return found

    async def seen(self, account: int, at: datetime) -> None:
        """Remember when an account last asked something: direct messages go where a person is."""
        await self._session.execute(update(AccountRow).where(AccountRow.id == account).values(seen_at=at))

    async def close_door(self, account: int) -> None:
        """This account takes no direct messages from us."""
        await self._session.execute(update(AccountRow).where(AccountRow.id == account).values(closed=True))

    # presence and membership

    async def enter(self, space: int, handles: Iterable[str], channel: str) -> None:
        """These people are in a channel."""
        query = select(ChannelRow.id).where(ChannelRow.space_id == space, ChannelRow.handle == channel)
        channel_id = await self._session.scalar(query)
        accounts = await self._accounts(space, list(handles))
        if channel_id is not None:
            pairs = [{"channel_id": channel_id, "account_id": row.id} for row in accounts]
            await add_missing(self._session, PresenceRow, pairs)

    async def fill(self, space: int, present: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
        """These people are in these channels, as a roster tells; returns who is there no longer.

        Those are pairs of channel and person, both by handle; they are told and not removed. Of a channel
        with nobody in it nothing is known.
        """
        ids = await self.account_ids(space)
        query = select(ChannelRow.handle, ChannelRow.id).where(ChannelRow.space_id == space)
        channels = dict((await self._session.execute(query)).all())
        known: dict[str, set[str]] = {}
        stored = (
            select(ChannelRow.handle, AccountRow.handle)
            .join(PresenceRow, PresenceRow.channel_id == ChannelRow.id)
            .join(AccountRow, AccountRow.id == PresenceRow.account_id)
            .where(ChannelRow.space_id == space, AccountRow.space_id == space)
        )
        for channel, handle in await self._session.execute(stored):
            known.setdefault(channel, set()).add(handle)
        new = [
            {"channel_id": channels[channel], "account_id": ids[handle]}
            for channel, handles in present.items()
            for handle in set(handles) - known.get(channel, set())
            if channel in channels and handle in ids
        ]
        await add_missing(self._session, PresenceRow, new)
        return [
            (channel, handle)
            for channel, handles in sorted(present.items())
            if handles
            for handle in sorted(known.get(channel, set()) - set(handles))
        ]

    async def exit(self, space: int, handle: str, channel: str) -> None:
        """Someone left a channel."""
        channels = select(ChannelRow.id).where(ChannelRow.space_id == space, ChannelRow.handle == channel)
        accounts = select(AccountRow.id).where(AccountRow.space_id == space, AccountRow.handle == handle)
        await self._session.execute(
            delete(PresenceRow).where(
                PresenceRow.channel_id.in_(channels), PresenceRow.account_id.in_(accounts)
            )
        )

    async def enrol(
        self, community: int, account: int, at: datetime | None, *, baseline: bool = False
    ) -> tuple[Member, bool]:
        """Make an account's owner a present member. Returns the member and whether they are new here.

        `baseline` counts a new one among those who were there from the start.

        Whoever left and returns is not new: they keep what they were, and are welcomed no second time.
        """
        query = (
            select(MemberRow)
            .join(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .where(OwnershipRow.community_id == community, OwnershipRow.account_id == account)
        )
        row = await self._session.scalar(query)
        if row is not None:
            if row.left_at is not None:
                self._unit.mark_changed()
                row.left_at = None
                await self._session.flush()
            return row.value(), False
        facts = await self._session.get(AccountRow, account)
        assert facts is not None
        self._unit.mark_changed()
        name = facts.name or facts.handle
        row = MemberRow(community_id=community, name=name, joined_at=at, baseline=baseline)
        self._session.add(row)
        await self._session.flush()
        self._session.add(OwnershipRow(account_id=account, community_id=community, member_id=row.id))
        await self._session.flush()
        return row.value(), True

    async def part(self, community: int, account: int, at: datetime) -> Member | None:
        """An account's owner left the community, unless another of their accounts is still there."""
        query = (
            select(MemberRow)
            .join(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .where(OwnershipRow.community_id == community, OwnershipRow.account_id == account)
        )
        row = await self._session.scalar(query)
        if row is None or row.left_at is not None:
            return None
        others = select(OwnershipRow.account_id).where(
            OwnershipRow.member_id == row.id,
            OwnershipRow.community_id == community,
            OwnershipRow.account_id != account,
        )
        if set(await self._session.scalars(others)) & await self.eligible(community):
            return None
        self._unit.mark_changed()
        row.left_at = at
        await self._session.flush()
        return row.value()

    async def eligible(self, community: int) -> set[int]:
        """The accounts that make someone a member: people of the whole space, or of its home channels."""
        facts = await self.community(community)
        if facts is None:
            return set()
        people = select(AccountRow.id).where(AccountRow.person.is_(True))
        if facts.whole:
            spaces = select(CommunitySpaceRow.space_id).where(CommunitySpaceRow.community_id == community)
            return set(await self._session.scalars(people.where(AccountRow.space_id.in_(spaces))))
        inside = (
            select(PresenceRow.account_id)
            .join(ChannelRow, ChannelRow.id == PresenceRow.channel_id)
            .where(ChannelRow.community_id == community)
        )
        return set(await self._session.scalars(people.where(AccountRow.id.in_(inside))))

    async def is_eligible(self, community: Community, account: int) -> bool:
        """Whether an account makes its owner a member: a person of the space, or in a home channel."""
        is_person = AccountRow.person.is_(True) & (AccountRow.id == account)
        if community.whole:
            spaces = select(CommunitySpaceRow.space_id).where(CommunitySpaceRow.community_id == community.id)
            query = select(AccountRow.id).where(is_person, AccountRow.space_id.in_(spaces))
        else:
            query = (
                select(PresenceRow.account_id)
                .join(ChannelRow, ChannelRow.id == PresenceRow.channel_id)
                .join(AccountRow, AccountRow.id == PresenceRow.account_id)
                .where(ChannelRow.community_id == community.id, is_person)
            )
        return (await self._session.execute(query.limit(1))).first() is not None

    async def enrol_present(self, community: Community, joined: datetime | None, at: datetime) -> None:
        """Make members of all who are eligible, and part with those who no longer are.

        While nobody is known to be in one of the home channels, as before it is entered, nobody is parted
        with: whoever chose it might be shut out of their own community. `strayed` tells of them later.
        """
        eligible = await self.eligible(community.id)
        owners = await self.owners(community.id)
        await self._enrol_new(community.id, sorted(eligible - owners.keys()), joined)
        for account in sorted(
            account for account, present in owners.items() if not present and account in eligible
        ):
            await self.enrol(community.id, account, joined)
        if not await self._knows_who_is_home(community):
            return
        for account in sorted({account for account, present in owners.items() if present} - eligible):
            await self.part(community.id, account, at)

    async def strayed(self, space: int) -> list[tuple[str, str]]:
        """Who is a present member of a community that has begun, and turns out to be in none of its homes.

        Pairs of a home channel and a person of this space, both by handle; told once it is known of each home
        channel who is in it.
        """
        found: list[tuple[str, str]] = []
        for community in await self.communities(space):
            if community.begun_at is None or community.whole or not await self._knows_who_is_home(community):
                continue
            home = await self._session.scalar(
                select(ChannelRow.handle)
                .where(ChannelRow.space_id == space, ChannelRow.community_id == community.id)
                .order_by(ChannelRow.id)
                .limit(1)
            )
            if home is not None:
                found += [(home, handle) for handle in await self._homeless(community.id, space)]
        return found

    async def _homeless(self, community: int, space: int) -> list[str]:
        """Accounts of a space, by handle, of present members none of whose accounts is eligible."""
        eligible = await self.eligible(community)
        query = (
            select(OwnershipRow.member_id, AccountRow.id, AccountRow.handle, AccountRow.space_id)
            .join(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .join(AccountRow, AccountRow.id == OwnershipRow.account_id)
            .where(OwnershipRow.community_id == community, MemberRow.left_at.is_(None))
            .order_by(AccountRow.id)
        )
        rows = (await self._session.execute(query)).all()
        at_home = {row.member_id for row in rows if row.id in eligible}
        return [row.handle for row in rows if row.space_id == space and row.member_id not in at_home]

    async def _knows_who_is_home(self, community: Community) -> bool:
        """Whether somebody is known to be in each home channel; one not entered yet has nobody."""
        somebody = select(PresenceRow.account_id).where(PresenceRow.channel_id == ChannelRow.id)
        unknown = select(ChannelRow.id).where(
            ChannelRow.community_id == community.id,
            ChannelRow.lost.is_(False),
            ChannelRow.archived.is_(False),
            ~somebody.exists(),
        )
        return await self._session.scalar(unknown.limit(1)) is None

    async def _enrol_new(self, community: int, accounts: Sequence[int], joined: datetime | None) -> None:
        """Members for accounts that no member of this community owns."""
        if not accounts:
            return
        self._unit.mark_changed()
        wanted = set(accounts)
        query = select(AccountRow.id, AccountRow.name, AccountRow.handle)
        if len(accounts) < _ROWS_AT_ONCE:
            query = query.where(AccountRow.id.in_(accounts))
        found = [
            row for row in await self._session.execute(query.order_by(AccountRow.id)) if row.id in wanted
        ]
        rows = [
            MemberRow(community_id=community, name=row.name or row.handle, joined_at=joined) for row in found
        ]
        self._session.add_all(rows)
        await self._session.flush()
        owned = [
            {"account_id": account.id, "community_id": community, "member_id": row.id}
            for account, row in zip(found, rows, strict=True)
        ]
        await add_missing(self._session, OwnershipRow, owned)

    async def came_and_went(self, space: int, there: Sequence[str]) -> tuple[set[str], set[str]]:
        """Who of those there is not yet a member where they should be, and who of the known is not there.

        Both by handle; only communities that have begun are asked for newcomers. An empty list says nothing.
        """
        if not there:
            return set(), set()
        ids = await self.account_ids(space)
        handles = {account: handle for handle, account in ids.items()}
        came: set[str] = set()
        for community in await self.communities(space):
            if community.begun_at is not None:
                owners = await self.owners(community.id)
                missing = await self.eligible(community.id) - {a for a, present in owners.items() if present}
                came |= {handles[account] for account in missing if account in handles}
        _, persons = await self.accounts(space)
        return came & set(there), {handles[account] for account in persons} - set(there)

    async def leave(self, space: int, handle: str) -> None:
        """Someone left the space: no channel of it has them, and they are no person of it."""
        accounts = select(AccountRow.id).where(AccountRow.space_id == space, AccountRow.handle == handle)
        await self._session.execute(delete(PresenceRow).where(PresenceRow.account_id.in_(accounts)))
        await self._session.execute(
            update(AccountRow).where(AccountRow.id.in_(accounts)).values(person=False)
        )

    async def owners(self, community: int) -> dict[int, bool]:
        """The accounts that members of a community own: whether the owner is present."""
        query = (
            select(OwnershipRow.account_id, MemberRow.left_at)
            .join(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .where(OwnershipRow.community_id == community)
        )
        return {account: left_at is None for account, left_at in await self._session.execute(query)}
