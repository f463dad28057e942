"""Spaces, channels and accounts by the platforms' ids, before it is known which community is meant."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from storage.base import Instant, add_missing, inserting
from storage.communities.tables import (
    AccountRow,
    ChannelRow,
    CommunityRow,
    CommunitySpaceRow,
    MemberRow,
    OwnershipRow,
    SpaceRow,
)
from storage.communities.values import Account, Community, Route, SpaceFacts
from storage.session import Session, orm_of

_ROWS_AT_ONCE = 500


class Directory:
    """Spaces, channels and accounts by the platforms' ids. Every query names its space."""

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
        """Record a space, or that a lost one is there again."""
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
        """Record that the bot was removed from a space: everything stops there, and its data goes after 30
        days.
        """
        await self._session.execute(update(SpaceRow).where(SpaceRow.id == space).values(lost_at=at))

    async def erase_space(self, space: int) -> None:
        """Erase a space, and the communities that are in no other one."""
        elsewhere = select(CommunitySpaceRow.community_id).where(CommunitySpaceRow.space_id != space)
        here = select(CommunitySpaceRow.community_id).where(CommunitySpaceRow.space_id == space)
        await self._session.execute(
            delete(CommunityRow).where(CommunityRow.id.in_(here), CommunityRow.id.not_in(elsewhere))
        )
        await self._session.execute(delete(SpaceRow).where(SpaceRow.id == space))

    async def put_community(self, name: str, space: int, zone: str = "UTC", country: str = "") -> Community:
        """Create a community unless one has the name, and link it to the space."""
        query = inserting(self._session, CommunityRow).values(name=name, zone=zone, country=country)
        await self._session.execute(query.on_conflict_do_nothing())
        row = await self._session.scalar(select(CommunityRow).where(CommunityRow.name == name))
        assert row is not None
        link = inserting(self._session, CommunitySpaceRow).values(community_id=row.id, space_id=space)
        await self._session.execute(link.on_conflict_do_nothing())
        return row.value()

    async def free_name(self, name: str, suffix: str) -> str:
        """The name, followed by `suffix` in brackets if another community has that name."""
        taken = await self._session.scalar(select(CommunityRow.id).where(CommunityRow.name == name))
        return name if taken is None else f"{name} ({suffix})"[:200]

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
        """The ids of the spaces of a community, without lost ones."""
        query = (
            select(SpaceRow.id)
            .join(CommunitySpaceRow, CommunitySpaceRow.space_id == SpaceRow.id)
            .where(CommunitySpaceRow.community_id == community, SpaceRow.lost_at.is_(None))
            .order_by(SpaceRow.id)
        )
        return list(await self._session.scalars(query))

    # Channels

    async def put_channels(self, space: int, channels: Iterable[tuple[str, str, bool, bool]]) -> None:
        """Insert or update channels, given as (handle, name, private, archived)."""
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
        """Record that the bot was removed from a channel."""
        await self._session.execute(
            update(ChannelRow)
            .where(ChannelRow.space_id == space, ChannelRow.handle == handle)
            .values(lost=True)
        )

    async def routes(self, space: int) -> list[Route]:
        """The community of each channel: its home community, otherwise that of the whole space."""
        query = (
            select(CommunityRow.id)
            .join(CommunitySpaceRow, CommunitySpaceRow.community_id == CommunityRow.id)
            .where(CommunitySpaceRow.space_id == space, CommunityRow.whole_space.is_(True))
            .order_by(CommunityRow.id)
        )
        whole_space = await self._session.scalar(query)
        rows = await self._session.scalars(select(ChannelRow).where(ChannelRow.space_id == space))
        return [
            Route(
                row.id,
                row.handle,
                row.name,
                row.private,
                row.community_id or (None if row.private else whole_space),
                row.pruned_until,
            )
            for row in rows
        ]

    # Accounts

    async def put_accounts(self, space: int, profiles: Iterable[tuple[str, str, str, bool, bool]]) -> None:
        """Insert or update accounts, given as (handle, name, zone, is a person, may manage the space).

        An empty name or zone is unknown, and the stored one stays.
        """
        given = {profile[0]: profile for profile in profiles}
        known = {row.handle: row for row in await self.accounts_by_handle(space, list(given))}
        new = [
            {
                "space_id": space,
                "handle": handle,
                "name": name or handle,
                "zone": zone,
                "is_person": is_person,
            }
            | {"is_manager": is_manager, "dms_closed": False}
            for handle, name, zone, is_person, is_manager in given.values()
            if handle not in known
        ]
        await add_missing(self._session, AccountRow, new)
        for handle, row in known.items():
            _, name, zone, is_person, is_manager = given[handle]
            if name and name != row.name:
                owned = select(OwnershipRow.member_id).where(OwnershipRow.account_id == row.id)
                await self._session.execute(
                    update(MemberRow).where(MemberRow.id.in_(owned)).values(name=name)
                )
            row.name, row.zone = name or row.name, zone or row.zone
            row.is_person, row.is_manager = is_person, is_manager
        await self._session.flush()

    async def accounts_by_handle(self, space: int, handles: Sequence[str]) -> list[AccountRow]:
        """The rows of accounts, by one statement even for all of a space."""
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

    async def accounts(self, space: int) -> tuple[dict[str, int], set[int]]:
        """All accounts of a space: their ids by handle, and the ids of those that are people."""
        query = select(AccountRow.handle, AccountRow.id, AccountRow.is_person).where(
            AccountRow.space_id == space
        )
        rows = (await self._session.execute(query)).all()
        ids = {handle: account for handle, account, _ in rows}
        return ids, {account for _, account, is_person in rows if is_person}

    async def account_ids(self, space: int) -> dict[str, int]:
        """The ids of all accounts of a space, by handle."""
        query = select(AccountRow.handle, AccountRow.id).where(AccountRow.space_id == space)
        return dict((await self._session.execute(query)).all())

    async def member_accounts(self, space: int) -> dict[int, frozenset[int]]:
        """The communities in which each account of a space belongs to a present member."""
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

    async def seen(self, times: Mapping[int, datetime]) -> None:
        """Store in one statement when accounts last sent a command; a later time that is stored stays."""
        at = bindparam("seen", type_=Instant())
        is_later = AccountRow.seen_at.is_(None) | (AccountRow.seen_at < at)
        query = update(AccountRow).where(AccountRow.id == bindparam("account"), is_later)
        connection = await self._session.connection()
        await connection.execute(
            query.values(seen_at=at), [{"account": one, "seen": at} for one, at in sorted(times.items())]
        )

    async def close_direct_messages(self, account: int) -> None:
        """Record that an account accepts no direct messages from the bot."""
        await self._session.execute(
            update(AccountRow).where(AccountRow.id == account).values(dms_closed=True)
        )
