"""The session of a unit of work: opaque outside storage, an SQLAlchemy session within it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from storage.last_seen import LastSeen
from storage.sealing import Seals


class Session:
    """One unit of work on the database; repositories and functions of storage take it as an argument.

    Code outside storage passes it on, opens savepoints and marks changes. It has no other access to the
    database.
    """

    __slots__ = ("_is_changed", "_last_seen", "_orm", "_seals", "_secret")

    def __init__(self, orm: AsyncSession, seals: Seals, secret: bytes, last_seen: LastSeen) -> None:
        self._orm = orm
        self._seals = seals
        self._secret = secret
        self._last_seen = last_seen
        self._is_changed = False

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A nested transaction: if the block raises, only the block's own changes are rolled back."""
        async with self._orm.begin_nested():
            yield

    def mark_changed(self) -> None:
        """Record that this unit changes what processes keep in memory of a community."""
        self._is_changed = True


def orm_of(session: Session) -> AsyncSession:
    """The SQLAlchemy session behind a session. For storage only."""
    return session._orm


def has_changed(session: Session) -> bool:
    """Whether this unit changed what processes keep in memory of a community."""
    return session._is_changed


def seals_of(session: Session) -> Seals:
    """The sealing keys of the process that opened this unit."""
    return session._seals


def secret_of(session: Session) -> bytes:
    """The operator's secret; empty if none is configured."""
    return session._secret


def last_seen_of(session: Session) -> LastSeen:
    """The times at which accounts were last seen, as far as this process has not stored them yet."""
    return session._last_seen
