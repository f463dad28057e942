"""The agenda: the commands that are due. One row per plan (`recap`, `review:7`), not per occurrence."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, Base, BigKey, Insert, insert_into, short
from storage.communities import CommunityRow
from storage.session import Session, Work, note_work, orm_of


class AgendaRow(Base):
    """A command for the clock to send. `revision` counts how often the key was planned again."""

    __tablename__ = "agenda"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        # The condition is worded as in the queries; otherwise SQLite would not use the index for them.
        Index(
            "ix_agenda_due",
            "not_before",
            sqlite_where=text("set_aside = 0"),
            postgresql_where=text("NOT set_aside"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    command: Mapped[str] = mapped_column(String(100), info={NAMES: "kept"})
    args: Mapped[str] = mapped_column(Text, info={NAMES: "kept"})
    due_at: Mapped[datetime]
    not_before: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    set_aside: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(String(300), default="")
    sealed: Mapped[bool] = mapped_column(default=False)


class Entry(NamedTuple):
    """A claimed agenda row."""

    id: int
    community: int
    key: str
    command: str
    args: str
    due_at: datetime
    revision: int
    tries: int
    sealed: bool = False


class Agenda:
    """The agenda of one community."""

    def __init__(self, session: Session, community: int) -> None:
        self._session = orm_of(session)
        self._community = community

    async def put(self, key: str, command: str, args: str, due_at: datetime, *, sealed: bool = False) -> None:
        """Plan a command; an earlier plan under the same key is replaced. `sealed` says that `args` are
        sealed.
        """
        row = {
            "community_id": self._community,
            "key": key,
            "revision": 0,
            "command": command,
            "args": args,
            "due_at": due_at,
            "not_before": due_at,
            "tries": 0,
            "set_aside": False,
            "error": "",
            "sealed": sealed,
        }
        connection = await self._session.connection()
        await connection.execute(_plan(connection.dialect.name), row)
        note_work(self._session, Work.ENTRIES)

    async def clear(self, key: str) -> None:
        """Remove a plan, if there is one."""
        await self._session.execute(
            delete(AgendaRow).where(AgendaRow.community_id == self._community, AgendaRow.key == key)
        )

    async def entries(self, *, held: bool = False) -> list[tuple[str, str, str]]:
        """The key, command and arguments of every plan that is not sealed.

        With `held`, the rows are locked until the unit ends, so that no worker handles them meanwhile.
        """
        query = select(AgendaRow.key, AgendaRow.command, AgendaRow.args)
        mine = (AgendaRow.community_id == self._community, AgendaRow.sealed.is_(False))
        query = query.where(*mine).order_by(AgendaRow.id)
        rows = await self._session.execute(query.with_for_update() if held else query)
        return [(key, command, args) for key, command, args in rows]

    async def reword(self, key: str, args: str) -> None:
        """Replace the arguments of a plan."""
        await self._session.execute(
            update(AgendaRow)
            .where(AgendaRow.community_id == self._community, AgendaRow.key == key)
            .values(args=args)
        )

    async def when(self, key: str) -> datetime | None:
        """When a plan is due; None if there is none under this key."""
        query = select(AgendaRow.due_at).where(
            AgendaRow.community_id == self._community, AgendaRow.key == key
        )
        due: datetime | None = await self._session.scalar(query)
        return due

    async def finish(self, entry: Entry) -> None:
        """Remove a handled entry, unless its handler has planned the key again."""
        await self._session.execute(
            delete(AgendaRow).where(
                AgendaRow.community_id == self._community,
                AgendaRow.id == entry.id,
                AgendaRow.revision == entry.revision,
            )
        )

    async def put_off(self, entry: Entry, until: datetime) -> None:
        """Postpone an entry without counting a failed attempt. One that was planned again stays as it is."""
        await self._session.execute(
            update(AgendaRow)
            .where(
                AgendaRow.community_id == self._community,
                AgendaRow.id == entry.id,
                AgendaRow.revision == entry.revision,
            )
            .values(not_before=until)
        )
        note_work(self._session, Work.ENTRIES)

    async def failed(self, entry: Entry, error: str, again: datetime | None) -> None:
        """Record a failed attempt: retry at `again`, or set the entry aside if that is None."""
        values: dict[str, object] = {
            "tries": AgendaRow.tries + 1,
            "error": short(error),
            "set_aside": again is None,
        }
        if again is not None:
            values["not_before"] = again
        await self._session.execute(
            update(AgendaRow)
            .where(AgendaRow.community_id == self._community, AgendaRow.id == entry.id)
            .values(**values)
        )


@cache
def _plan(dialect: str) -> Insert:
    """The statement that plans a command anew under its key, composed once."""
    query = insert_into(dialect, AgendaRow)
    kept = ("id", "community_id", "key", "revision")
    values = {column.name: column for column in query.excluded if column.name not in kept}
    revision = query.table.c.revision + 1
    return query.on_conflict_do_update(
        index_elements=["community_id", "key"], set_=values | {"revision": revision}
    )


# What the agenda worker asks, over all communities -------------------------------------------------


async def claim(session: Session, now: datetime, after: int = 0) -> Entry | None:
    """The next due entry, locked until the unit ends. Other processes skip it.

    Communities take turns in the order of their ids: `after` is the one whose entry was claimed last. Of a
    community's entries, the one that has been due the longest comes first.
    """
    query = (
        select(
            AgendaRow.id,
            AgendaRow.community_id,
            AgendaRow.key,
            AgendaRow.command,
            AgendaRow.args,
            AgendaRow.due_at,
            AgendaRow.revision,
            AgendaRow.tries,
            AgendaRow.sealed,
        )
        .where(AgendaRow.not_before <= now, ~AgendaRow.set_aside)
        .order_by(AgendaRow.community_id <= after, AgendaRow.community_id, AgendaRow.not_before, AgendaRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await orm_of(session).execute(query)).first()
    return Entry(*row) if row else None


async def next_due(session: Session) -> datetime | None:
    """When the next entry may be claimed."""
    due: datetime | None = await orm_of(session).scalar(
        select(func.min(AgendaRow.not_before)).where(~AgendaRow.set_aside)
    )
    return due


async def set_aside(session: Session) -> list[tuple[str, str, str]]:
    """Entries that could not be handled: community name, key and error of each, at most 100."""
    query = (
        select(CommunityRow.name, AgendaRow.key, AgendaRow.error)
        .join(CommunityRow, CommunityRow.id == AgendaRow.community_id)
        .where(AgendaRow.set_aside.is_(True))
        .order_by(AgendaRow.id)
        .limit(100)
    )
    return [(name, key, error) for name, key, error in await orm_of(session).execute(query)]


async def prune(session: Session, before: datetime) -> None:
    """Delete entries that were set aside and were due before an instant."""
    await orm_of(session).execute(
        delete(AgendaRow).where(AgendaRow.set_aside.is_(True), AgendaRow.due_at < before)
    )
