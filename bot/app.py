"""The composition root: builds the objects of a bot from its settings."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.capabilities import CAPABILITIES
from bot.config import Settings
from bot.features import FEATURES
from bot.runner import Runner
from facilitation.concern import Fallback
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.requests.roster_sync import CommunityDefaults
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import Clock, SystemClock
from facilitation.core.values.events import SpaceRef
from facilitation.core.workers.courier import Courier
from storage.communities import Community
from storage.engine import file_of, open_engine
from storage.unit import Units


@dataclass(frozen=True)
class App:
    """The objects of one process. `build` creates them; their owner calls `close` once at the end."""

    settings: Settings
    clock: Clock
    units: Units
    dispatcher: Dispatcher
    courier: Courier
    steps: Runner

    async def close(self) -> None:
        """Close the database connections."""
        await self.units.close()


def build(settings: Settings, *, clock: Clock | None = None, engine: AsyncEngine | None = None) -> App:
    """Build a bot. The database must be migrated already.

    `clock` replaces the system clock, and `engine` the engine for `settings.database`.
    """
    clock = clock or SystemClock()
    url = settings.database.url.get_secret_value()
    # A statement takes SQLite less time than switching to a thread and back, and only one unit writes at a
    # time. Long reads get an engine with threads of its own.
    reader = open_engine(url) if engine is None and file_of(url) is not None else None
    engine = engine or open_engine(url, on_loop_thread=True)
    secret = settings.privacy.key.get_secret_value().encode()
    units = Units(engine, settings.sealing.seals(), secret, reader=reader)

    def charter_of(community: Community) -> CharterText:
        if community.has_charter:
            rules, goals = (tuple(text.splitlines()) for text in (community.ground_rules, community.goals))
            return CharterText(community.domain, community.purpose, rules, goals)
        config = settings.community(community.name)
        if config is None:
            return CharterText()
        return CharterText(config.domain, config.purpose, config.ground_rules, config.goals)

    def fallback_of(community: Community) -> Fallback:
        config = settings.community(community.name)
        return Fallback(config.fallback_contact if config else "")

    def first_coordinators_of(community: Community) -> tuple[str, ...]:
        config = settings.community(community.name)
        return config.coordinators if config else ()

    def defaults_of(space: SpaceRef) -> CommunityDefaults:
        config = settings.community_in(str(space))
        return CommunityDefaults(config.name, config.zone, config.country) if config else CommunityDefaults()

    factories = {CharterText: charter_of, Fallback: fallback_of}
    dispatcher = Dispatcher(
        FEATURES,
        units,
        clock,
        factories=factories,
        capabilities=CAPABILITIES,
        first_coordinators=first_coordinators_of,
        defaults=defaults_of,
    )
    courier = Courier(units, clock, dispatcher.registry)
    return App(settings, clock, units, dispatcher, courier, Runner(dispatcher, courier))
