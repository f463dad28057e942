"""The people of one community: members, roles and channels, and its settings."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update

from storage.base import EPOCH, Repository, inserting
from storage.communities.membership import Memberships
from storage.communities.tables import (
    AccountRow,
    ChannelRow,
    ChannelUseRow,
    CommunityRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    RoleRow,
    SpaceRow,
)
from storage.communities.values import Account, Community, Member, Spot, Use
from storage.session import last_seen_of


class People(Repository):
    """Members, roles and channels of one community, and its settings."""

    async def community(self) -> Community:
        """The community itself."""
        row = await self._session.get(CommunityRow, self._community)
        if row is None:
            raise LookupError(f"no community {self._community}")
        return row.value()

    async def configure(self, **values: object) -> Community:
        """Change settings by name; returns the community as it is now."""
        self._unit.mark_changed()
        await self._session.execute(
            update(CommunityRow).where(CommunityRow.id == self._community).values(**values)
        )
        row = await self._session.get(CommunityRow, self._community, populate_existing=True)
        assert row is not None
        return row.value()

    async def begin(self, at: datetime) -> int:
        """Start the community: its present members are the baseline. Returns their number."""
        await self.configure(begun_at=at)
        present = (MemberRow.community_id == self._community) & MemberRow.left_at.is_(None)
        await self._session.execute(update(MemberRow).where(present).values(baseline=True))
        return await self._session.scalar(select(func.count()).select_from(MemberRow).where(present)) or 0

    # Members

    async def member(self, member: int) -> Member | None:
        """One member, present or not."""
        found = await self.members([member])
        return found[0] if found else None

    async def members(self, ids: Iterable[int]) -> list[Member]:
        """Those of these members who belong to this community, present or former."""
        wanted = sorted(set(ids))
        if not wanted:
            return []
        query = select(MemberRow).where(MemberRow.community_id == self._community, MemberRow.id.in_(wanted))
        return [row.value() for row in await self._session.scalars(query)]

    async def present(self) -> list[Member]:
        """The present members, by name."""
        query = (
            select(MemberRow)
            .where(MemberRow.community_id == self._community, MemberRow.left_at.is_(None))
            .order_by(func.lower(MemberRow.name), MemberRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def buddies(self) -> list[Member]:
        """The present members who volunteer as a newcomer's buddy, longest members first."""
        query = (
            select(MemberRow)
            .where(
                MemberRow.community_id == self._community,
                MemberRow.buddy.is_(True),
                MemberRow.left_at.is_(None),
            )
            .order_by(MemberRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def by_account(self, account: int) -> Member | None:
        """The member who owns an account."""
        query = (
            select(MemberRow)
            .join(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .where(OwnershipRow.community_id == self._community, OwnershipRow.account_id == account)
        )
        row = await self._session.scalar(query)
        return row.value() if row else None

    async def accounts(self, member: int) -> list[Account]:
        """A member's accounts, the one seen last first: direct messages go there."""
        query = (
            select(AccountRow)
            .join(OwnershipRow, OwnershipRow.account_id == AccountRow.id)
            .join(SpaceRow, SpaceRow.id == AccountRow.space_id)
            .where(
                OwnershipRow.community_id == self._community,
                OwnershipRow.member_id == member,
                SpaceRow.lost_at.is_(None),
            )
            .order_by(AccountRow.id)
        )
        rows = list(await self._session.scalars(query))
        last_seen = last_seen_of(self._unit)
        rows.sort(key=lambda row: last_seen.latest(row.id, row.seen_at) or EPOCH, reverse=True)
        return [row.value() for row in rows]

    async def platforms(self) -> dict[int, str]:
        """The platform of each space of the community, without lost ones, by the space's id."""
        query = (
            select(SpaceRow.id, SpaceRow.platform)
            .join(CommunitySpaceRow, CommunitySpaceRow.space_id == SpaceRow.id)
            .where(CommunitySpaceRow.community_id == self._community, SpaceRow.lost_at.is_(None))
            .order_by(SpaceRow.id)
        )
        return {row.id: row.platform for row in await self._session.execute(query)}

    async def names(self, ids: Iterable[int], space: int) -> dict[int, tuple[str, str]]:
        """Name and handle of members on a space. The handle is empty for members without an account there."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        query = (
            select(MemberRow.id, MemberRow.name, AccountRow.handle)
            .outerjoin(OwnershipRow, OwnershipRow.member_id == MemberRow.id)
            .outerjoin(
                AccountRow, (AccountRow.id == OwnershipRow.account_id) & (AccountRow.space_id == space)
            )
            .where(MemberRow.community_id == self._community, MemberRow.id.in_(wanted))
            .order_by(AccountRow.handle.is_(None).desc())
        )
        return {member: (name, handle or "") for member, name, handle in await self._session.execute(query)}

    async def change(
        self,
        member: int,
        *,
        zone: str | None = None,
        quiet: bool | None = None,
        weekly_limit: int | None = None,
        buddy: bool | None = None,
    ) -> None:
        """Store what a member chose about themselves; None leaves a value as it is."""
        chosen = {"zone": zone, "quiet": quiet, "weekly_limit": weekly_limit, "buddy": buddy}
        values = {name: value for name, value in chosen.items() if value is not None}
        if values:
            await self._session.execute(
                update(MemberRow)
                .where(MemberRow.community_id == self._community, MemberRow.id == member)
                .values(**values)
            )

    # Roles

    async def roles(self, member: int) -> frozenset[str]:
        """The roles that a member holds now. Former members hold none."""
        query = (
            select(RoleRow.role)
            .join(MemberRow, MemberRow.id == RoleRow.member_id)
            .where(
                RoleRow.community_id == self._community,
                RoleRow.member_id == member,
                MemberRow.left_at.is_(None),
            )
        )
        return frozenset(await self._session.scalars(query))

    async def holders(self, role: str) -> list[Member]:
        """The present members who hold a role, longest holders first."""
        query = (
            select(MemberRow)
            .join(RoleRow, RoleRow.member_id == MemberRow.id)
            .where(RoleRow.community_id == self._community, RoleRow.role == role, MemberRow.left_at.is_(None))
            .order_by(RoleRow.since, MemberRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def grant(
        self, member: int, role: str, at: datetime, note: str = "", by: int | None = None
    ) -> bool:
        """Grant a role; False if the member holds it already or is not of this community.

        `by` is the author of the note, which is deleted when they are forgotten.
        """
        if await self.member(member) is None:
            return False
        query = (
            inserting(self._session, RoleRow)
            .values(
                community_id=self._community,
                member_id=member,
                role=role,
                since=at,
                note=note,
                note_by_id=by if note else None,
            )
            .on_conflict_do_nothing()
            .returning(RoleRow.member_id)
        )
        return await self._session.scalar(query) is not None

    async def revoke(self, member: int, role: str) -> bool:
        """Take a role back; False if it was not held."""
        query = (
            delete(RoleRow)
            .where(RoleRow.community_id == self._community, RoleRow.member_id == member, RoleRow.role == role)
            .returning(RoleRow.member_id)
        )
        return await self._session.scalar(query) is not None

    # Channels

    async def spots(self) -> list[Spot]:
        """The existing channels of the community's spaces, by name, with their uses.

        It leaves out private channels that belong to another community by home or by use.
        """
        uses = await self._uses()
        theirs = select(ChannelUseRow.channel_id).where(ChannelUseRow.community_id != self._community)
        is_theirs = (ChannelRow.community_id != self._community) | (
            ChannelRow.community_id.is_(None) & ChannelRow.id.in_(theirs) & ChannelRow.id.not_in(uses)
        )
        query = (
            select(ChannelRow)
            .join(CommunitySpaceRow, CommunitySpaceRow.space_id == ChannelRow.space_id)
            .where(
                CommunitySpaceRow.community_id == self._community,
                ChannelRow.lost.is_(False),
                ~(ChannelRow.private & func.coalesce(is_theirs, False)),
            )
            .order_by(ChannelRow.name)
        )
        return [self._spot(row, uses) for row in await self._session.scalars(query)]

    async def spot(self, space: int, handle: str) -> Spot | None:
        """One channel by the platform's id."""
        found = [spot for spot in await self.spots() if spot.space == space and spot.handle == handle]
        return found[0] if found else None

    async def spot_for(self, use: Use) -> Spot | None:
        """The channel with a use; None if none is set, or it is archived or lost."""
        found = [spot for spot in await self.spots() if use in spot.uses and not spot.archived]
        return found[0] if found else None

    async def assign(self, use: Use, channel: int | None) -> None:
        """Set or clear the channel for a use. A channel that this community cannot see is not set."""
        self._unit.mark_changed()
        await self._session.execute(
            delete(ChannelUseRow).where(
                ChannelUseRow.community_id == self._community, ChannelUseRow.use == use.value
            )
        )
        if channel is not None and channel in {spot.id for spot in await self.spots()}:
            self._session.add(ChannelUseRow(community_id=self._community, use=use.value, channel_id=channel))
            await self._session.flush()

    async def uses_of(self, handle: str) -> list[Use]:
        """The uses of a channel, even if it is archived or lost."""
        query = (
            select(ChannelUseRow.use)
            .join(ChannelRow, ChannelRow.id == ChannelUseRow.channel_id)
            .where(ChannelUseRow.community_id == self._community, ChannelRow.handle == handle)
        )
        return [Use(use) for use in await self._session.scalars(query)]

    async def enrol_present(self, at: datetime) -> None:
        """Update memberships after the home channels have changed."""
        community = await self.community()
        joined = at if community.begun_at is not None else None
        await Memberships(self._unit).enrol_present(community, joined, at)

    async def settle(self, channels: Sequence[int]) -> None:
        """Choose the home channels; none of them means the whole space.

        A channel has one home community: the home of another community remains its home.
        """
        await self._session.execute(
            update(ChannelRow).where(ChannelRow.community_id == self._community).values(community_id=None)
        )
        if channels:
            mine = select(CommunitySpaceRow.space_id).where(CommunitySpaceRow.community_id == self._community)
            await self._session.execute(
                update(ChannelRow)
                .where(
                    ChannelRow.id.in_(channels),
                    ChannelRow.space_id.in_(mine),
                    ChannelRow.community_id.is_(None),
                )
                .values(community_id=self._community)
            )
        await self.configure(whole_space=not channels)

    async def _uses(self) -> dict[int, frozenset[Use]]:
        query = select(ChannelUseRow.channel_id, ChannelUseRow.use).where(
            ChannelUseRow.community_id == self._community
        )
        uses: dict[int, frozenset[Use]] = {}
        for channel, use in await self._session.execute(query):
            uses[channel] = uses.get(channel, frozenset()) | {Use(use)}
        return uses

    @staticmethod
    def _spot(row: ChannelRow, uses: dict[int, frozenset[Use]]) -> Spot:
        return Spot(
            row.id,
            row.space_id,
            row.handle,
            row.name,
            row.private,
            row.archived,
            row.community_id,
            uses.get(row.id, frozenset()),
        )
