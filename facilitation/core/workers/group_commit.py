"""Group commit: items that arrive while others are being committed share the next commit."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")

log = structlog.get_logger(__name__)


class GroupCommit(Generic[T]):
    """Commits items of many tasks in as few units as their arrival allows. A lone item never waits.

    `commit_all` commits some items. It may be called twice for an item, so it must not matter if one that is
    committed already is committed again.
    """

    def __init__(self, commit_all: Callable[[Sequence[T]], Awaitable[None]], limit: int) -> None:
        self._commit_all = commit_all
        self._limit = limit
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._committer: asyncio.Task[None] | None = None

    async def commit(self, item: T) -> None:
        """Return when the item is committed. Raises what committing it raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_waiting())
        await done

    async def finish(self) -> None:
        """Wait until everything that was given is committed, or has failed."""
        if self._committer is not None:
            await self._committer

    async def _commit_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            await self._commit_group(group)

    async def _commit_group(self, group: list[tuple[T, asyncio.Future[None]]]) -> None:
        """Commit a group. If that fails, commit each item by itself, so that one cannot fail the others."""
        try:
            await self._commit_all([item for item, _ in group])
        except Exception as error:  # noqa: BLE001  # the task that waits for an item gets its error
            if len(group) == 1:
                if not group[0][1].done():
                    group[0][1].set_exception(error)
                return
            log.warning("group not committed", items=len(group), error=type(error).__name__)
            for one in group:
                await self._commit_group([one])
            return
        for _, done in group:
            if not done.done():
                done.set_result(None)
