"""The dispatcher: the core behind the gateway that adapters call, and the steps that the process takes."""

from collections.abc import Callable, Mapping, Sequence

from facilitation.core.execution.injection import Factories, Injector
from facilitation.core.features.feature import Feature, Root
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.platforms.surface import Interaction, Response
from facilitation.core.requests.request_handler import RequestHandler
from facilitation.core.requests.roster_sync import CommunityDefaults, RosterSync
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import Event, Roster, SpaceRef
from facilitation.core.workers.agenda_worker import AgendaWorker
from facilitation.core.workers.event_worker import EventWorker
from facilitation.core.workers.intake import Intake
from storage.communities import Community
from storage.unit import Units


class Dispatcher:
    """Routes interactions, events and rosters to what answers or stores them; implements `Gateway`.

    `factories` make, for a community, values that handlers may ask for by type besides repositories.
    `capabilities` are those of platforms by name, as in `SpaceRef.platform`. The other two are those of
    `RosterSync`.
    """

    def __init__(
        self,
        features: Sequence[Feature],
        units: Units,
        clock: Clock,
        *,
        factories: Factories | None = None,
        capabilities: Mapping[str, Capabilities] | None = None,
        first_coordinators: Callable[[Community], Sequence[str]] = lambda _: (),
        defaults: Callable[[SpaceRef], CommunityDefaults] = lambda _: CommunityDefaults(),
    ) -> None:
        self.registry = Registry(features)
        self.units = units
        self.clock = clock
        self.intake = Intake(units, self.registry, clock)
        injector = Injector(self.registry, clock, factories or {}, capabilities or {})
        on_change = self.intake.invalidate
        self._requests = RequestHandler(units, self.registry, clock, injector, on_change)
        self._roster_sync = RosterSync(
            units, clock, self.intake, first_coordinators=first_coordinators, defaults=defaults
        )
        self._event_worker = EventWorker(units, self.registry, clock, injector, on_change)
        self._agenda_worker = AgendaWorker(units, self.registry, clock, injector, on_change)

    # The gateway: what adapters call --------------------------------------------------------------

    async def handle(self, interaction: Interaction) -> Response:
        """Answer one interaction; never raises for what a person did."""
        return await self._requests.handle(interaction)

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Return when the event is safely stored; acknowledge the platform after that."""
        await self.intake.receive(space, event)

    async def sync_roster(self, roster: Roster, *, community_name: str = "", history: bool = False) -> None:
        """Update the database from the roster of a space; see `RosterSync.sync`."""
        await self._roster_sync.sync(roster, community_name=community_name, history=history)

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        """The commands that begin with these words, each with its help text."""
        return self.registry.complete(root, words)

    # The steps: what the process calls -------------------------------------------------------------

    async def digest(self) -> int:
        """Digest a batch of fresh events; returns how many were taken, 0 when none is left."""
        return await self._event_worker.step()

    async def due(self) -> bool:
        """Handle the agenda entry that has been due the longest; returns False when nothing is due."""
        return await self._agenda_worker.step()
