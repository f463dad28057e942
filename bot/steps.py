"""One house and its courier, step by step: what the heartbeat, a rehearsal and the local page all run."""

from collections.abc import Callable
from datetime import datetime

from facilitation.core.clock import VirtualClock
from facilitation.core.courier import Courier
from facilitation.core.house import House
from storage.waiting import Waiting, waiting


class Steps:
    """Every part is a step that returns; whoever holds this decides when it is taken."""

    def __init__(self, house: House, courier: Courier) -> None:
        self.house = house
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

    async def _step(self, there: Waiting) -> bool:
        """Do the first thing there is to do; False if there is none."""
        now = self.house.clock.now()
        if there.fresh and await self.house.digest():
            return True
        if there.due_at is not None and there.due_at <= now and await self.house.due():
            return True
        return there.send_at is not None and there.send_at <= now and bool(await self.courier.step())

    async def _look(self) -> Waiting:
        async with self.house.units.read() as session:
            return await waiting(session)

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
