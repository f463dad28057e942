"""What belongs to a community: a repository checks the ids it is given before it stores them."""

from collections.abc import Iterable

from sqlalchemy import select

from storage.base import Base, Repository
from storage.communities.tables import ChannelRow, CommunitySpaceRow, MemberRow


class CommunityRepository(Repository):
    """A repository whose rows refer to members, channels or other rows of its community."""

    async def _strangers(self, members: Iterable[int]) -> set[int]:
        """Those of these ids that are not of members of this community, present or former."""
        wanted = set(members)
        query = select(MemberRow.id).where(
            MemberRow.community_id == self._community, MemberRow.id.in_(sorted(wanted))
        )
        return wanted - set(await self._session.scalars(query))

    async def _are_members(self, *members: int) -> bool:
        """Whether all of these are ids of members of this community, present or former."""
        return not await self._strangers(members)

    async def _has_channel(self, channel: int) -> bool:
        """Whether a channel is in one of the spaces of this community."""
        query = (
            select(ChannelRow.id)
            .join(CommunitySpaceRow, CommunitySpaceRow.space_id == ChannelRow.space_id)
            .where(CommunitySpaceRow.community_id == self._community, ChannelRow.id == channel)
        )
        return await self._session.scalar(query) is not None

    async def _has_row(self, table: type[Base], row: int) -> bool:
        """Whether the row with this id belongs to this community."""
        columns = table.__table__.columns
        query = select(columns.id).where(columns.community_id == self._community, columns.id == row)
        return await self._session.scalar(query) is not None
