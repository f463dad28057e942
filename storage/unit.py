"""Units of work: one transaction each, rolled back unless it ends well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.base import CHANGED, SECRET
from storage.engine import READ_ONLY, is_sqlite
from storage.sealing import Seals

Session = AsyncSession
"""What a unit of work hands to cellars; whoever else holds one only passes it on."""
_SEALS = "seals"


class Units:
    """Opens units of work on one database. `secret` is the operator's key for what is hashed or sealed in it.

    On SQLite one writer works at a time. A fair gate in this process decides who is next, because
    SQLite's own lock is polled and lets some wait for ever; whoever only reads never waits at it.
    `seals` has the keys for what is stored sealed.
    """

    def __init__(self, engine: AsyncEngine, seals: Seals | None = None, secret: bytes = b"") -> None:
        self.engine = engine
        self.seals = seals or Seals()
        self._secret = secret
        self._gate: asyncio.Lock | None = asyncio.Lock() if is_sqlite(engine.url) else None

    @property
    def shared(self) -> bool:
        """Whether several processes may share this database's work."""
        return self._gate is None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A unit that may change rows; commits when the block ends well."""
        if self._gate is None:
            async with self._session() as session, session.begin():
                yield session
            return
        async with self._gate, self._session() as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A unit that only reads, from one consistent state of the database."""
        async with self._session() as session:
            options: dict[str, object] = {READ_ONLY: True}
            if self.shared:
                # PostgreSQL's default shows each statement a newer state than the one before.
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            await session.connection(execution_options=options)
            try:
                yield session
            finally:
                await session.rollback()

    def _session(self) -> AsyncSession:
        info = {_SEALS: self.seals, SECRET: self._secret}
        return AsyncSession(self.engine, expire_on_commit=False, autoflush=False, info=info)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def has_changed(session: Session) -> bool:
    """Whether this unit changed what others keep in memory of a community."""
    return bool(session.info.get(CHANGED))


def seals_of(session: Session) -> Seals:
    """The keys of the process that opened this unit."""
    found = session.info.get(_SEALS)
    return found if isinstance(found, Seals) else Seals()


def is_collision(error: BaseException) -> bool:
    """Whether two units met (a unique violation, a deadlock, a serialization failure): run it again."""
    if isinstance(error, IntegrityError):
        return True
    code = getattr(getattr(error, "orig", None), "sqlstate", "") if isinstance(error, DBAPIError) else ""
    return code in {"40P01", "40001"}
