"""How long the diary is kept: first words go, then facts; counts stay."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import inserting
from storage.communities import ChannelRow, SpaceRow
from storage.diary.tables import ROWS_AT_ONCE, WITHOUT_BODY, DailyCountRow, DiaryRow
from storage.session import Session, orm_of

KEEP_EXCERPTS = timedelta(days=35)
KEEP_FACTS = timedelta(days=396)
"""Thirteen months. Daily counts stay after that."""


async def drop_excerpts(session: Session, community: int) -> None:
    """Delete all excerpts of a community that stores no words any more."""
    await orm_of(session).execute(
        update(DiaryRow)
        .where(DiaryRow.community_id == community, DiaryRow.excerpt.is_not(None))
        .values(excerpt=None)
    )


async def prune(session: Session, now: datetime, *, limit: int = 20_000) -> int:
    """Apply retention to at most `limit` rows; returns how many were changed, 0 when all is done.

    Excerpts are deleted 35 days after they were stored, and rows after 13 months, when daily counts replace
    them. Each channel, and each space for events without a channel, remembers the last instant pruned, so
    that no import brings older ones back.
    """
    stale = (
        select(DiaryRow.id)
        .where(
            DiaryRow.stored_at < now - KEEP_EXCERPTS,
            DiaryRow.stored_at >= now - KEEP_FACTS,
            DiaryRow.excerpt.is_not(None) | DiaryRow.body.is_not(None),
        )
        .limit(limit)
    )
    ids = list(await orm_of(session).scalars(stale))
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = ids[start : start + ROWS_AT_ONCE]
        values = {"excerpt": None, "body": None, "state": WITHOUT_BODY}
        await orm_of(session).execute(update(DiaryRow).where(DiaryRow.id.in_(part)).values(**values))
    if ids:
        return len(ids)
    old = list(
        await orm_of(session).scalars(
            select(DiaryRow.id).where(DiaryRow.stored_at < now - KEEP_FACTS).limit(limit)
        )
    )
    for start in range(0, len(old), ROWS_AT_ONCE):
        await _count_and_drop(orm_of(session), old[start : start + ROWS_AT_ONCE])
    return len(old)


async def _count_and_drop(session: AsyncSession, ids: Sequence[int]) -> None:
    rows = (
        await session.execute(
            select(
                DiaryRow.space_id,
                DiaryRow.community_id,
                DiaryRow.channel_id,
                DiaryRow.at,
                DiaryRow.kind,
                DiaryRow.reply,
                DiaryRow.question,
                DiaryRow.links,
                DiaryRow.reactions,
            ).where(DiaryRow.id.in_(ids))
        )
    ).all()
    days: dict[tuple[int, int, date], dict[str, int]] = {}
    last: dict[tuple[type[ChannelRow | SpaceRow], int], datetime] = {}
    for space, community, channel, at, kind, reply, question, links, reactions in rows:
        where = (SpaceRow, space) if channel is None else (ChannelRow, channel)
        last[where] = max(at, last.get(where, at))
        if channel is None or community is None or kind not in {"posted", "joined", "reacted"}:
            continue
        counts = days.setdefault(
            (community, channel, at.date()),
            dict.fromkeys(("messages", "replies", "questions", "links", "reactions", "joins"), 0),
        )
        posted = kind == "posted"
        counts["messages"] += posted
        counts["replies"] += posted and reply
        counts["questions"] += posted and question
        counts["links"] += links
        counts["reactions"] += reactions + (kind == "reacted")
        counts["joins"] += kind == "joined"
    for (community, channel, day), counts in days.items():
        query = inserting(session, DailyCountRow).values(
            community_id=community, channel_id=channel, day=day, **counts
        )
        sums = {name: getattr(DailyCountRow, name) + value for name, value in counts.items()}
        await session.execute(
            query.on_conflict_do_update(index_elements=["community_id", "channel_id", "day"], set_=sums)
        )
    for (table, row), at in last.items():
        earlier = table.pruned_until.is_(None) | (table.pruned_until < at)
        await session.execute(update(table).where(table.id == row, earlier).values(pruned_until=at))
    await session.execute(delete(DiaryRow).where(DiaryRow.id.in_(ids)))
