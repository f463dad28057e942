"""Every command, typed by every kind of person on every platform: who may is let in, and nobody else.

The real house stands behind each real adapter, and knows everybody by that platform’s ids. What it says to
buttons and forms is tried without a platform (`tests/rooms/test_matrix.py`).
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
from adapters.web.inbound import Inbound, Where
from adapters.web.square import Square
from facilitation.core.ask import fields_of
from facilitation.core.clock import SystemClock, VirtualClock
from facilitation.core.happenings import ChannelFacts, Happening, Profile, Roster, SpaceRef
from facilitation.core.house import House
from facilitation.core.platform import Host
from facilitation.core.room import Action, Root
from facilitation.core.surface import Answer, Knock
from storage.unit import Units
from tests.adapters.contract.puppet import PuppetDoor
from tests.adapters.discord.harness import Lanes as DiscordLanes
from tests.adapters.slack.harness import Lanes, tokens_of
from tests.adapters.web.puppet import PuppetStage
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack
from tests.rooms.matrix import HOUSE, INSIDE, KINDS, Scene, is_let_in, may, scene
from tests.testbed import words_of

COMMANDS = tuple(action for action in HOUSE.actions.values() if action.command)
UNKNOWN = frozenset({"stranger", "guest", "bot"})
"""Whom an adapter may turn away before the house is asked."""
Typing = Callable[[str, Action], Awaitable[None]]
"""Somebody of a kind types a command in the home channel, and has their answer when this returns."""


@dataclass
class Threshold(PuppetDoor):
    """The house's door, where every answer is written down; all arrived before."""

    house: House
    answers: list[tuple[str, Answer]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def handle(self, knock: Knock) -> Answer:
        answer = await self.house.handle(knock)
        self.answers.append((knock.who, answer))
        return answer

    async def hear(self, space: SpaceRef, happening: Happening) -> None:
        """Nothing happens here but that people type."""

    async def arrive(self, roster: Roster) -> None:
        """The scene is set."""

    def complete(self, root: Root, words: str) -> list[tuple[str, str]]:
        return self.house.complete(root, words)


@dataclass
class Stand:
    """One platform with everybody on it."""

    space: SpaceRef
    ids: dict[str, str]
    """Everybody's id there, by kind, and the channels' by name."""
    typing: Typing


async def test_commands_are_for_whom_they_are_for(platform: "Platform", stage: Scene) -> None:
    door = Threshold(stage.bed.house)
    wrong: list[str] = []
    async with platform(door) as stand:
        await move(stage, stand)
        for kind in KINDS:
            for action in COMMANDS:
                found = await told(door, stand, kind, action)
                if found is None and kind in UNKNOWN:
                    continue
                assert found is not None, f"{kind} has no answer to {action.command}"
                is_elsewhere = kind == "coordinator elsewhere"
                expected = is_elsewhere or may(kind, action)
                if is_let_in(found) is not expected:
                    wrong.append(f"{kind}, {action.command}: {words_of(found)}")
                if is_elsewhere and found.community == stage.here.id:
                    wrong.append(f"{kind} acted here by {action.command}")
                if is_let_in(found):
                    stage.anew()
    assert wrong == []


async def told(door: Threshold, stand: Stand, kind: str, action: Action) -> Answer | None:
    """What the house answers to somebody's command; None if it was never asked."""
    door.answers.clear()
    await stand.typing(kind, action)
    assert {who for who, _ in door.answers} <= {stand.ids[kind]}
    return door.answers[-1][1] if door.answers else None


# The stage -------------------------------------------------------------------------------------------


@pytest.fixture
async def stage(sqlite_units: Units, clock: VirtualClock) -> Scene:
    return await scene(sqlite_units, clock)


async def move(stage: Scene, stand: Stand) -> None:
    """Everything of the scene to this platform, under its ids, and so it will be whenever it is set anew."""
    database = stage.outset
    database.execute("UPDATE space SET platform = ?, handle = ?", (stand.space.platform, stand.space.handle))
    for name, handle in stand.ids.items():
        database.execute("UPDATE account SET handle = ? WHERE handle = ?", (handle, name))
        database.execute("UPDATE channel SET handle = ? WHERE handle = ?", (handle, name))
    database.commit()
    stage.anew()
    async with stage.bed.units.read() as session:
        known = set(await session.scalars(text("SELECT handle FROM account")))
    assert {stand.ids[kind] for kind in INSIDE} <= known


def named(action: Action, ids: dict[str, str]) -> str:
    """A command as it is typed: with whom, if rights depend on it."""
    return f"{action.command} <@{ids['member']}>" if action.id == ADDING else action.command


ADDING = "coordination.add_coordinator"

# The platforms ---------------------------------------------------------------------------------------

Platform = Callable[[Threshold], AbstractAsyncContextManager[Stand]]


@asynccontextmanager
async def on_page(door: Threshold) -> AsyncIterator[Stand]:
    """The page, from where its box hands over what is typed."""
    ids = {kind: kind for kind in (*KINDS, "general", "other")}
    people = tuple(Profile(kind, kind.capitalize()) for kind in KINDS)
    channels = (ChannelFacts("general", "general", members=tuple(KINDS)),)
    square = Square(Roster(SpaceRef("page", "rights"), "Rights", people, channels))
    inbound = Inbound(PuppetStage(square, door))

    async def typing(kind: str, action: Action) -> None:
        await inbound.typed(kind, Where("general"), f"/{action.root} {named(action, ids)}")

    yield Stand(square.space, ids, typing)


@asynccontextmanager
async def on_slack(door: Threshold) -> AsyncIterator[Stand]:
    """Slack: real requests over real sockets."""
    async with FakeSlack(team_name="Rights") as slack:
        ids = {kind: f"U0{number:05}" for number, kind in enumerate(KINDS)}
        for kind, handle in ids.items():
            slack.add_person(handle, kind.capitalize(), bot=kind == "bot", guest=kind == "guest")
        ids |= {"general": "C0GENERAL", "other": "C0OTHER"}
        for name in ("general", "other"):
            slack.add_channel(ids[name], name, members=tuple(ids[kind] for kind in KINDS), bot=True)
        slack.install(manifest(HOUSE))
        platform = SlackPlatform(tokens_of(slack), Host(door, HOUSE, Lanes(), SystemClock()))
        await platform.start()
        try:
            await slack.connected(2)

            async def typing(kind: str, action: Action) -> None:
                await slack.slash(ids[kind], ids["general"], f"/{action.root} {named(action, ids)}")
                await slack.settled()

            yield Stand(SpaceRef("slack", slack.team), ids, typing)
        finally:
            await platform.stop()
        assert slack.complaints == []


@asynccontextmanager
async def on_discord(door: Threshold) -> AsyncIterator[Stand]:
    """Discord: real interactions over the real gateway."""
    async with FakeDiscord() as fake:
        fake.add_guild("rights", "Rights", owner="owner")
        for kind in KINDS:
            fake.add_person(kind, kind.capitalize(), bot=kind == "bot")
        for name in ("general", "other"):
            fake.add_channel(name, name)
        ids = {one: fake.id_of(one) for one in (*KINDS, "general", "other")}
        lanes = DiscordLanes()
        host = Host(door, HOUSE, lanes, SystemClock())
        platform = DiscordPlatform(host, token=fake.token, api_url=fake.api_url, gateway_url=fake.gateway_url)
        await platform.start()
        try:
            await fake.until(lambda: lanes.surfaces)

            async def typing(kind: str, action: Action) -> None:
                given: dict[str, Any] = {}
                if action.id == ADDING:
                    [person] = [one.name for one in fields_of(action.ask) if one.is_person]
                    given = {person: "member"}
                await fake.slash(kind, "general", f"{action.root} {action.command}", given)
                await platform._interactions.rest()

            yield Stand(SpaceRef("discord", fake.id_of("rights")), ids, typing)
        finally:
            await platform.stop()
        assert fake.complaints == []


@pytest.fixture(params=[on_page, on_slack, on_discord], ids=["page", "slack", "discord"])
def platform(request: pytest.FixtureRequest) -> Platform:
    """Each platform in turn."""
    chosen: Platform = request.param
    return chosen
