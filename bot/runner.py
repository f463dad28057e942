"""One house and its courier, step by step: what the heartbeat, a rehearsal and the local page all run."""

from collections.abc import Callable
from datetime import datetime

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.values.clock import VirtualClock
from facilitation.core.workers.courier import Courier
from storage.pending import Pending, pending


class Runner:
    """Every part is a step that returns; whoever holds this decides when it is taken."""

    def __init__(self, dispatcher: Dispatcher, courier: Courier) -> None:
        self.dispatcher = dispatcher
        self.courier = courier

    async def settle(self) -> datetime | None:
        """Digest what is fresh, do what is due and say what waits, until nothing is left to do now.

        Returns when there is next something to do by the clock.
        """
        while await self._step(there := await self._look()):
            pass
        return there.next_at

    async def next_at(self) -> datetime | None:
        """When there is next something to do by the clock."""
        return (await self._look()).next_at

    async def _step(self, there: Pending) -> bool:
        """Do the first thing there is to do; False if there is none."""
        now = self.dispatcher.clock.now()
        if there.fresh and await self.dispatcher.digest():
            return True
        if there.due_at is not None and there.due_at <= now and await self.dispatcher.due():
            return True
        return there.send_at is not None and there.send_at <= now and bool(await self.courier.step())

    async def _look(self) -> Pending:
        async with self.dispatcher.units.read() as session:
            return await pending(session)

    async def play(
        self, clock: VirtualClock, until: datetime, watch: Callable[[datetime], None] = lambda _: None
    ) -> None:
        """Let virtual time pass up to an instant: everything due on the way happens at its own time."""
        at = await self.settle()
        while at is not None and at <= until:
            clock.move_to(at)
            watch(clock.now())
            before, at = at, await self.settle()
            if at == before:
                # What is due cannot be done and was not put off: time goes on without it.
                break
        clock.move_to(until)
        await self.settle()
