"""The runner: runs the steps of the workers one by one, for rehearsals and the local page."""

from collections.abc import Callable
from datetime import datetime

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.values.clock import VirtualClock
from facilitation.core.workers.courier import Courier
from storage.pending import Pending, pending


class Runner:
    """Runs steps of the workers when its owner calls it, instead of in tasks as `Workers` does."""

    def __init__(self, dispatcher: Dispatcher, courier: Courier) -> None:
        self.dispatcher = dispatcher
        self.courier = courier

    async def settle(self) -> datetime | None:
        """Digest fresh events, handle due entries and deliver messages, until nothing more is due.

        Returns the time at which the next work is due, None if there is none.
        """
        while await self._step(pending_work := await self._pending()):
            pass
        return pending_work.next_at

    async def next_at(self) -> datetime | None:
        """The time at which the next work is due, None if there is none."""
        return (await self._pending()).next_at

    async def _step(self, pending_work: Pending) -> bool:
        """Run the first step that has work; returns False if none has."""
        now = self.dispatcher.clock.now()
        if pending_work.fresh and await self.dispatcher.digest():
            return True
        if pending_work.due_at is not None and pending_work.due_at <= now and await self.dispatcher.due():
            return True
        return (
            pending_work.send_at is not None
            and pending_work.send_at <= now
            and bool(await self.courier.step())
        )

    async def _pending(self) -> Pending:
        async with self.dispatcher.units.read() as session:
            return await pending(session)

    async def play(
        self, clock: VirtualClock, until: datetime, watch: Callable[[datetime], None] = lambda _: None
    ) -> None:
        """Advance the clock to an instant; everything due until then happens at its own time.

        `watch` is called with each of these times.
        """
        at = await self.settle()
        while at is not None and at <= until:
            clock.move_to(at)
            watch(clock.now())
            before, at = at, await self.settle()
            if at == before:
                # The entry could be neither handled nor postponed. Without this, the loop would not end.
                break
        clock.move_to(until)
        await self.settle()
