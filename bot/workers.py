"""The workers of a running bot: events, agenda and courier run concurrently, and commits wake them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.workers.courier import Courier
from facilitation.core.workers.worker import Worker, end_tasks
from storage import agenda
from storage.pending import pending
from storage.session import Work

STOP_TIMEOUT = timedelta(seconds=8)
"""How long work under way may take when the process stops; Docker kills it after ten seconds."""

LONGEST_BATCH = timedelta(milliseconds=25)
"""How long a batch of events may keep the database from other writers."""


class Workers:
    """Runs the three workers of one process."""

    def __init__(self, dispatcher: Dispatcher, courier: Courier) -> None:
        self._dispatcher = dispatcher
        self._courier = courier
        clock = dispatcher.clock
        self._by_work = {
            Work.EVENTS: Worker("events", partial(dispatcher.digest, LONGEST_BATCH), self._never, clock),
            Work.ENTRIES: Worker("agenda", dispatcher.begin_due, self._next_due, clock),
            Work.MESSAGES: Worker("courier", courier.dispatch, courier.next_at, clock),
        }
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the tasks of the workers; needs a running event loop."""
        self._dispatcher.units.on_work = self._wake
        self._courier.on_free = self._by_work[Work.MESSAGES].wake
        self._tasks = [asyncio.create_task(one.run(), name=one.name) for one in self._by_work.values()]

    async def wake_for_pending(self) -> None:
        """Wake the workers that have work, such as work that other processes have committed."""
        async with self._dispatcher.units.read() as session:
            found = await pending(session)
        now = self._dispatcher.clock.now()
        is_due = {
            Work.EVENTS: found.fresh,
            Work.ENTRIES: found.due_at is not None and found.due_at <= now,
            Work.MESSAGES: found.send_at is not None and found.send_at <= now,
        }
        self._wake(work for work, due in is_due.items() if due)

    def longest_step(self) -> timedelta:
        """The time taken so far by the longest step under way; zero if there is none."""
        now = self._dispatcher.clock.now()
        begun = (one.busy_since for one in self._by_work.values())
        return max((now - since for since in begun if since is not None), default=timedelta())

    async def stop(self) -> None:
        """Finish or release what is under way, within STOP_TIMEOUT.

        A unit of work that takes longer is rolled back. A message that takes longer stays claimed, and the
        next process checks whether it was delivered.
        """
        until = asyncio.get_running_loop().time() + STOP_TIMEOUT.total_seconds()
        for worker in self._by_work.values():
            worker.stop()
        await self._dispatcher.abandon_precomputations()
        await end_tasks(self._tasks, STOP_TIMEOUT)
        # The workers have ended, so no further send can begin.
        left = until - asyncio.get_running_loop().time()
        await self._courier.finish(timedelta(seconds=max(0.0, left)))

    def _wake(self, works: Iterable[Work]) -> None:
        for work in works:
            self._by_work[work].wake()

    async def _next_due(self) -> datetime | None:
        async with self._dispatcher.units.read() as session:
            return await agenda.next_due(session)

    @staticmethod
    async def _never() -> None:
        """Events are not scheduled: this worker sleeps until a commit or the heartbeat wakes it."""
