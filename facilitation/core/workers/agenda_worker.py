"""What is due: done one by one, claim, handling and effects in one transaction.

What takes a processor long is worked out first, outside any unit: the unit is given up, the work done (in a
thread or a process, as its room sees fit), and the entry claimed anew.
"""

from datetime import timedelta
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
from storage.unit import Session, Units, has_changed, is_collision, seals_of

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""When a due ask that raised is tried again; after the last it is set aside for the operator."""
UNITS_AT_MOST = 3
"""How often a unit is run that collided with another: safe, because handlers only return effects."""

log = structlog.get_logger(__name__)


class _PrecomputeFirst(Exception):
    """A due ask needs something worked out that may not be worked out while its unit is open."""

    def __init__(self, entry: agendas.Entry) -> None:
        super().__init__(entry.command)
        self.entry = entry


class AgendaWorker:
    """Does what the agenda says, for all communities."""

    def __init__(self, units: Units, registry: Registry, clock: Clock, injector: Injector) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._injector = injector

    async def step(self) -> tuple[bool, bool]:
        """Do the one thing that is due the longest.

        Returns whether there was any, and whether what is kept in memory of communities is stale by now.
        """
        for attempt in range(1, UNITS_AT_MOST):
            try:
                return await self._due_thought_out()
            except Exception as error:
                if not is_collision(error):
                    raise
                log.info("collision", attempt=attempt)
        return await self._due_thought_out(is_last=True)

    async def _due_thought_out(self, *, is_last: bool = False) -> tuple[bool, bool]:
        """One try, after whatever takes long was worked out outside any unit."""
        thoughts: dict[int, Any] = {}
        while True:
            try:
                return await self._due(thoughts, is_last=is_last)
            except _PrecomputeFirst as first:
                thoughts[first.entry.id] = await self._thought(first.entry)

    async def _thought(self, entry: agendas.Entry) -> Any:
        """What comes of the work for a due ask; an error is kept, and counts when the ask is handled."""
        try:
            async with self._units.read() as session:
                command, due = await self._what_is_due(session, entry)
                precomputation = self._registry.precomputations[type(command)]
                work = await self._injector.run(
                    session, due.community, precomputation, {type(command): command, Due: due}
                )
            return await work()
        except Exception as error:  # noqa: BLE001  # it is raised again where it can be recorded
            return error

    async def _due(self, thoughts: dict[int, Any], *, is_last: bool = False) -> tuple[bool, bool]:
        """One try; a collision is raised, so that it is tried again, but for the last one."""
        now = self._clock.now()
        async with self._units.write() as session:
            entry = await agendas.claim(session, now)
            if entry is None:
                return False, False
            agenda = Agenda(session, entry.community)
            if not await Directory(session).spaces_of(entry.community):
                await agenda.put_off(entry, now + timedelta(days=1))
                return True, False
            try:
                async with session.savepoint():
                    await self._do(session, entry, thoughts)
            except _PrecomputeFirst:
                raise
            except Exception as error:
                if is_collision(error) and not is_last:
                    raise
                again = now + RETRIES[entry.tries] if entry.tries < len(RETRIES) else None
                cause = sealing.error_details(error, sealed=entry.sealed)
                log.error(  # noqa: TRY400  # the cause has the traceback, unless it may not be shown
                    "due ask failed",
                    key=entry.key,
                    command=entry.command,
                    again=str(again or "set aside"),
                    **cause,
                )
                await agenda.failed(entry, sealing.error_words(error, sealed=entry.sealed), again)
            else:
                await agenda.finish(entry)
            return True, has_changed(session)

    async def _do(self, session: Session, entry: agendas.Entry, thoughts: dict[int, Any]) -> None:
        command, due = await self._what_is_due(session, entry)
        endpoint, given = self._registry.endpoints[entry.command], {type(command): command, Due: due}
        if type(command) in self._registry.precomputations:
            if entry.id not in thoughts:
                raise _PrecomputeFirst(entry)
            if isinstance(thoughts[entry.id], Exception):
                raise thoughts[entry.id]
            given[type(thoughts[entry.id])] = thoughts[entry.id]
        effects = await self._injector.run(session, due.community, endpoint.handler, given)
        if any(isinstance(effect, Reply) for effect in effects):
            raise TypeError(f"{entry.command}: nobody asked, so there is nobody to reply to")
        await store_effects(session, self._registry, due.community, endpoint.feature, effects, due.at)

    async def _what_is_due(self, session: Session, entry: agendas.Entry) -> tuple[Command, Due]:
        endpoint = self._registry.endpoints.get(entry.command)
        if endpoint is None or not endpoint.by_clock:
            raise LookupError(f"nothing in this house is asked as {entry.command}")
        command = endpoint.command.model_validate(sealing.command_args(entry, seals_of(session)))
        community = await People(session, entry.community).community()
        return command, Due(command, community, entry.key, entry.due_at, self._clock.now())
