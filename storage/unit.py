"""Units of work: one transaction each, rolled back unless the block ends normally."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from storage.communities import Directory
from storage.engine import READ_ONLY, is_sqlite
from storage.last_seen import LastSeen
from storage.sealing import Seals
from storage.session import Changes, Session, Work, changes_of, noted_work, seals_of

__all__ = [
    "ATTEMPTS",
    "Changes",
    "Session",
    "Units",
    "changes_of",
    "is_collision",
    "retry_on_collision",
    "seals_of",
]

ATTEMPTS = 3
"""How often a unit is attempted that collides. A repetition is safe because handlers only return effects."""

T = TypeVar("T")


class Units:
    """Opens units of work on one database.

    `seals` has the keys for sealed texts, and `secret` is the operator's key for hashes. `reader` is a second
    engine for long reads, with threads of its own where `engine` uses the event loop's. On SQLite one unit
    writes at a time, and a fair lock in this process decides which: SQLite's own lock is polled, and lets
    some wait for ever. Units that only read never wait.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        seals: Seals | None = None,
        secret: bytes = b"",
        *,
        reader: AsyncEngine | None = None,
    ) -> None:
        self.engine = engine
        self._reader = reader or engine
        self.seals = Seals() if seals is None else seals
        self.last_seen = LastSeen()
        self.on_work: Callable[[frozenset[Work]], None] = lambda _: None
        """Called after a commit that added work to a durable list."""
        self._secret = secret
        self._gate: asyncio.Lock | None = asyncio.Lock() if is_sqlite(engine.url) else None

    @property
    def shared(self) -> bool:
        """Whether several processes may share the database."""
        return self._gate is None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """A unit that may change rows. It commits when the block ends normally."""
        async with self._gate or nullcontext(), self._orm() as orm:
            async with orm.begin():
                yield self._session(orm)
            work = noted_work(orm)
        if work:
            self.on_work(work)

    @asynccontextmanager
    async def read(self, *, is_long: bool = False) -> AsyncIterator[Session]:
        """A unit that only reads, from one consistent state of the database.

        A long one does not keep the event loop from other work.
        """
        async with self._orm(self._reader if is_long else self.engine) as orm:
            options: dict[str, object] = {READ_ONLY: True}
            if self.shared:
                # PostgreSQL's default shows each statement a newer state than the one before.
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            await orm.connection(execution_options=options)
            try:
                yield self._session(orm)
            finally:
                await orm.rollback()

    def _orm(self, engine: AsyncEngine | None = None) -> AsyncSession:
        return AsyncSession(engine or self.engine, expire_on_commit=False, autoflush=False)

    def _session(self, orm: AsyncSession) -> Session:
        return Session(orm, self.seals, self._secret, self.last_seen)

    async def write_last_seen(self) -> None:
        """Store the times at which accounts were last seen. Without new times it does nothing."""
        times = self.last_seen.unwritten()
        if times:
            async with self.write() as session:
                await Directory(session).seen(times)
            self.last_seen.written(times)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        await self._reader.dispose()


def is_collision(error: BaseException) -> bool:
    """Whether two units collided, by a unique violation, a deadlock or a serialization failure."""
    if isinstance(error, IntegrityError):
        return True
    code = getattr(getattr(error, "orig", None), "sqlstate", "") if isinstance(error, DBAPIError) else ""
    return code in {"40P01", "40001"}


async def retry_on_collision(unit: Callable[[], Awaitable[T]]) -> T:
    """The result of the first attempt that does not collide. Raises the collision of the last attempt."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await unit()
        except Exception as error:
            if not is_collision(error) or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
