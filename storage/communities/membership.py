"""Who is in which channel, and which accounts that makes members of a community."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.base import add_missing
from storage.communities.directory import Directory
from storage.communities.tables import (
    AccountRow,
    ChannelRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    PresenceRow,
)
from storage.communities.values import Community, Member
from storage.session import Session, changes_of, orm_of

_ROWS_AT_ONCE = 500


class Memberships:
    """Presence in channels and membership of communities, by the platforms' ids."""

    def __init__(self, session: Session) -> None:
        self._unit = session
        self._session = orm_of(session)
        self._directory = Directory(session)

    async def add_presence(self, space: int, handles: Iterable[str], channel: str) -> None:
        """Record that people are in a channel."""
        query = select(ChannelRow.id).where(ChannelRow.space_id == space, ChannelRow.handle == channel)
        channel_id = await self._session.scalar(query)
        accounts = await self._directory.accounts_by_handle(space, list(handles))
        if channel_id is not None:
            pairs = [{"channel_id": channel_id, "account_id": row.id} for row in accounts]
            await add_missing(self._session, PresenceRow, pairs)

    async def sync_presence(
        self, space: int, present: Mapping[str, Collection[str]]
    ) -> list[tuple[str, str]]:
        """Record from a roster who is in which channel; returns who is not there any more.

        Those are pairs of channel and person, both by handle. They are returned, not removed. Nothing is
        concluded from a channel without members.
        """
        people = {handle for handles in present.values() for handle in handles}
        ids = {row.handle: row.id for row in await self._directory.accounts_by_handle(space, list(people))}
        query = select(ChannelRow.handle, ChannelRow.id).where(
            ChannelRow.space_id == space, ChannelRow.handle.in_(present)
        )
        channels = dict((await self._session.execute(query)).all())
        known: dict[str, set[str]] = {}
        stored = (
            select(ChannelRow.handle, AccountRow.handle)
            .join(PresenceRow, PresenceRow.channel_id == ChannelRow.id)
            .join(AccountRow, AccountRow.id == PresenceRow.account_id)
            .where(ChannelRow.space_id == space, ChannelRow.handle.in_(present), AccountRow.space_id == space)
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

    async def remove_presence(self, space: int, handle: str, channel: str) -> None:
        """Record that somebody left a channel."""
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
        """Make an account's owner a present member; returns the member, and whether they are new here.

        With `baseline`, a new one counts as having been there from the start. Somebody who left and returns
        is not new: they keep what they had, and are not welcomed again.
        """
        query = (
            select(MemberRow)
            .join(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .where(OwnershipRow.community_id == community, OwnershipRow.account_id == account)
        )
        row = await self._session.scalar(query)
        if row is not None:
            if row.left_at is not None:
                changes_of(self._unit).members[account, community] = True
                row.left_at = None
                await self._session.flush()
            return row.value(), False
        facts = await self._session.get(AccountRow, account)
        assert facts is not None
        changes_of(self._unit).members[account, community] = True
        name = facts.name or facts.handle
        row = MemberRow(community_id=community, name=name, joined_at=at, baseline=baseline)
        self._session.add(row)
        await self._session.flush()
        self._session.add(OwnershipRow(account_id=account, community_id=community, member_id=row.id))
        await self._session.flush()
        return row.value(), True

    async def end_membership(self, community: int, account: int, at: datetime) -> Member | None:
        """Record that an account's owner left the community, unless another of their accounts is still
        eligible.

        Returns the member, None if they are still or no longer there.
        """
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
        if set(await self._session.scalars(others)) & await self.eligible_accounts(community):
            return None
        changes_of(self._unit).members[account, community] = False
        row.left_at = at
        await self._session.flush()
        return row.value()

    async def eligible_accounts(self, community: int) -> set[int]:
        """The accounts that make their owners members: people of the whole space, or of its home channels."""
        facts = await self._directory.community(community)
        if facts is None:
            return set()
        people = select(AccountRow.id).where(AccountRow.is_person.is_(True))
        if facts.whole_space:
            spaces = select(CommunitySpaceRow.space_id).where(CommunitySpaceRow.community_id == community)
            return set(await self._session.scalars(people.where(AccountRow.space_id.in_(spaces))))
        inside = (
            select(PresenceRow.account_id)
            .join(ChannelRow, ChannelRow.id == PresenceRow.channel_id)
            .where(ChannelRow.community_id == community)
        )
        return set(await self._session.scalars(people.where(AccountRow.id.in_(inside))))

    async def is_eligible(self, community: Community, account: int) -> bool:
        """Whether an account makes its owner a member."""
        is_person = AccountRow.is_person.is_(True) & (AccountRow.id == account)
        if community.whole_space:
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

    async def enrol_present(
        self, community: Community, joined: datetime | None, at: datetime, *, at_most: int | None = None
    ) -> bool:
        """Make all eligible accounts members, and end the membership of those that are not eligible any more.

        With `at_most`, only so many new members are made, and False says that there are more.

        As long as a home channel has no known members, because the bot has not joined it yet, nobody's
        membership ends: the coordinators who chose it might be shut out. `outside_home_channels` finds these
        people later.
        """
        eligible = await self.eligible_accounts(community.id)
        owners = await self.owners(community.id)
        new = sorted(eligible - owners.keys())
        await self._enrol_new(community.id, new[:at_most], joined)
        if at_most is not None and len(new) > at_most:
            return False
        for account in sorted(
            account for account, present in owners.items() if not present and account in eligible
        ):
            await self.enrol(community.id, account, joined)
        if await self._home_members_known(community):
            for account in sorted({account for account, present in owners.items() if present} - eligible):
                await self.end_membership(community.id, account, at)
        return True

    async def outside_home_channels(self, space: int) -> list[tuple[str, str]]:
        """Present members of running communities who are in no home channel after all.

        They are pairs of a home channel and a person of this space, both by handle. Communities are left out
        as long as a home channel has no known members.
        """
        found: list[tuple[str, str]] = []
        for community in await self._directory.communities(space):
            if (
                community.begun_at is None
                or community.whole_space
                or not await self._home_members_known(community)
            ):
                continue
            home = await self._session.scalar(
                select(ChannelRow.handle)
                .where(ChannelRow.space_id == space, ChannelRow.community_id == community.id)
                .order_by(ChannelRow.id)
                .limit(1)
            )
            if home is not None:
                found += [(home, handle) for handle in await self._handles_outside_home(community.id, space)]
        return found

    async def _handles_outside_home(self, community: int, space: int) -> list[str]:
        """The handles, in a space, of present members who have no eligible account."""
        eligible = await self.eligible_accounts(community)
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

    async def _home_members_known(self, community: Community) -> bool:
        """Whether each home channel has known members. A channel that the bot has not joined yet has none."""
        somebody = select(PresenceRow.account_id).where(PresenceRow.channel_id == ChannelRow.id)
        unknown = select(ChannelRow.id).where(
            ChannelRow.community_id == community.id,
            ChannelRow.lost.is_(False),
            ChannelRow.archived.is_(False),
            ~somebody.exists(),
        )
        return await self._session.scalar(unknown.limit(1)) is None

    async def _enrol_new(self, community: int, accounts: Sequence[int], joined: datetime | None) -> None:
        """Create members for accounts that belong to no member of this community."""
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
        if not found:
            return
        ids = await self._session.scalars(
            insert(MemberRow).returning(MemberRow.id, sort_by_parameter_order=True),
            [
                {"community_id": community, "name": row.name or row.handle, "joined_at": joined}
                for row in found
            ],
        )
        owned = [
            {"account_id": account.id, "community_id": community, "member_id": member}
            for account, member in zip(found, ids.all(), strict=True)
        ]
        await add_missing(self._session, OwnershipRow, owned)

    async def compare_roster(self, space: int, roster: Sequence[str]) -> tuple[set[str], set[str]]:
        """Compare a roster's handles with the database; returns the handles of new and of missing people.

        New people are in the roster and eligible for a begun community without being present members of it.
        Missing people are known persons of the space who are not in the roster. From an empty roster, which
        may be incomplete, both are empty.
        """
        if not roster:
            return set(), set()
        ids = await self._directory.account_ids(space)
        handles = {account: handle for handle, account in ids.items()}
        new: set[str] = set()
        for community in await self._directory.communities(space):
            if community.begun_at is not None:
                owners = await self.owners(community.id)
                missing = await self.eligible_accounts(community.id) - {
                    a for a, present in owners.items() if present
                }
                new |= {handles[account] for account in missing if account in handles}
        _, persons = await self._directory.accounts(space)
        return new & set(roster), {handles[account] for account in persons} - set(roster)

    async def leave_space(self, space: int, handle: str) -> None:
        """Record that somebody left the space: they are in none of its channels, and no person of it."""
        accounts = select(AccountRow.id).where(AccountRow.space_id == space, AccountRow.handle == handle)
        await self._session.execute(delete(PresenceRow).where(PresenceRow.account_id.in_(accounts)))
        await self._session.execute(
            update(AccountRow).where(AccountRow.id.in_(accounts)).values(is_person=False)
        )

    async def owners(self, community: int) -> dict[int, bool]:
        """The accounts of a community's members, and whether their owner is present."""
        query = (
            select(OwnershipRow.account_id, MemberRow.left_at)
            .join(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .where(OwnershipRow.community_id == community)
        )
        return {account: left_at is None for account, left_at in await self._session.execute(query)}
