"""The diary of one space, and which space is digested next."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import String, cast, delete, literal, select, update

from storage.communities import SpaceRow
from storage.diary.tables import EXCERPT, ROWS_AT_ONCE, WITHOUT_BODY, DiaryRow, DiaryState
from storage.diary.values import Entry, FreshEntry, HistoryEntry
from storage.diary.writing import store, store_past
from storage.name_redaction import NamePatterns
from storage.session import Session, Work, note_work, orm_of


class Diary:
    """The diary of one space."""

    def __init__(self, session: Session, space: int) -> None:
        self._session = orm_of(session)
        self._space = space

    async def write(self, entries: Sequence[Entry], at: datetime) -> int:
        """Store the entries that are not stored yet; returns their number."""
        if any(entry.state == DiaryState.FRESH for entry in entries):
            note_work(self._session, Work.EVENTS)
        return await store(self._session, self._space, entries, at) if entries else 0

    async def write_past(self, messages: Sequence[HistoryEntry], at: datetime) -> int:
        """Store messages of the past, which no feature is told of; returns the number of new ones."""
        return await store_past(self._session, self._space, messages, at) if messages else 0

    async def fresh(self, limit: int) -> list[FreshEntry]:
        """The next events that are not digested, in order of arrival."""
        query = (
            select(
                DiaryRow.id,
                DiaryRow.community_id,
                DiaryRow.channel_id,
                DiaryRow.author_id,
                DiaryRow.body,
                DiaryRow.tries,
            )
            .where(DiaryRow.space_id == self._space, DiaryRow.state == DiaryState.FRESH)
            .order_by(DiaryRow.id)
            .limit(limit)
        )
        rows = await self._session.execute(query)
        return [
            FreshEntry(page, community, channel, author, body or "", tries)
            for page, community, channel, author, body, tries in rows
        ]

    async def digested(self, ids: Sequence[int]) -> None:
        """Mark events as digested: their facts stay, their bodies are deleted."""
        if ids:
            await self._session.execute(
                update(DiaryRow)
                .where(DiaryRow.space_id == self._space, DiaryRow.id.in_(ids))
                .values(state=DiaryState.DIGESTED, body=None)
            )

    async def failed(self, page: int, *, give_up: bool) -> None:
        """Record that an event could not be digested: try again, or set it aside for the operator."""
        values: dict[str, object] = {"tries": DiaryRow.tries + 1}
        if give_up:
            values["state"] = DiaryState.SET_ASIDE
        await self._session.execute(
            update(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id == page).values(**values)
        )

    async def amend(self, key: str, *, excerpt: str | None, links: int, question: bool) -> None:
        """Update an edited message. That of a forgotten person stays without words."""
        await self._session.execute(
            update(DiaryRow)
            .where(DiaryRow.space_id == self._space, DiaryRow.key == key, DiaryRow.author_id.is_not(None))
            .values(excerpt=excerpt and excerpt[:EXCERPT], links=links, question=question)
        )

    async def drop(self, key: str) -> None:
        """Delete what is stored of a deleted message."""
        await self._session.execute(
            delete(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.key == key)
        )

    async def unauthored(self, accounts: Sequence[int]) -> None:
        """Remove authors and words of these accounts; the counts stay.

        The key of an event that is not a message names who caused it. The row's own number replaces it.
        """
        theirs = (DiaryRow.space_id == self._space, DiaryRow.author_id.in_(accounts))
        await self._session.execute(
            update(DiaryRow)
            .where(*theirs, DiaryRow.kind != "posted")
            .values(key=literal("erased:").concat(cast(DiaryRow.id, String)))
        )
        await self._session.execute(
            update(DiaryRow)
            .where(*theirs)
            .values(author_id=None, excerpt=None, body=None, state=WITHOUT_BODY)
        )

    async def untold(self, community: int, posts: Collection[str]) -> None:
        """Delete the events about the delivery of these posts."""
        told = (DiaryRow.community_id == community, DiaryRow.kind.in_(("delivered", "failed")))
        query = select(DiaryRow.id, DiaryRow.key).where(DiaryRow.space_id == self._space, *told)
        begins = tuple(f"{kind}:{community}:{post}:" for kind in ("delivered", "failed") for post in posts)
        ids = [row.id for row in await self._session.execute(query) if row.key.startswith(begins)]
        for start in range(0, len(ids), ROWS_AT_ONCE):
            part = ids[start : start + ROWS_AT_ONCE]
            await self._session.execute(
                delete(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id.in_(part))
            )

    async def naming(self, names: NamePatterns) -> list[tuple[int, str]]:
        """Id and body of the events that are not digested and may name somebody."""
        query = select(DiaryRow.id, DiaryRow.body).where(
            DiaryRow.space_id == self._space, DiaryRow.body.is_not(None), names.perhaps_in(DiaryRow.body)
        )
        return [(page, body or "") for page, body in await self._session.execute(query)]

    async def reword(self, page: int, body: str) -> None:
        """Replace the body of an event that is not digested."""
        await self._session.execute(
            update(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id == page).values(body=body)
        )


# Over all spaces -----------------------------------------------------------------------------------


async def claim_space(session: Session, after: int = 0) -> int | None:
    """The next space with fresh events, locked until the unit ends; other processes skip it.

    Spaces take turns in the order of their ids: `after` is the one that was claimed last.
    """
    is_fresh = select(DiaryRow.id).where(DiaryRow.space_id == SpaceRow.id, DiaryRow.state == DiaryState.FRESH)
    query = (
        select(SpaceRow.id)
        .where(is_fresh.exists())
        .order_by(SpaceRow.id <= after, SpaceRow.id)
        .limit(1)
        # Not the stronger FOR UPDATE, which conflicts with the foreign keys of rows that the intake inserts.
        .with_for_update(skip_locked=True, key_share=True)
    )
    found: int | None = await orm_of(session).scalar(query)
    return found


async def set_aside(session: Session) -> list[tuple[int, str, datetime]]:
    """Events that could not be digested: space, key and time, at most 100."""
    query = select(DiaryRow.space_id, DiaryRow.key, DiaryRow.at).where(DiaryRow.state == DiaryState.SET_ASIDE)
    return [
        (space, key, at)
        for space, key, at in await orm_of(session).execute(query.order_by(DiaryRow.id).limit(100))
    ]


async def last_event_at(session: Session, space: int, *, besides: Sequence[str]) -> datetime | None:
    """When the latest stored event of a space happened, leaving out some kinds."""
    query = select(DiaryRow.at).where(DiaryRow.space_id == space, DiaryRow.kind.not_in(besides))
    found: datetime | None = await orm_of(session).scalar(query.order_by(DiaryRow.id.desc()).limit(1))
    return found
