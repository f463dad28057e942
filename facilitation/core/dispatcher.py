"""The dispatcher: the core behind the gateway that adapters call, and the steps that the process takes."""

from collections.abc import Callable, Mapping, Sequence

from facilitation.core.execution.injection import Factories, Injector
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.requests.request_handler import RequestHandler
from facilitation.core.requests.roster_sync import CommunityDefaults, RosterSync
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import SpaceRef
from facilitation.core.workers.agenda_worker import AgendaWorker
from facilitation.core.workers.event_worker import EventWorker
from facilitation.core.workers.intake import Intake
from storage.communities import Community
from storage.unit import Units


class Dispatcher:
    """Routes interactions, events and rosters to what answers or stores them; implements `Gateway`.

    Each of its methods is one of the part that does the work, so that nothing is passed on twice.

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
        requests = RequestHandler(units, self.registry, clock, injector, on_change)
        roster_sync = RosterSync(
            units, clock, self.intake, first_coordinators=first_coordinators, defaults=defaults
        )
        # The gateway: what adapters call.
        self.handle = requests.handle
        self.receive = self.intake.receive
        self.sync_roster = roster_sync.sync
        self.complete = self.registry.complete
        # What the process calls, step by step.
        self.digest = EventWorker(units, self.registry, clock, injector, on_change).step
        self.due = AgendaWorker(units, self.registry, clock, injector, on_change).step
