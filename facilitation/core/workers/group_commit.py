"""Group commit: items that arrive while a unit is being committed share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from storage.unit import Session, Units

T = TypeVar("T")


class GroupCommit(Generic[T]):
    """Stores items of many tasks in as few units as their arrival allows. A lone item never waits.

    `store` stores some items within a unit. It may run twice for an item, in units of which one is rolled
    back.
    """

    def __init__(
        self, units: Units, store: Callable[[Session, Sequence[T]], Awaitable[None]], limit: int
    ) -> None:
        self._units = units
        self._store = store
        self._limit = limit
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._committer: asyncio.Task[None] | None = None

    async def commit(self, item: T) -> None:
        """Return when the item is committed. Raises what the database, or storing this item, raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_all())
        await done

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            await self._commit_group(group)

    async def _commit_group(self, group: list[tuple[T, asyncio.Future[None]]]) -> None:
        """Commit a group. If that fails, commit each item by itself, so that one cannot fail the others."""
        try:
            async with self._units.write() as session:
                await self._store(session, [item for item, _ in group])
        except Exception as error:  # noqa: BLE001  # the task that waits for an item gets its error
            if len(group) > 1:
                for one in group:
                    await self._commit_group([one])
            elif not group[0][1].done():
                group[0][1].set_exception(error)
            return
        for _, done in group:
            if not done.done():
                done.set_result(None)
