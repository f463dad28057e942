"""The diary: what happened, stored once per natural key, digested in order, forgotten in time."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, Base, BigKey, inserting, micros
from storage.communities import ChannelRow, SpaceRow
from storage.naming import Names

EXCERPT = 200
"""The longest excerpt of a message that is kept, in characters."""
KEEP_EXCERPTS = timedelta(days=35)
KEEP_FACTS = timedelta(days=396)
"""Thirteen months; daily counts stay after that."""


class State(IntEnum):
    """Where a row stands between the platform and the rooms."""

    FRESH = 0
    DIGESTED = 1
    SET_ASIDE = 2


class DiaryRow(Base):
    """One happening. `body` is the whole of it until it is digested, then only the facts remain."""

    __tablename__ = "diary"
    __table_args__ = (
        UniqueConstraint("space_id", "key"),
        Index("ix_diary_community_at", "community_id", "at"),
        Index(
            "ix_diary_fresh",
            "space_id",
            "id",
            sqlite_where=text("state = 0"),
            postgresql_where=text("state = 0"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(240), info={NAMES: "kept"})
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    stored_at: Mapped[datetime]
    state: Mapped[int] = mapped_column(SmallInteger, default=State.FRESH)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(String(64), default="")
    thread: Mapped[str] = mapped_column(String(64), default="")
    refers: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reply: Mapped[bool] = mapped_column(default=False)
    question: Mapped[bool] = mapped_column(default=False)
    links: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    excerpt: Mapped[str | None] = mapped_column(String(EXCERPT), info={NAMES: "blank"})
    body: Mapped[str | None] = mapped_column(Text, info={NAMES: "kept"})


class DailyRow(Base):
    """What remains of a day in a channel after thirteen months: counts."""

    __tablename__ = "daily"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    channel_id: Mapped[int] = mapped_column(
        ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(default=0)
    replies: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int] = mapped_column(default=0)
    links: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    joins: Mapped[int] = mapped_column(default=0)


class Entry(NamedTuple):
    """One row to write, as plain columns in the order of the table; `at` in microseconds.

    Truth is 0 or 1 and the state a plain number: SQLite's driver looks up an adapter for every value whose
    type is not exactly one of its own, and that costs more than the row.
    """

    community_id: int | None
    key: str
    kind: str
    at: int
    state: int
    channel_id: int | None
    message: str
    thread: str
    refers: str
    author_id: int | None
    reply: int
    question: int
    links: int
    reactions: int
    excerpt: str | None
    body: str | None


class Past(NamedTuple):
    """A message of the past to write: what is left of an `Entry` that nobody digests any more."""

    community_id: int
    key: str
    at: int
    channel_id: int
    message: str
    thread: str
    refers: str
    author_id: int | None
    reply: int
    question: int
    links: int
    reactions: int
    excerpt: str


class Page(NamedTuple):
    """One fresh happening, as the digest reads it."""

    id: int
    community: int | None
    channel: int | None
    author: int | None
    body: str
    tries: int


_WITHOUT_BODY = case((DiaryRow.state == State.FRESH, State.DIGESTED), else_=DiaryRow.state)
"""The state of a row whose body goes: the digest must not find a fresh one with nothing in it."""
_TRUTHS = frozenset({"reply", "question"})
_ROWS_AT_ONCE = 500
_TOGETHER = 100
"""Rows in one statement of SQLite."""
_PG_TYPES = dict.fromkeys(("community_id", "at", "channel_id", "author_id"), "bigint") | {
    "state": "smallint",
    "reply": "integer",
    "question": "integer",
    "links": "integer",
    "reactions": "integer",
}


class Diary:
    """The diary of one space."""

    def __init__(self, session: AsyncSession, space: int) -> None:
        self._session = session
        self._space = space

    async def write(self, entries: Sequence[Entry], at: datetime) -> int:
        """Store what is not stored yet; returns how many that was."""
        if not entries:
            return 0
        if self._session.get_bind().dialect.name == "postgresql":
            # Sorted, else two processes which write the same keys in different order wait for each other.
            return await self._insert_arrays(_FULL_ARRAYS, sorted(entries, key=attrgetter("key")), at)
        return await self._insert_each(Entry._fields, _FULL, entries, at)

    async def write_past(self, messages: Sequence[Past], at: datetime) -> int:
        """Store messages of long ago, which no room hears any more; returns how many were new."""
        if not messages:
            return 0
        if self._session.get_bind().dialect.name == "postgresql":
            return await self._insert_arrays(_PAST_ARRAYS, messages, at)
        return await self._insert_each(Past._fields, _PAST, messages, at)

    async def _insert_each(
        self,
        fields: Sequence[str],
        constant: dict[str, str],
        rows: Sequence[tuple[object, ...]],
        at: datetime,
    ) -> int:
        connection = await self._session.connection()
        before = (await connection.exec_driver_sql("SELECT total_changes()")).scalar_one()
        whole = len(rows) - len(rows) % _TOGETHER
        # One call for many statements of many rows each: a row by itself costs a quarter more.
        together = [tuple(chain.from_iterable(rows[n : n + _TOGETHER])) for n in range(0, whole, _TOGETHER)]
        for values, count in ((together, _TOGETHER), (list(rows[whole:]), 1)):
            if values:
                statement = _each(fields, constant, (self._space, micros(at)), count)
                await connection.exec_driver_sql(statement, values)
        after = (await connection.exec_driver_sql("SELECT total_changes()")).scalar_one()
        return int(after - before)

    async def _insert_arrays(self, statement: str, rows: Sequence[tuple[object, ...]], at: datetime) -> int:
        connection = await self._session.connection()
        stored = 0
        for start in range(0, len(rows), 5000):
            columns = list(zip(*rows[start : start + 5000], strict=True))
            parameters = (self._space, micros(at), *(list(column) for column in columns))
            stored += (await connection.exec_driver_sql(statement, parameters)).scalar_one()
        return stored

    async def fresh(self, limit: int) -> list[Page]:
        """The next happenings nobody has digested, in order of arrival."""
        query = (
            select(
                DiaryRow.id,
                DiaryRow.community_id,
                DiaryRow.channel_id,
                DiaryRow.author_id,
                DiaryRow.body,
                DiaryRow.tries,
            )
            .where(DiaryRow.space_id == self._space, DiaryRow.state == State.FRESH)
            .order_by(DiaryRow.id)
            .limit(limit)
        )
        rows = await self._session.execute(query)
        return [
            Page(page, community, channel, author, body or "", tries)
            for page, community, channel, author, body, tries in rows
        ]

    async def digested(self, ids: Sequence[int]) -> None:
        """These are done: their facts stay, their bodies go."""
        if ids:
            await self._session.execute(
                update(DiaryRow)
                .where(DiaryRow.space_id == self._space, DiaryRow.id.in_(ids))
                .values(state=State.DIGESTED, body=None)
            )

    async def failed(self, page: int, *, give_up: bool) -> None:
        """This one raised: try again, or set it aside for an operator to look at."""
        values: dict[str, object] = {"tries": DiaryRow.tries + 1}
        if give_up:
            values["state"] = State.SET_ASIDE
        await self._session.execute(
            update(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id == page).values(**values)
        )

    async def amend(self, key: str, *, excerpt: str | None, links: int, question: bool) -> None:
        """A message was edited. That of someone who was forgotten stays without words."""
        await self._session.execute(
            update(DiaryRow)
            .where(DiaryRow.space_id == self._space, DiaryRow.key == key, DiaryRow.author_id.is_not(None))
            .values(excerpt=excerpt and excerpt[:EXCERPT], links=links, question=question)
        )

    async def drop(self, key: str) -> None:
        """A message was deleted: so is what we kept of it."""
        await self._session.execute(
            delete(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.key == key)
        )

    async def unauthored(self, accounts: Sequence[int]) -> None:
        """Forget who wrote, and what: the counts stay.

        The key of what is no message names who did it: what takes its place is the row's own number.
        """
        theirs = (DiaryRow.space_id == self._space, DiaryRow.author_id.in_(accounts))
        await self._session.execute(
            update(DiaryRow)
            .where(*theirs, DiaryRow.kind != "posted")
            .values(key=literal("forgotten:").concat(cast(DiaryRow.id, String)))
        )
        await self._session.execute(
            update(DiaryRow)
            .where(*theirs)
            .values(author_id=None, excerpt=None, body=None, state=_WITHOUT_BODY)
        )

    async def untold(self, community: int, posts: Collection[str]) -> None:
        """Forget what became of these posts."""
        told = (DiaryRow.community_id == community, DiaryRow.kind.in_(("said", "unsaid")))
        query = select(DiaryRow.id, DiaryRow.key).where(DiaryRow.space_id == self._space, *told)
        begins = tuple(f"{kind}:{community}:{post}:" for kind in ("said", "unsaid") for post in posts)
        ids = [row.id for row in await self._session.execute(query) if row.key.startswith(begins)]
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            part = ids[start : start + _ROWS_AT_ONCE]
            await self._session.execute(
                delete(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id.in_(part))
            )

    async def naming(self, names: Names) -> list[tuple[int, str]]:
        """Id and body of what is not digested and may name somebody."""
        query = select(DiaryRow.id, DiaryRow.body).where(
            DiaryRow.space_id == self._space, DiaryRow.body.is_not(None), names.perhaps_in(DiaryRow.body)
        )
        return [(page, body or "") for page, body in await self._session.execute(query)]

    async def reword(self, page: int, body: str) -> None:
        """Keep other words of what is not digested."""
        await self._session.execute(
            update(DiaryRow).where(DiaryRow.space_id == self._space, DiaryRow.id == page).values(body=body)
        )


def _each(fields: Sequence[str], constant: dict[str, str], head: tuple[int, int], rows: int) -> str:
    """SQLite's statement for so many rows; space and time of storing stand in it as numbers."""
    names = ("space_id", "stored_at", *fields, *constant)
    values = ",".join((*map(str, head), *("?" for _ in fields), *constant.values()))
    return (
        f"INSERT INTO diary ({','.join(names)}) VALUES {','.join([f'({values})'] * rows)} "  # noqa: S608  # our own column names
        "ON CONFLICT DO NOTHING"
    )


def _arrays(fields: Sequence[str], constant: dict[str, str]) -> str:
    """The statement that PostgreSQL is given once for all rows, column by column."""
    names = ("space_id", "stored_at", *fields, *constant)
    values = ",".join(
        ("%s", "%s", *(f"{name} = 1" if name in _TRUTHS else name for name in fields), *constant.values())
    )
    arrays = ",".join(f"%s::{_PG_TYPES.get(name, 'text')}[]" for name in fields)
    return (
        f"WITH stored AS (INSERT INTO diary ({','.join(names)}) "  # noqa: S608  # our own column names
        f"SELECT {values} FROM unnest({arrays}) AS page({','.join(fields)}) "
        "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM stored"
    )


_FULL = {"tries": "0"}
_FULL_ARRAYS = _arrays(Entry._fields, _FULL)
_PAST = {"kind": "'posted'", "state": str(State.DIGESTED.value), "tries": "0"}
"""What is the same for every message of the past. That they have no body need not be said: to bind nothing
costs SQLite's driver more than to bind a number."""
_PAST_ARRAYS = _arrays(Past._fields, _PAST)


# The digest's and the operator's view, over all spaces ---------------------------------------------


async def claim_space(session: AsyncSession) -> int | None:
    """The space whose fresh happenings wait the longest, held until this unit ends: replicas take another."""
    mine = (DiaryRow.space_id == SpaceRow.id, DiaryRow.state == State.FRESH)
    oldest = select(func.min(DiaryRow.id)).where(*mine).scalar_subquery()
    query = (
        select(SpaceRow.id)
        .where(select(DiaryRow.id).where(*mine).exists())
        .order_by(oldest)
        .limit(1)
        # Not the stronger FOR UPDATE: that and the foreign keys of what the intake writes exclude each other.
        .with_for_update(skip_locked=True, key_share=True)
    )
    found: int | None = await session.scalar(query)
    return found


async def set_aside(session: AsyncSession) -> list[tuple[int, str, datetime]]:
    """What no room could digest: space, key and time of each."""
    query = select(DiaryRow.space_id, DiaryRow.key, DiaryRow.at).where(DiaryRow.state == State.SET_ASIDE)
    return [
        (space, key, at) for space, key, at in await session.execute(query.order_by(DiaryRow.id).limit(100))
    ]


async def last_heard(session: AsyncSession, space: int, *, besides: Sequence[str]) -> datetime | None:
    """When the latest thing stored of a space happened, but for some kinds."""
    query = select(DiaryRow.at).where(DiaryRow.space_id == space, DiaryRow.kind.not_in(besides))
    found: datetime | None = await session.scalar(query.order_by(DiaryRow.id.desc()).limit(1))
    return found


async def drop_excerpts(session: AsyncSession, community: int) -> None:
    """A community no longer wants any words of its messages to be kept."""
    await session.execute(
        update(DiaryRow)
        .where(DiaryRow.community_id == community, DiaryRow.excerpt.is_not(None))
        .values(excerpt=None)
    )


async def prune(session: AsyncSession, now: datetime, *, limit: int = 20_000) -> int:
    """Apply retention to at most `limit` rows; returns how many were touched, 0 when all is done.

    Excerpts go 35 days after they were stored, facts after 13 months, leaving daily counts. Each channel
    remembers the last instant pruned, and each space that of what is in no channel, so that nothing older
    enters again by import.
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
    ids = list(await session.scalars(stale))
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        part = ids[start : start + _ROWS_AT_ONCE]
        values = {"excerpt": None, "body": None, "state": _WITHOUT_BODY}
        await session.execute(update(DiaryRow).where(DiaryRow.id.in_(part)).values(**values))
    if ids:
        return len(ids)
    old = list(
        await session.scalars(select(DiaryRow.id).where(DiaryRow.stored_at < now - KEEP_FACTS).limit(limit))
    )
    for start in range(0, len(old), _ROWS_AT_ONCE):
        await _count_and_drop(session, old[start : start + _ROWS_AT_ONCE])
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
        query = inserting(session, DailyRow).values(
            community_id=community, channel_id=channel, day=day, **counts
        )
        sums = {name: getattr(DailyRow, name) + value for name, value in counts.items()}
        await session.execute(
            query.on_conflict_do_update(index_elements=["community_id", "channel_id", "day"], set_=sums)
        )
    for (table, row), at in last.items():
        earlier = table.pruned_until.is_(None) | (table.pruned_until < at)
        await session.execute(update(table).where(table.id == row, earlier).values(pruned_until=at))
    await session.execute(delete(DiaryRow).where(DiaryRow.id.in_(ids)))
