"""A worker: takes steps while there is work, then sleeps until new work comes or the next is due."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

import structlog

from facilitation.core.values.clock import Clock

RETRY_AFTER = timedelta(seconds=1)
"""The pause after a step that raised, for instance because the database is away."""

MIN_PAUSE = timedelta(milliseconds=50)
"""The shortest sleep of a worker that nothing wakes."""

log = structlog.get_logger(__name__)


class Worker:
    """Runs one kind of step. Several workers run side by side, and none waits for another.

    `step` returns whether it did anything. `next_at` returns when there is something to do next, None if only
    a wake can tell.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[int]],
        next_at: Callable[[], Awaitable[datetime | None]],
        clock: Clock,
    ) -> None:
        self.name = name
        self.busy_since: datetime | None = None
        """When the step that is under way began; None while it sleeps."""
        self._step = step
        self._next_at = next_at
        self._clock = clock
        self._wake = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Look for work now, or right after the step that is under way."""
        self._wake.set()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._is_stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until it is stopped."""
        while not self._is_stopping:
            self._wake.clear()
            try:
                at = await self._work()
            except Exception:
                log.exception("worker failed", worker=self.name)
                at = self._clock.now() + RETRY_AFTER
            await self._sleep(at)

    async def _work(self) -> datetime | None:
        """Take all steps that there are; returns when there is something to do next."""
        try:
            has_worked: int | bool = True
            while has_worked and not self._is_stopping:
                self.busy_since = self._clock.now()
                has_worked = await self._step()
                await asyncio.sleep(0)  # steps of other workers that wait for the loop come first
            at = await self._next_at()
            # What is due and was not taken is in the hands of another process.
            return at if at is None else max(at, self._clock.now() + MIN_PAUSE)
        finally:
            self.busy_since = None

    async def _sleep(self, until: datetime | None) -> None:
        if self._is_stopping:
            return
        seconds = None if until is None else max(0.0, (until - self._clock.now()).total_seconds())
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass


async def end_tasks(tasks: Collection[asyncio.Task[None]], patience: timedelta) -> None:
    """Wait for tasks to end, and cancel those that take longer."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=patience.total_seconds())
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
