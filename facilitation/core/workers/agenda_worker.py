"""The agenda worker: handles due entries one by one; claim, handler and effects share one transaction.

A slow precomputation runs first, outside any unit of work: the unit is rolled back, the result computed (in
a thread or a process, as the feature decides), and the entry claimed again. Meanwhile other entries are
handled.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.execution.injection import Injector
from facilitation.core.features.registry import Registry
from facilitation.core.persistence import sealing
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Reply
from storage import agenda as agendas
from storage.agenda import Agenda
from storage.communities import Directory, People
from storage.unit import ATTEMPTS, Changes, Session, Units, changes_of, is_collision, seals_of

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""The delays after which a failed entry is tried again; after the last it is set aside for the operator."""

PRECOMPUTATION_LEASE = timedelta(minutes=15)
"""How long an entry waits for its precomputation, which is then begun again: the process may be dead."""

log = structlog.get_logger(__name__)


class _PrecomputeFirst(Exception):
    """A due command needs a result that must not be computed while the unit is open."""

    def __init__(self, entry: agendas.Entry) -> None:
        super().__init__(entry.command)
        self.entry = entry


class AgendaWorker:
    """Handles the due agenda entries of all communities."""

    def __init__(
        self,
        units: Units,
        registry: Registry,
        clock: Clock,
        injector: Injector,
        on_change: Callable[[Changes], None],
    ) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._injector = injector
        self._on_change = on_change
        self._last_community = 0
        self._results: dict[tuple[int, int], Any] = {}
        """Finished precomputations, by id and revision of the entry that needs them."""
        self._precomputations: set[asyncio.Task[None]] = set()

    async def step(self) -> bool:
        """Handle the next due entry, after its precomputation; returns False when nothing is due."""
        if not await self.dispatch():
            return False
        if self._precomputations:
            await asyncio.gather(*self._precomputations)
            await self.dispatch()
        return True

    async def dispatch(self) -> bool:
        """The same, but begin a precomputation in a task of its own; the entry is due again at its end."""
        for attempt in range(1, ATTEMPTS):
            try:
                return await self._attempt()
            except Exception as error:
                if not is_collision(error):
                    raise
                log.info("collision", attempt=attempt)
        return await self._attempt(is_last=True)

    async def abandon_precomputations(self) -> None:
        """Abandon the precomputations that are under way; their entries are due again."""
        tasks = list(self._precomputations)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attempt(self, *, is_last: bool = False) -> bool:
        try:
            return await self._claim_and_handle(self._results, is_last=is_last)
        except _PrecomputeFirst as first:
            await self._put_off(first.entry, self._clock.now() + PRECOMPUTATION_LEASE)
            task = asyncio.create_task(self._precompute_aside(first.entry))
            self._precomputations.add(task)
            task.add_done_callback(self._precomputations.discard)
            return True

    async def _precompute_aside(self, entry: agendas.Entry) -> None:
        try:
            self._results[entry.id, entry.revision] = await self._precompute(entry)
        finally:
            await self._put_off(entry, entry.due_at)

    async def _put_off(self, entry: agendas.Entry, until: datetime) -> None:
        async with self._units.write() as session:
            await Agenda(session, entry.community).put_off(entry, until)

    async def _precompute(self, entry: agendas.Entry) -> Any:
        """The result of a precomputation. An error is returned, and raised when the entry is handled."""
        try:
            async with self._units.read(is_long=True) as session:
                command, due = await self._what_is_due(session, entry)
                precomputation = self._registry.precomputations[type(command)]
                work = await self._injector.run(
                    session, due.community, precomputation, {type(command): command, Due: due}
                )
            return await work()
        except Exception as error:  # noqa: BLE001  # it is raised again where it can be recorded
            return error

    async def _claim_and_handle(self, results: dict[tuple[int, int], Any], *, is_last: bool = False) -> bool:
        """Claim and handle one entry. A collision is raised, so that the attempt is repeated, except for the
        last.
        """
        now = self._clock.now()
        async with self._units.write() as session:
            entry = await agendas.claim(session, now, self._last_community)
            if entry is None:
                return False
            self._last_community = entry.community
            agenda = Agenda(session, entry.community)
            if not await Directory(session).spaces_of(entry.community):
                await agenda.put_off(entry, now + timedelta(days=1))
                return True
            try:
                async with session.savepoint():
                    await self._do(session, entry, results)
            except _PrecomputeFirst:
                raise
            except Exception as error:
                if is_collision(error) and not is_last:
                    raise
                again = now + RETRIES[entry.tries] if entry.tries < len(RETRIES) else None
                cause = sealing.error_details(error, sealed=entry.sealed)
                log.error(  # noqa: TRY400  # the cause has the traceback, unless it may not be shown
                    "due command failed",
                    key=entry.key,
                    command=entry.command,
                    again=str(again or "set aside"),
                    **cause,
                )
                await agenda.failed(entry, sealing.error_words(error, sealed=entry.sealed), again)
            else:
                await agenda.finish(entry)
            results.pop((entry.id, entry.revision), None)
            changes = changes_of(session)
        if changes:
            self._on_change(changes)
        return True

    async def _do(self, session: Session, entry: agendas.Entry, results: dict[tuple[int, int], Any]) -> None:
        command, due = await self._what_is_due(session, entry)
        endpoint, given = self._registry.endpoint_of(type(command)), {type(command): command, Due: due}
        if type(command) in self._registry.precomputations:
            key = (entry.id, entry.revision)
            if key not in results:
                raise _PrecomputeFirst(entry)
            if isinstance(results[key], Exception):
                raise results[key]
            given[type(results[key])] = results[key]
        effects = await self._injector.run(session, due.community, endpoint.handler, given)
        if any(isinstance(effect, Reply) for effect in effects):
            raise TypeError(f"{entry.command}: nobody asked, so there is nobody to reply to")
        await store_effects(session, self._registry, due.community, endpoint.feature, effects, due.at)

    async def _what_is_due(self, session: Session, entry: agendas.Entry) -> tuple[Command, Due]:
        endpoint = self._registry.find(entry.command)
        if endpoint is None or not endpoint.by_clock:
            raise LookupError(f"no feature has a command of the clock with the id {entry.command}")
        command = endpoint.command.model_validate(sealing.command_args(entry, seals_of(session)))
        community = await People(session, entry.community).community()
        return command, Due(command, community, entry.key, entry.due_at, self._clock.now())
