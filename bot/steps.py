"""One house and its courier, step by step: what the heartbeat, a rehearsal and the local page all run."""

from collections.abc import Callable
from datetime import datetime

from facilitation.core.clock import VirtualClock
from facilitation.core.courier import Courier
from facilitation.core.house import House
from storage import agenda


class Steps:
    """Every part is a step that returns; whoever holds this decides when it is taken."""

    def __init__(self, house: House, courier: Courier) -> None:
        self.house = house
        self.courier = courier

    async def settle(self) -> None:
        """Digest what is fresh, do what is due and say what waits, until nothing is left to do now."""
        while await self.house.digest() or await self.house.due() or await self.courier.step():
            pass

    async def next_at(self) -> datetime | None:
        """When there is next something to do by the clock."""
        async with self.house.units.read() as session:
            due = await agenda.next_due(session)
        times = [at for at in (due, await self.courier.next_at()) if at is not None]
        return min(times, default=None)

    async def play(
        self, clock: VirtualClock, until: datetime, watch: Callable[[datetime], None] = lambda _: None
    ) -> None:
        """Let virtual time pass up to an instant: everything due on the way happens at its own time."""
        while (at := await self.next_at()) is not None and at <= until:
            clock.move_to(at)
            watch(clock.now())
            await self.settle()
            if await self.next_at() == at:
                # What is due cannot be done and was not put off: time goes on without it.
                break
        clock.move_to(until)
        await self.settle()
