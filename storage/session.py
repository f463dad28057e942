"""The session of a unit of work: opaque outside storage, an SQLAlchemy session within it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession

from storage.last_seen import LastSeen
from storage.sealing import Seals


@dataclass
class Changes:
    """What a unit changes of what processes keep in memory of communities."""

    everything: bool = False
    """Anything may have changed, so it is read again."""
    members: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Whether the owner of an account is now a member of a community, by account and community."""

    def __bool__(self) -> bool:
        return self.everything or bool(self.members)


class Session:
    """One unit of work on the database; repositories and functions of storage take it as an argument.

    Code outside storage passes it on, opens savepoints and marks changes. It has no other access to the
    database.
    """

    __slots__ = ("_changes", "_last_seen", "_orm", "_seals", "_secret")

    def __init__(self, orm: AsyncSession, seals: Seals, secret: bytes, last_seen: LastSeen) -> None:
        self._orm = orm
        self._seals = seals
        self._secret = secret
        self._last_seen = last_seen
        self._changes = Changes()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A nested transaction: if the block raises, only the block's own changes are rolled back."""
        async with self._orm.begin_nested():
            yield

    def mark_changed(self) -> None:
        """Record that this unit changes what processes keep in memory of a community."""
        self._changes.everything = True


def orm_of(session: Session) -> AsyncSession:
    """The SQLAlchemy session behind a session. For storage only."""
    return session._orm


def changes_of(session: Session) -> Changes:
    """What this unit has changed so far."""
    return session._changes


def seals_of(session: Session) -> Seals:
    """The sealing keys of the process that opened this unit."""
    return session._seals


def secret_of(session: Session) -> bytes:
    """The operator's secret; empty if none is configured."""
    return session._secret


def last_seen_of(session: Session) -> LastSeen:
    """The times at which accounts were last seen, as far as this process has not stored them yet."""
    return session._last_seen


# What a unit leaves to be done -----------------------------------------------------------------------


class Work(Enum):
    """The three durable lists, each of which has a worker."""

    EVENTS = "events"
    """Fresh rows of the diary."""
    ENTRIES = "entries"
    """Rows of the agenda."""
    MESSAGES = "messages"
    """Rows of the outbox."""


_WORK = "tertulia_work"


def note_work(orm: AsyncSession, work: Work) -> None:
    """Record that this unit adds work, or makes some due earlier, so that its commit wakes the worker."""
    orm.info.setdefault(_WORK, set()).add(work)


def noted_work(orm: AsyncSession) -> frozenset[Work]:
    """The work that a unit has added."""
    return frozenset(orm.info.get(_WORK, ()))
