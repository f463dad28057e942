"""How long messages are kept, over all communities."""

from datetime import datetime

from sqlalchemy import delete, select, update

from storage.communities import CommunityRow
from storage.outbox.tables import OPEN, OutboxRow
from storage.outbox.values import StoredMessage
from storage.session import Session, orm_of

_WORDLESS = select(CommunityRow.id).where(CommunityRow.keep_excerpts.is_(False))
"""Communities that store no words of their members' messages."""


async def failures(session: Session) -> list[tuple[str, str, str]]:
    """Messages that could not be delivered lately: community name, key and reason, at most 100."""
    query = (
        select(CommunityRow.name, OutboxRow.key, OutboxRow.why)
        .join(CommunityRow, CommunityRow.id == OutboxRow.community_id)
        .where(OutboxRow.state == "failed")
        .order_by(OutboxRow.id.desc())
        .limit(100)
    )
    return [(name, key, why) for name, key, why in await orm_of(session).execute(query)]


async def quoting(session: Session, before: datetime, limit: int = 200) -> list[StoredMessage]:
    """Settled messages with a person's words from before then, or with a file that has been delivered."""
    words = OutboxRow.card.contains('"by":') & (
        (OutboxRow.created_at < before) | OutboxRow.community_id.in_(_WORDLESS)
    )
    file = OutboxRow.card.contains('"type":"file"') & ~OutboxRow.card.contains('"data":""')
    query = select(OutboxRow.id, OutboxRow.place, OutboxRow.card, OutboxRow.lane)
    rows = await orm_of(session).execute(
        query.where(OutboxRow.state.not_in(OPEN), words | file).order_by(OutboxRow.id).limit(limit)
    )
    return [StoredMessage._make(row) for row in rows]


async def keep_less(session: Session, message: int, card: str) -> None:
    """Replace the stored card of a settled message; the delivered one stays as it is."""
    settled = OutboxRow.state.not_in(OPEN)
    await orm_of(session).execute(update(OutboxRow).where(OutboxRow.id == message, settled).values(card=card))


async def prune(session: Session, before: datetime) -> None:
    """Delete messages that were settled and stored before then."""
    await orm_of(session).execute(
        delete(OutboxRow).where(OutboxRow.created_at < before, OutboxRow.state.not_in(OPEN))
    )
