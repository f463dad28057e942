"""The composition root: settings in, a whole bot out."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.steps import Steps
from facilitation import (
    charter,
    circles,
    concern,
    coordination,
    mentoring,
    privacy,
    recap,
    resources,
    rhythm,
    welcome,
)
from facilitation.concern import Fallback
from facilitation.core.charter import CharterText
from facilitation.core.clock import Clock, SystemClock
from facilitation.core.courier import Courier
from facilitation.core.happenings import SpaceRef
from facilitation.core.house import Founding, House
from facilitation.core.room import Room
from storage.communities import Community
from storage.engine import open_engine
from storage.unit import Units

ROOMS: tuple[Room, ...] = (
    coordination.room,
    welcome.room,
    rhythm.room,
    resources.room,
    mentoring.room,
    circles.room,
    recap.room,
    concern.room,
    charter.room,
    privacy.room,
)
"""Every room of the house. Adding a capability adds it here, and nowhere else in this package."""


@dataclass(frozen=True)
class App:
    """What a process holds: built once, closed once."""

    settings: Settings
    clock: Clock
    units: Units
    house: House
    courier: Courier
    steps: Steps

    async def close(self) -> None:
        """Give the database back."""
        await self.units.close()


def build(settings: Settings, *, clock: Clock | None = None, engine: AsyncEngine | None = None) -> App:
    """Wire a bot; the database must be migrated already."""
    clock = clock or SystemClock()
    url = settings.database.url.get_secret_value()
    # To hand each statement to a thread costs more than SQLite needs for it. The gate lets one write at once.
    engine = engine or open_engine(url, on_loop_thread=True)
    units = Units(engine, settings.sealing.seals(), settings.privacy.key.get_secret_value().encode())

    def charter_of(community: Community) -> CharterText:
        if community.chartered:
            rules, goals = (tuple(text.splitlines()) for text in (community.ground_rules, community.goals))
            return CharterText(community.domain, community.purpose, rules, goals)
        config = settings.community(community.name)
        if config is None:
            return CharterText()
        return CharterText(config.domain, config.purpose, config.ground_rules, config.goals)

    def fallback_of(community: Community) -> Fallback:
        config = settings.community(community.name)
        return Fallback(config.fallback_contact if config else "")

    def first_of(community: Community) -> tuple[str, ...]:
        config = settings.community(community.name)
        return config.coordinators if config else ()

    def founding_of(space: SpaceRef) -> Founding:
        config = settings.community_in(str(space))
        return Founding(config.name, config.zone, config.country) if config else Founding()

    values = {CharterText: charter_of, Fallback: fallback_of}
    house = House(ROOMS, units, clock, values=values, first=first_of, founding=founding_of)
    courier = Courier(units, clock, lambda fact: bool(house.catalogue.ears_for(fact)))
    return App(settings, clock, units, house, courier, Steps(house, courier))
