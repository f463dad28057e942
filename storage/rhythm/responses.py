"""What the diary has on a rhythm's posts: whether people are writing there now, and what they answered."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from storage.base import Repository
from storage.communities import ChannelRow, OwnershipRow
from storage.diary import DiaryRow
from storage.outbox import OutboxRow

BEFORE = timedelta(minutes=30)
"""How long before a post its channel is searched: a conversation may continue after the post."""


class NearbyMessage(NamedTuple):
    """A message near a post. `person` is the same for all accounts of a member, and None for a forgotten
    person.
    """

    at: datetime
    message: str
    thread: str
    refers_to: str
    person: int | None


class Talk(NamedTuple):
    """A post, and the messages in its channel from half an hour before it, the oldest first."""

    message: str
    at: datetime
    messages: tuple[NearbyMessage, ...]


class Responses(Repository):
    """Queries of one community's diary."""

    async def talked_since(self, channel: int, since: datetime) -> bool:
        """Whether anybody has written in a channel since an instant."""
        query = select(DiaryRow.id).where(
            DiaryRow.community_id == self._community,
            DiaryRow.kind == "posted",
            DiaryRow.channel_id == channel,
            DiaryRow.at >= since,
        )
        return await self._session.scalar(query.limit(1)) is not None

    async def around(self, key: str, lasting: timedelta) -> Talk | None:
        """The messages around a post, up to `lasting` after it; None if it was not delivered."""
        query = select(
            OutboxRow.space_id, OutboxRow.receipt_place, OutboxRow.receipt, OutboxRow.sent_at
        ).where(OutboxRow.community_id == self._community, OutboxRow.key == key)
        row = (await self._session.execute(query)).first()
        if row is None or not row.receipt or row.sent_at is None:
            return None
        heard = (
            select(
                DiaryRow.at,
                DiaryRow.message,
                DiaryRow.thread,
                DiaryRow.refers_to,
                DiaryRow.author_id,
                OwnershipRow.member_id,
            )
            .join(ChannelRow, ChannelRow.id == DiaryRow.channel_id)
            .outerjoin(
                OwnershipRow,
                (OwnershipRow.account_id == DiaryRow.author_id)
                & (OwnershipRow.community_id == self._community),
            )
            .where(
                DiaryRow.community_id == self._community,
                DiaryRow.kind == "posted",
                DiaryRow.at >= row.sent_at - BEFORE,
                DiaryRow.at < row.sent_at + lasting,
                ChannelRow.space_id == row.space_id,
                ChannelRow.handle == row.receipt_place,
            )
            .order_by(DiaryRow.at, DiaryRow.id)
        )
        return Talk(
            row.receipt.split("\n")[0],
            row.sent_at,
            tuple(
                NearbyMessage(at, message, thread, refers_to, _person(author, member))
                for at, message, thread, refers_to, author, member in await self._session.execute(heard)
            ),
        )


def _person(author: int | None, member: int | None) -> int | None:
    """A number per person: the member's id, otherwise minus the account's. None for a forgotten person."""
    return member if member is not None else None if author is None else -author
