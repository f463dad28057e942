"""The heartbeat: APScheduler wakes the workers every second and runs upkeep every hour.

Scheduled commands are kept in the agenda, not in APScheduler.
"""

import asyncio
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.app import App
from bot.workers import Workers
from facilitation.core.people.personal_data import drop_old_quotes
from storage import agenda, diary, outbox
from storage.communities import Directory

BEAT = timedelta(seconds=1)
UPKEEP = timedelta(hours=1)
WRITE_LAST_SEEN = timedelta(minutes=1)
KEEP_MESSAGES = timedelta(days=396)
"""The retention of settled outbox messages, and of agenda entries that were set aside."""
ERASE_LOST_SPACES = timedelta(days=30)
"""The time between the bot's removal from a space and the erasure of that space's data."""

log = structlog.get_logger(__name__)


class Heartbeat:
    """Runs the workers of one app, and erases data whose retention has ended.

    The workers wake at commits and due times without the beat. It finds work that other processes committed,
    and work that became due because the system clock was changed.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.workers = Workers(app.dispatcher, app.courier)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._under_way: set[asyncio.Task[None]] = set()
        self.last_beat = app.clock.now()

    def start(self) -> None:
        """Start the workers and the beat; needs a running event loop."""
        self.workers.start()
        # The default misfire_grace_time of one second would skip beats on a busy machine.
        options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler.add_job(self.beat, "interval", seconds=BEAT.total_seconds(), **options)
        self._scheduler.add_job(self.upkeep, "interval", seconds=UPKEEP.total_seconds(), **options)
        self._scheduler.add_job(
            self.write_last_seen, "interval", seconds=WRITE_LAST_SEEN.total_seconds(), **options
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Stop the beat and the workers. Jobs and sends under way get some time to finish."""
        self._scheduler.pause()
        await self.workers.stop()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=1)
        self._scheduler.shutdown(wait=False)
        await self.write_last_seen()

    async def beat(self) -> None:
        """Wake the workers that have work. A failure is logged, and the next beat tries again."""
        self._track()
        try:
            await self.workers.wake_for_pending()
        except Exception:
            log.exception("heartbeat failed")
        else:
            self.last_beat = self._app.clock.now()

    async def upkeep(self) -> None:
        """Erase data whose retention has ended, in batches so that other writers do not wait long."""
        self._track()
        now = self._app.clock.now()
        try:
            while await self._erase_batch():
                pass
            async with self._app.units.write() as session:
                await outbox.prune(session, now - KEEP_MESSAGES)
                await agenda.prune(session, now - KEEP_MESSAGES)
                directory = Directory(session)
                for space in await directory.spaces():
                    if space.lost_at is not None and space.lost_at < now - ERASE_LOST_SPACES:
                        await directory.erase_space(space.id)
        except Exception:
            log.exception("upkeep failed")

    async def write_last_seen(self) -> None:
        """Store when accounts last sent a command. After a failure, the next run stores it."""
        self._track()
        try:
            await self._app.units.write_last_seen()
        except Exception:
            log.exception("last seen not written")

    def _track(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _erase_batch(self) -> int:
        """Erase old events or, if there are none, old quotes; returns how many, 0 when none are left."""
        async with self._app.units.write() as session:
            now = self._app.clock.now()
            return await diary.prune(session, now, limit=2_000) or await drop_old_quotes(session, now)
