"""Group commit: changes that arrive while a unit is being committed share the next one."""

import asyncio
from collections.abc import Awaitable, Callable

from storage.unit import Session, Units

Change = Callable[[Session], Awaitable[None]]
"""A change within a unit of work. It may run twice, in units of which one is rolled back."""


class GroupCommit:
    """Commits changes of many tasks in as few units as their arrival allows. A lone change never waits."""

    def __init__(self, units: Units, limit: int) -> None:
        self._units = units
        self._limit = limit
        self._waiting: list[tuple[Change, asyncio.Future[None]]] = []
        self._committer: asyncio.Task[None] | None = None

    async def commit(self, change: Change) -> None:
        """Return when the change is committed. Raises what it raised, or what the database raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, done))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_all())
        await done

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            await self._commit_group(group)

    async def _commit_group(self, group: list[tuple[Change, asyncio.Future[None]]]) -> None:
        """Commit a group. If that fails, commit each by itself, so that one cannot fail the others."""
        try:
            async with self._units.write() as session:
                for change, _ in group:
                    await change(session)
        except Exception as error:  # noqa: BLE001  # the task that waits for a change gets its error
            if len(group) == 1:
                _finish(group[0][1], error)
                return
            for one in group:
                await self._commit_group([one])
            return
        for _, done in group:
            _finish(done, None)


def _finish(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
