"""The dispatcher: assembles the core, with the gateway that adapters call and the steps of the workers."""

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
    """Routes interactions, events and rosters to the parts that handle them; implements `Gateway`.

    Its public methods are bound methods of these parts, assigned in `__init__`.

    `factories` maps a type to a function that makes its value for a community; handlers can then ask for that
    type. `capabilities` maps platform names (`SpaceRef.platform`) to capabilities. `first_coordinators` and
    `defaults` are passed to `RosterSync`.
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
        on_change = self.intake.apply
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
        agenda_worker = AgendaWorker(units, self.registry, clock, injector, on_change)
        self.due = agenda_worker.step
        self.begin_due = agenda_worker.dispatch
        self.abandon_precomputations = agenda_worker.abandon_precomputations
