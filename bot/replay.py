"""Replay: plays events and the steps of a script through the whole bot on a virtual clock."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from bot.app import App
from bot.script import Step
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Event, SpaceRef

EVENTS_PER_BATCH = 1_000
"""The most events that no listener needs and that are stored together."""


class Replay:
    """Brings one space through time: events, due entries and steps of the script, in order.

    `act` performs a step of the script. `after` runs each time the bot has settled, and returns whether it
    did something.
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
        """Find out what is due. Call it when the community has begun."""
        await self._settle()

    async def feed(self, event: Event) -> None:
        """Play one event at its time, after what is due before it."""
        if self._comes_first(event.at):
            await self.run_to(event.at)
        self._batch.append(event)
        is_relevant = self._app.dispatcher.intake.is_relevant(self._space, event)
        if is_relevant or len(self._batch) >= EVENTS_PER_BATCH:
            await self._store()
        if is_relevant:
            await self._settle()

    async def run_to(self, at: datetime) -> None:
        """Let time pass up to an instant."""
        await self._store()
        while self._comes_first(at):
            step = self._script[-1] if self._script else None
            before = self._due
            if step is not None and (before is None or step.at <= before):
                self._clock.move_to(step.at)
                self._script.pop()
                await self._act(step)
                await self._settle()
                continue
            assert before is not None
            self._clock.move_to(before)
            await self._settle()
            if self._due == before:
                # An entry that is due can be neither handled nor postponed, so time goes on without it.
                self._due = None
        self._clock.move_to(at)

    async def finish(self, at: datetime) -> None:
        """Store the remaining events and let time pass up to the end."""
        await self.run_to(at)

    def _comes_first(self, at: datetime) -> bool:
        is_due = self._due is not None and self._due <= at
        return is_due or bool(self._script and self._script[-1].at <= at)

    async def _store(self) -> None:
        if self._batch:
            stretch, self._batch = self._batch, []
            self._clock.move_to(stretch[-1].at)
            await self._app.dispatcher.intake.commit(self._space, stretch)

    async def _settle(self) -> None:
        self._due = await self._app.steps.settle()
        if await self._after():
            self._due = await self._app.steps.settle()
