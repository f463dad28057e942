"""Communities, their spaces and channels, and the people: accounts, members and roles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import Insert as PgInsert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import CHANGED, Base, BigKey, Cellar

_ROWS_AT_ONCE = 500


class Use(StrEnum):
    """What a channel is for in its community."""

    WELCOME = "welcome"
    INTRODUCTIONS = "introductions"
    HELP = "help"
    RECAP = "recap"
    COORDINATORS = "coordinators"


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Community:
    """A community as the rooms see it."""

    id: int
    name: str
    zone: str = "UTC"
    country: str = ""
    whole: bool = True
    begun_at: datetime | None = None
    quiet_from: time = time(20)
    quiet_to: time = time(8)
    quiet_weekends: bool = True
    recap_day: int = 4
    recap_at: time = time(15)
    hushed: bool = False
    hush_until: datetime | None = None
    configured: bool = False

    def is_hushed(self, at: datetime) -> bool:
        """Whether prompts, recaps and unsolicited messages are stopped at this instant."""
        return self.hushed and (self.hush_until is None or at < self.hush_until)


@dataclass(frozen=True)
class Member:
    """A person in one community; rows of other communities know nothing of them."""

    id: int
    community: int
    name: str
    zone: str = ""
    joined_at: datetime | None = None
    baseline: bool = False
    quiet: bool = False
    left_at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """A person on one space."""

    id: int
    space: int
    handle: str
    name: str
    zone: str = ""
    person: bool = True
    manager: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Spot:
    """A channel as the rooms see it."""

    id: int
    space: int
    handle: str
    name: str
    private: bool
    archived: bool
    community: int | None
    uses: frozenset[Use] = frozenset()


@dataclass(frozen=True)
class SpaceFacts:
    """A space as the house sees it."""

    id: int
    platform: str
    handle: str
    name: str
    lost_at: datetime | None
    pruned_until: datetime | None = None


# Tables ------------------------------------------------------------------------------------------


class CommunityRow(Base):
    """One community of practice and its settings."""

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    country: Mapped[str] = mapped_column(String(2), default="")
    whole: Mapped[bool] = mapped_column(default=True)
    configured: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime | None]
    quiet_from: Mapped[time] = mapped_column(default=time(20))
    quiet_to: Mapped[time] = mapped_column(default=time(8))
    quiet_weekends: Mapped[bool] = mapped_column(default=True)
    recap_day: Mapped[int] = mapped_column(default=4)
    recap_at: Mapped[time] = mapped_column(default=time(15))
    hushed: Mapped[bool] = mapped_column(default=False)
    hush_until: Mapped[datetime | None]

    def value(self) -> Community:
        """What rooms are given."""
        return Community(**{name: getattr(self, name) for name in Community.__dataclass_fields__})


class SpaceRow(Base):
    """One Slack workspace, Discord server, archive or local page."""

    __tablename__ = "space"
    __table_args__ = (UniqueConstraint("platform", "handle"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    platform: Mapped[str] = mapped_column(String(16))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    lost_at: Mapped[datetime | None]
    pruned_until: Mapped[datetime | None]

    def value(self) -> SpaceFacts:
        """What the house is given."""
        return SpaceFacts(self.id, self.platform, self.handle, self.name, self.lost_at, self.pruned_until)


class CommunitySpaceRow(Base):
    """Which spaces a community lives in."""

    __tablename__ = "community_space"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    space_id: Mapped[int] = mapped_column(
        ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ChannelRow(Base):
    """A channel; `community_id` is set where it is one of a community's chosen home channels."""

    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("space_id", "handle"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    private: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    lost: Mapped[bool] = mapped_column(default=False)
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("community.id", ondelete="SET NULL"), index=True
    )
    pruned_until: Mapped[datetime | None]


class ChannelUseRow(Base):
    """What a channel is for in a community: one channel per use."""

    __tablename__ = "channel_use"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    use: Mapped[str] = mapped_column(String(16), primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)


class AccountRow(Base):
    """A person, bot or guest on one space."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("space_id", "handle"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    handle: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(64), default="")
    person: Mapped[bool] = mapped_column(default=True)
    manager: Mapped[bool] = mapped_column(default=False)
    closed: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]

    def value(self) -> Account:
        """What the house is given."""
        return Account(
            self.id, self.space_id, self.handle, self.name, self.zone, self.person, self.manager, self.closed
        )


class PresenceRow(Base):
    """Who is in which channel."""

    __tablename__ = "presence"

    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class MemberRow(Base):
    """A person in one community."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64), default="")
    joined_at: Mapped[datetime | None]
    baseline: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None]

    def value(self) -> Member:
        """What rooms are given."""
        return Member(
            self.id,
            self.community_id,
            self.name,
            self.zone,
            self.joined_at,
            self.baseline,
            self.quiet,
            self.left_at,
        )


class OwnershipRow(Base):
    """Which accounts a member owns; an account belongs to at most one member of each community."""

    __tablename__ = "ownership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)


class RoleRow(Base):
    """Who may do more than take part."""

    __tablename__ = "role"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(24), primary_key=True)
    since: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")


# The people of one community ---------------------------------------------------------------------


class People(Cellar):
    """Members, roles and channels of one community, and its settings."""

    async def community(self) -> Community:
        """The community itself."""
        row = await self._session.get(CommunityRow, self._community)
        if row is None:
            raise LookupError(f"no community {self._community}")
        return row.value()

    async def configure(self, **values: object) -> Community:
        """Change settings by name and return the community as it is now."""
        self._session.info[CHANGED] = True
        await self._session.execute(
            update(CommunityRow).where(CommunityRow.id == self._community).values(**values)
        )
        row = await self._session.get(CommunityRow, self._community, populate_existing=True)
        assert row is not None
        return row.value()

    async def begin(self, at: datetime) -> int:
        """Start the community: everyone present is the baseline. Returns how many they are."""
        await self.configure(begun_at=at)
        present = (MemberRow.community_id == self._community) & MemberRow.left_at.is_(None)
        await self._session.execute(update(MemberRow).where(present).values(baseline=True))
        return await self._session.scalar(select(func.count()).select_from(MemberRow).where(present)) or 0

    # members

    async def member(self, member: int) -> Member | None:
        """One member, present or not."""
        found = await self.members([member])
        return found[0] if found else None

    async def members(self, ids: Iterable[int]) -> list[Member]:
        """Those of these ids who belong to this community."""
        wanted = sorted(set(ids))
        if not wanted:
            return []
        query = select(MemberRow).where(MemberRow.community_id == self._community, MemberRow.id.in_(wanted))
        return [row.value() for row in await self._session.scalars(query)]

    async def present(self) -> list[Member]:
        """All who are here now, by name."""
        query = (
            select(MemberRow)
            .where(MemberRow.community_id == self._community, MemberRow.left_at.is_(None))
            .order_by(func.lower(MemberRow.name), MemberRow.id)
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
        """A member's accounts, the one last seen first."""
        query = (
            select(AccountRow)
            .join(OwnershipRow, OwnershipRow.account_id == AccountRow.id)
            .join(SpaceRow, SpaceRow.id == AccountRow.space_id)
            .where(
                OwnershipRow.community_id == self._community,
                OwnershipRow.member_id == member,
                SpaceRow.lost_at.is_(None),
            )
            .order_by(AccountRow.seen_at.desc().nulls_last(), AccountRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def names(self, ids: Iterable[int], space: int) -> dict[int, tuple[str, str]]:
        """Name and handle on a space of these members; the handle is empty for who has no account there."""
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

    async def change(self, member: int, *, zone: str | None = None, quiet: bool | None = None) -> None:
        """Set what a member chose about themselves."""
        values = {name: value for name, value in (("zone", zone), ("quiet", quiet)) if value is not None}
        if values:
            await self._session.execute(
                update(MemberRow)
                .where(MemberRow.community_id == self._community, MemberRow.id == member)
                .values(**values)
            )

    # roles

    async def roles(self, member: int) -> frozenset[str]:
        """The roles a member holds now; whoever has left holds none."""
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
        """Those present who hold a role, longest first."""
        query = (
            select(MemberRow)
            .join(RoleRow, RoleRow.member_id == MemberRow.id)
            .where(RoleRow.community_id == self._community, RoleRow.role == role, MemberRow.left_at.is_(None))
            .order_by(RoleRow.since, MemberRow.id)
        )
        return [row.value() for row in await self._session.scalars(query)]

    async def grant(self, member: int, role: str, at: datetime, note: str = "") -> bool:
        """Give a member a role; False if they hold it already or are not of this community."""
        if await self.member(member) is None:
            return False
        query = (
            inserting(self._session, RoleRow)
            .values(community_id=self._community, member_id=member, role=role, since=at, note=note)
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

    # channels

    async def spots(self) -> list[Spot]:
        """The channels of the community's spaces that still exist, by name, with their uses.

        Private ones that are another community's, by home or by use, are not shown.
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
        """The channel with a use, if one is set and there."""
        found = [spot for spot in await self.spots() if use in spot.uses and not spot.archived]
        return found[0] if found else None

    async def assign(self, use: Use, channel: int | None) -> None:
        """Set or clear what a channel is for; one that this community cannot see serves nothing."""
        self._session.info[CHANGED] = True
        await self._session.execute(
            delete(ChannelUseRow).where(
                ChannelUseRow.community_id == self._community, ChannelUseRow.use == use.value
            )
        )
        if channel is not None and channel in {spot.id for spot in await self.spots()}:
            self._session.add(ChannelUseRow(community_id=self._community, use=use.value, channel_id=channel))
            await self._session.flush()

    async def uses_of(self, handle: str) -> list[Use]:
        """What a channel is for, also if it is archived or lost."""
        query = (
            select(ChannelUseRow.use)
            .join(ChannelRow, ChannelRow.id == ChannelUseRow.channel_id)
            .where(ChannelUseRow.community_id == self._community, ChannelRow.handle == handle)
        )
        return [Use(use) for use in await self._session.scalars(query)]

    async def enrol_present(self, at: datetime) -> None:
        """Members are whoever is eligible after the home channels changed: some come, some part."""
        community = await self.community()
        joined = at if community.begun_at is not None else None
        await Directory(self._session).enrol_present(community, joined, at)

    async def settle(self, channels: Sequence[int]) -> None:
        """Choose the home channels; none means the whole space.

        A channel has one home community: what is home to another one stays so.
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
        await self.configure(whole=not channels)

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


# The spaces, before anybody knows which community is meant ----------------------------------------


@dataclass(frozen=True)
class Route:
    """Where a channel's talk belongs: `community` is None where nothing may be kept."""

    channel: int
    handle: str
    name: str
    private: bool
    community: int | None
    pruned_until: datetime | None


class Directory:
    """Spaces, accounts and channels by the platforms' ids; every query names its space."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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
        for handle, name, private, archived in channels:
            facts = {"name": name, "private": private, "archived": archived, "lost": False}
            query = inserting(self._session, ChannelRow).values(space_id=space, handle=handle, **facts)
            await self._session.execute(
                query.on_conflict_do_update(index_elements=["space_id", "handle"], set_=facts)
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
        query = inserting(self._session, AccountRow).on_conflict_do_nothing()
        new = [
            {"space_id": space, "handle": handle, "name": name or handle, "zone": zone, "person": person}
            | {"manager": manager, "closed": False}
            for handle, name, zone, person, manager in given.values()
            if handle not in known
        ]
        for start in range(0, len(new), _ROWS_AT_ONCE):
            await self._session.execute(query.values(new[start : start + _ROWS_AT_ONCE]))
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
        if channel_id is None or not accounts:
            return
        pairs = [{"channel_id": channel_id, "account_id": row.id} for row in accounts]
        insert = inserting(self._session, PresenceRow).on_conflict_do_nothing()
        for start in range(0, len(pairs), _ROWS_AT_ONCE):
            await self._session.execute(insert.values(pairs[start : start + _ROWS_AT_ONCE]))

    async def exit(self, space: int, handle: str, channel: str) -> None:
        """Someone left a channel."""
        channels = select(ChannelRow.id).where(ChannelRow.space_id == space, ChannelRow.handle == channel)
        accounts = select(AccountRow.id).where(AccountRow.space_id == space, AccountRow.handle == handle)
        await self._session.execute(
            delete(PresenceRow).where(
                PresenceRow.channel_id.in_(channels), PresenceRow.account_id.in_(accounts)
            )
        )

    async def enrol(self, community: int, account: int, at: datetime | None) -> tuple[Member, bool]:
        """Make an account's owner a present member. Returns the member and whether they are new here.

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
                self._session.info[CHANGED] = True
                row.left_at = None
                await self._session.flush()
            return row.value(), False
        facts = await self._session.get(AccountRow, account)
        assert facts is not None
        self._session.info[CHANGED] = True
        row = MemberRow(community_id=community, name=facts.name or facts.handle, joined_at=at)
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
        self._session.info[CHANGED] = True
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
        """Make members of all who are eligible, and part with those who no longer are."""
        eligible = await self.eligible(community.id)
        owners = await self.owners(community.id)
        for account in sorted(eligible - {account for account, present in owners.items() if present}):
            await self.enrol(community.id, account, joined)
        for account in sorted({account for account, present in owners.items() if present} - eligible):
            await self.part(community.id, account, at)

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


def inserting(session: AsyncSession, table: type[Base]) -> PgInsert | SqliteInsert:
    """An INSERT with ON CONFLICT in the dialect of the session's database."""
    dialect = session.get_bind().dialect.name
    return (pg_insert if dialect == "postgresql" else sqlite_insert)(table)


Index("ix_member_present", MemberRow.community_id, MemberRow.left_at)
