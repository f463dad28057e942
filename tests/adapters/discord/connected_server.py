"""A fake server with the adapter connected to it, and a gateway whose responses a test decides."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field

from adapters.discord.platform import DiscordPlatform
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.platform import Host
from facilitation.core.platforms.surface import Interaction, Response, Surface
from facilitation.core.values.cards import Card, Plain, Text
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects
from facilitation.core.values.events import Event, Roster, SpaceRef
from facilitation.core.values.forms import ChannelHandle, Hidden, MemberId, ZoneName
from tests.adapters.contract.puppet import renderable
from tests.fakes.discord import FakeDiscord

NOW = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)
H = TypeVar("H", bound=Event)
garden = Feature("garden", "Something of everything")


class Plant(Command):
    """Plant something somewhere."""

    heading: ClassVar[str] = "Plant it"

    what: str = Field(title="What", description="which plant")
    many: int = Field(default=1, title="How many", description="a number")
    who: MemberId | None = Field(default=None, title="Who", description="who waters it")
    where: ChannelHandle | None = Field(default=None, title="Where", description="which bed")
    zone: ZoneName = Field(default="UTC", title="Zone", description="of the sun")
    soil: Literal["sand", "clay"] = Field(default="sand", title="Soil", description="what it stands in")
    now: bool = Field(default=False, title="Now", description="at once")


@garden.command("plant", id="garden.plant")
async def plant(command: Plant, call: Context) -> Effects:
    """Never called: the test's gateway responds."""
    return []


class Look(Command):
    """Look around."""


@garden.command("look", id="garden.look")
async def look(command: Look, call: Context) -> Effects:
    """Never called."""
    return []


class Settle(Command):
    """Set how it is watered."""

    often: str = Field(default="daily", title="How often", description="how often")


@garden.command("tend settings", id="garden.settle", handler_authorizes=True)
async def settle(command: Settle, call: Context) -> Effects:
    """Never called."""
    return []


@garden.form(Settle)
async def open_settle(call: Context) -> Effects:
    """Never called."""
    return []


class Press(Command):
    """Press flowers of this message."""

    place: Annotated[str, Hidden] = ""
    message: Annotated[str, Hidden] = ""
    text: Annotated[str, Hidden] = ""
    author: Annotated[str, Hidden] = ""
    titles: Annotated[dict[str, str], Hidden] = Field(default={})


@garden.action(id="garden.press", label="Press flowers")
async def press(command: Press, call: Context) -> Effects:
    """Never called."""
    return []


class ScriptedGateway:
    """Records what it receives; responds as the test says."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        self.events: list[Event] = []
        self.spaces: list[SpaceRef] = []
        self.rosters: list[Roster] = []
        self.answer: Callable[[Interaction], Response] = lambda _: said("Done.")
        self.refusals = 0
        self.closed = 0
        self.slow = asyncio.Event()
        self.slow.set()

    async def handle(self, interaction: Interaction) -> Response:
        self.interactions.append(interaction)
        await self.slow.wait()
        return self.answer(interaction)

    async def receive(self, space: SpaceRef, event: Event) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("the database is not there")
        self.spaces.append(space)
        self.events.append(event)

    async def sync_roster(self, roster: Roster) -> None:
        if self.closed:
            self.closed -= 1
            raise OSError("the database is not there")
        self.rosters.append(roster)

    def complete(self, root: Any, words: str) -> list[tuple[str, str]]:
        return []

    def of(self, kind: type[H]) -> list[H]:
        """The events of one type."""
        return [one for one in self.events if isinstance(one, kind)]


class RecordingSurfaces:
    """Keeps the surfaces of the spaces that are connected."""

    def __init__(self) -> None:
        self.surfaces: dict[str, Surface] = {}

    def connect(self, space: SpaceRef, surface: Surface, pace: object = None) -> None:
        self.surfaces[space.handle] = surface

    def disconnect(self, space: SpaceRef) -> None:
        self.surfaces.pop(space.handle, None)


class ConnectedServer:
    """The fake, the platform that is connected to it, and the gateway."""

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.gateway = ScriptedGateway()
        self.surfaces = RecordingSurfaces()
        self.clock = VirtualClock(NOW)
        self.platform = self.new_platform()

    def new_platform(self, **more: Any) -> DiscordPlatform:
        """A platform that is not started yet, as in another run of the process."""
        host = Host(self.gateway, Registry([garden]), self.surfaces, self.clock)
        more = {
            "token": self.fake.token,
            "api_url": self.fake.api_url,
            "gateway_url": self.fake.gateway_url,
        } | more
        return DiscordPlatform(host, **more)

    async def start(self, **more: Any) -> None:
        """Start another run of the process, and wait until the servers are synced."""
        self.platform = self.new_platform(**more)
        self.surfaces.surfaces.clear()
        await self.platform.start()
        await self.fake.until(lambda: self.surfaces.surfaces)

    async def restart(self) -> None:
        """End this run of the process and begin another."""
        await self.platform.stop()
        await self.start()

    @property
    def surface(self) -> Surface:
        return self.surfaces.surfaces[self.fake.id_of("workshop")]

    async def wait_for(self, kind: type[H], count: int = 1) -> list[H]:
        """Wait for a number of events of one type."""
        await self.fake.until(lambda: len(self.gateway.of(kind)) >= count)
        return self.gateway.of(kind)

    async def drain(self) -> None:
        """Wait until all interactions are handled."""
        await self.platform._interactions.drain()

    def only_seen(self, who: str) -> list[str]:
        """The messages that only this person sees."""
        return [one.text for one in self.fake.ephemerals(who)]


def arranged(fake: FakeDiscord) -> None:
    """The Workshop: three people, two channels and a private one."""
    fake.add_guild("workshop", "The Workshop", owner="owner")
    for handle, name in (("ana", "Ana Sousa"), ("ben", "Ben Okafor"), ("chi", "Chiara Neri")):
        fake.add_person(handle, name)
    fake.add_channel("general", "general")
    fake.add_channel("help", "help", topic="Ask here")
    fake.add_channel("quiet", "quiet", private=True, members=("ana", "bot"))


@asynccontextmanager
async def connected_server() -> AsyncIterator[ConnectedServer]:
    """The Workshop, with nothing started yet; the platform is stopped at the end."""
    async with FakeDiscord() as fake:
        arranged(fake)
        server = ConnectedServer(fake)
        try:
            yield server
        finally:
            await server.platform.stop()


def said(words: str, *, community: int = 5) -> Response:
    """A response of one line."""
    return Response(renderable(Card(parts=(Text((Plain(words),)),))), community=community)
