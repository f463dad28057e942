"""Replay: feeds events and the steps of a script to the whole bot, on a virtual clock."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from bot.app import App
from bot.script import Step
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Event, SpaceRef

EVENTS_PER_BATCH = 1_000
"""The maximum number of events stored together while no listener needs any of them."""


class Replay:
    """Replays one space: feeds events, runs due entries and performs steps of the script, in order of time.

    `act` performs a step of the script. `after` is called each time the bot has settled. It returns whether
    it did anything; if so, the bot settles again.
    """

    def __init__(
        self,
        app: App,
        clock: VirtualClock,
        space: SpaceRef,
        steps: Iterable[Step] = (),
        *,
        act: Callable[[Step], Awaitable[None]],
        after: Callable[[], Awaitable[bool]],
    ) -> None:
        self._app = app
        self._clock = clock
        self._space = space
        self._script = sorted(steps, key=lambda step: step.at, reverse=True)
        self._act = act
        self._after = after
        self._batch: list[Event] = []
        self._due: datetime | None = None

    async def start(self) -> None:
        """Settle the bot, and find out when its next work is due. Call it after the community has begun."""
        await self._settle()

    async def feed(self, event: Event) -> None:
        """Feed one event at its time, after everything due by then. Events must come in order of time."""
        if self._comes_first(event.at):
            await self.run_to(event.at)
        self._batch.append(event)
        is_relevant = self._app.dispatcher.intake.is_relevant(self._space, event)
        if is_relevant or len(self._batch) >= EVENTS_PER_BATCH:
            await self._store()
        if is_relevant:
            await self._settle()

    async def run_to(self, at: datetime) -> None:
        """Advance the clock to an instant; due entries and script steps run at their own times."""
        await self._store()
        while self._comes_first(at):
            step = self._script[-1] if self._script else None
            due_at = self._due
            if step is not None and (due_at is None or step.at <= due_at):
                self._clock.move_to(step.at)
                self._script.pop()
                await self._act(step)
                await self._settle()
                continue
            assert due_at is not None
            self._clock.move_to(due_at)
            await self._settle()
            if self._due == due_at:
                # The entry could be neither handled nor postponed. Without this, the loop would not end.
                self._due = None
        self._clock.move_to(at)

    async def finish(self, at: datetime) -> None:
        """Store the remaining events, and advance the clock to an instant."""
        await self.run_to(at)

    def _comes_first(self, at: datetime) -> bool:
        """Whether an entry or a script step is due by an instant."""
        is_due = self._due is not None and self._due <= at
        return is_due or bool(self._script and self._script[-1].at <= at)

    async def _store(self) -> None:
        if self._batch:
            batch, self._batch = self._batch, []
            self._clock.move_to(batch[-1].at)
            await self._app.dispatcher.intake.commit(self._space, batch)

    async def _settle(self) -> None:
        self._due = await self._app.steps.settle()
        if await self._after():
            self._due = await self._app.steps.settle()
