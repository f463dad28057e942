"""Every command, typed by every kind of person on every platform: only those with the right are admitted.

The real core is connected to each real adapter, and knows everybody by that platform’s ids. Buttons and forms
are tested without a platform (`tests/features/test_rights.py`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from adapters.discord.platform import DiscordPlatform
from adapters.slack.manifest import manifest
from adapters.slack.platform import SlackPlatform
from adapters.web.local.interactions import Interactions, Origin
from adapters.web.local.local_platform import LocalPlatform
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.feature import Endpoint, Root
from facilitation.core.platforms.platform import Host
from facilitation.core.platforms.surface import Interaction, Response
from facilitation.core.values.clock import SystemClock, VirtualClock
from facilitation.core.values.events import ChannelFacts, Event, Profile, Roster, SpaceRef
from facilitation.core.values.forms import fields_of
from storage.session import orm_of
from storage.unit import Units
from tests.adapters.contract.puppet import PuppetGateway
from tests.adapters.discord.harness import RecordingSurfaces as DiscordSurfaces
from tests.adapters.slack.harness import RecordingSurfaces, credentials_of
from tests.adapters.web.puppet import PuppetBackend
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.features.kinds import INSIDE, KINDS
from tests.features.rights import LISTED, REGISTRY, is_let_in, may
from tests.features.scene import Scene, scene
from tests.samples import RIGHTS_ON_PLATFORMS, sampled
from tests.testbed import words_of

COMMANDS = tuple(endpoint for endpoint in LISTED if endpoint.words)
UNKNOWN = frozenset({"stranger", "guest", "bot"})
"""The kinds of person that an adapter may refuse before the core does."""
Typing = Callable[[str, Endpoint], Awaitable[None]]
"""A person of a kind types a command in the home channel, and has the response when this returns."""


@dataclass
class RecordingGateway(PuppetGateway):
    """The gateway, which records every response; all people are synced before."""

    dispatcher: Dispatcher
    answers: list[tuple[str, Response]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def handle(self, interaction: Interaction) -> Response:
        answer = await self.dispatcher.handle(interaction)
        self.answers.append((interaction.who, answer))
        return answer

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Nothing happens here but that people type."""

    async def sync_roster(self, roster: Roster) -> None:
        """The scene is set."""

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        return self.dispatcher.complete(root, words)


@dataclass
class Fixture:
    """One platform with everybody on it."""

    space: SpaceRef
    ids: dict[str, str]
    """Everybody's id there, by kind, and the channels' by name."""
    typing: Typing


@sampled("share", RIGHTS_ON_PLATFORMS)
async def test_commands_are_for_whom_they_are_for(
    platform: "Platform", matrix_scene: Scene, share: int
) -> None:
    gateway = RecordingGateway(matrix_scene.bed.dispatcher)
    wrong: list[str] = []
    async with platform(gateway) as stand:
        await move(matrix_scene, stand)
        for number, kind in enumerate(KINDS):
            for endpoint in COMMANDS[number % share :: share]:
                found = await told(gateway, stand, kind, endpoint)
                if found is None and kind in UNKNOWN:
                    continue
                assert found is not None, f"{kind} has no answer to {endpoint.words}"
                is_elsewhere = kind == "coordinator elsewhere"
                expected = is_elsewhere or may(kind, endpoint)
                if is_let_in(found) is not expected:
                    wrong.append(f"{kind}, {endpoint.words}: {words_of(found)}")
                if is_elsewhere and found.community == matrix_scene.here.id:
                    wrong.append(f"{kind} acted here by {endpoint.words}")
                if is_let_in(found):
                    matrix_scene.anew()
    assert wrong == []


async def told(gateway: RecordingGateway, stand: Fixture, kind: str, endpoint: Endpoint) -> Response | None:
    """The core's response to a person's command; None if it was not called."""
    gateway.answers.clear()
    await stand.typing(kind, endpoint)
    assert {who for who, _ in gateway.answers} <= {stand.ids[kind]}
    return gateway.answers[-1][1] if gateway.answers else None


# The scene ------------------------------------------------------------------------------------------


@pytest.fixture
async def matrix_scene(sqlite_units: Units, clock: VirtualClock) -> AsyncIterator[Scene]:
    stage = await scene(sqlite_units, clock)
    yield stage
    stage.close()


async def move(matrix_scene: Scene, stand: Fixture) -> None:
    """Move the scene to this platform, under its ids, and so after every reset."""
    database = matrix_scene.outset
    database.execute("UPDATE space SET platform = ?, handle = ?", (stand.space.platform, stand.space.handle))
    for name, handle in stand.ids.items():
        database.execute("UPDATE account SET handle = ? WHERE handle = ?", (handle, name))
        database.execute("UPDATE channel SET handle = ? WHERE handle = ?", (handle, name))
    database.commit()
    matrix_scene.restore()
    async with matrix_scene.bed.units.read() as session:
        known = set(await orm_of(session).scalars(text("SELECT handle FROM account")))
    assert {stand.ids[kind] for kind in INSIDE} <= known


def named(endpoint: Endpoint, ids: dict[str, str]) -> str:
    """A command as it is typed: with whom, if rights depend on it."""
    return f"{endpoint.words} <@{ids['member']}>" if endpoint.id == ADDING else endpoint.words


ADDING = "coordination.add_coordinator"

# The platforms ---------------------------------------------------------------------------------------

Platform = Callable[[RecordingGateway], AbstractAsyncContextManager[Fixture]]


@asynccontextmanager
async def on_page(gateway: RecordingGateway) -> AsyncIterator[Fixture]:
    """The local page, from the composer on."""
    ids = {kind: kind for kind in (*KINDS, "general", "other")}
    people = tuple(Profile(kind, kind.capitalize()) for kind in KINDS)
    channels = (ChannelFacts("general", "general", members=tuple(KINDS)),)
    platform = LocalPlatform(Roster(SpaceRef("page", "rights"), "Rights", people, channels))
    interactions = Interactions(PuppetBackend(platform, gateway))

    async def typing(kind: str, endpoint: Endpoint) -> None:
        await interactions.send(kind, Origin("general"), f"/{endpoint.root} {named(endpoint, ids)}")

    yield Fixture(platform.space, ids, typing)


@asynccontextmanager
async def on_slack(gateway: RecordingGateway) -> AsyncIterator[Fixture]:
    """Slack: real requests over real sockets."""
    async with FakeSlack(team_name="Rights") as slack:
        ids = {kind: f"U0{number:05}" for number, kind in enumerate(KINDS)}
        for kind, handle in ids.items():
            slack.add_person(handle, kind.capitalize(), bot=kind == "bot", guest=kind == "guest")
        ids |= {"general": "C0GENERAL", "other": "C0OTHER"}
        for name in ("general", "other"):
            slack.add_channel(ids[name], name, members=tuple(ids[kind] for kind in KINDS), bot=True)
        slack.install(manifest(REGISTRY))
        platform = SlackPlatform(
            credentials_of(slack), Host(gateway, REGISTRY, RecordingSurfaces(), SystemClock())
        )
        await platform.start()
        try:
            await slack.connected(2)

            async def typing(kind: str, endpoint: Endpoint) -> None:
                await slack.slash(ids[kind], ids["general"], f"/{endpoint.root} {named(endpoint, ids)}")
                await slack.settled()

            yield Fixture(SpaceRef("slack", slack.team), ids, typing)
        finally:
            await platform.stop()
        assert slack.complaints == []


@asynccontextmanager
async def on_discord(gateway: RecordingGateway) -> AsyncIterator[Fixture]:
    """Discord: real interactions over the real gateway."""
    async with FakeDiscord() as fake:
        fake.add_guild("rights", "Rights", owner="owner")
        for kind in KINDS:
            fake.add_person(kind, kind.capitalize(), bot=kind == "bot")
        for name in ("general", "other"):
            fake.add_channel(name, name)
        ids = {one: fake.id_of(one) for one in (*KINDS, "general", "other")}
        surfaces = DiscordSurfaces()
        host = Host(gateway, REGISTRY, surfaces, SystemClock())
        platform = DiscordPlatform(host, token=fake.token, api_url=fake.api_url, gateway_url=fake.gateway_url)
        await platform.start()
        try:
            await fake.until(lambda: surfaces.surfaces)

            async def typing(kind: str, endpoint: Endpoint) -> None:
                given: dict[str, Any] = {}
                if endpoint.id == ADDING:
                    [person] = [one.name for one in fields_of(endpoint.command) if one.is_person]
                    given = {person: "member"}
                await fake.slash(kind, "general", f"{endpoint.root} {endpoint.words}", given)
                await platform._interactions.drain()

            yield Fixture(SpaceRef("discord", fake.id_of("rights")), ids, typing)
        finally:
            await platform.stop()
        assert fake.complaints == []


@pytest.fixture(params=[on_page, on_slack, on_discord], ids=["page", "slack", "discord"])
def platform(request: pytest.FixtureRequest) -> Platform:
    """Each platform in turn."""
    chosen: Platform = request.param
    return chosen
