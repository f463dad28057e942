"""Slack under the contract suite: the adapter, Bolt and two sockets, against the fake on the loopback."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.slack.manifest import manifest
from adapters.slack.platform import Credentials, SlackPlatform
from adapters.slack.workspace import Workspace
from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.platform import Host
from facilitation.core.platforms.surface import Surface
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.events import SpaceRef
from tests.adapters.contract.puppet import PuppetGateway, roster
from tests.adapters.slack.reading import Eyes, block_lines, file_lines, form_lines
from tests.fakes.slack import FakeSlack, Message

REGISTRY = Registry(FEATURES)


@dataclass
class RecordingSurfaces:
    """Keeps the surfaces of connected spaces."""

    surfaces: dict[SpaceRef, Surface] = field(default_factory=dict)
    paces: list[timedelta] = field(default_factory=list)

    def connect(self, space: SpaceRef, surface: Surface, pace: timedelta = timedelta()) -> None:
        self.surfaces[space] = surface
        self.paces.append(pace)

    def disconnect(self, space: SpaceRef) -> None:
        self.surfaces.pop(space, None)


def credentials_of(slack: FakeSlack) -> Credentials:
    """How the fake lets the adapter in."""
    return Credentials(slack.bot_token, slack.app_token, api_url=slack.api_url)


@asynccontextmanager
async def workshop() -> AsyncIterator[FakeSlack]:
    """The fake with the people and channels of the contract suite in it, and the app installed."""
    space = roster(SpaceRef("slack", "T0HOME"))
    async with FakeSlack(team_name=space.name) as slack:
        for person in space.people:
            slack.add_person(person.handle, person.name, zone=person.zone or "Europe/Lisbon")
        for channel in space.channels:
            slack.add_channel(
                channel.handle,
                channel.name,
                private=channel.private,
                members=channel.members,
                topic=channel.topic,
                bot=True,
            )
        slack.install(manifest(REGISTRY))
        yield slack


@asynccontextmanager
async def slack_harness() -> AsyncIterator["SlackHarness"]:
    """The adapter, connected to the fake and to the puppet."""
    async with workshop() as slack:
        gateway, surfaces = PuppetGateway(), RecordingSurfaces()
        platform = SlackPlatform(credentials_of(slack), Host(gateway, REGISTRY, surfaces, SystemClock()))
        await platform.start()
        try:
            await slack.connected(2)
            yield SlackHarness(slack, platform, gateway, surfaces)
        finally:
            await platform.stop()
        assert slack.complaints == []


class SlackHarness:
    """Acts as people in the fake, and reads what they see."""

    shows_styles = True

    def __init__(
        self, slack: FakeSlack, platform: SlackPlatform, gateway: PuppetGateway, surfaces: RecordingSurfaces
    ) -> None:
        self.slack = slack
        self.platform = platform
        self.gateway = gateway
        self.surfaces = surfaces

    @property
    def workspace(self) -> Workspace:
        (workspace,) = self.platform._workspaces.values()
        return workspace

    # Acting -----------------------------------------------------------------------------------------

    async def write(self, who: str, place: str, text: str, *, thread: str = "") -> str:
        if text.startswith("/cop "):
            # Slash commands do not run in threads: there the bot is mentioned.
            raw = f"<@{self.slack.bot_user}> {text.removeprefix('/cop ')}"
            ts = self.slack.write(who, place, raw, thread=thread, raw=True)
        else:
            ts = self.slack.write(who, place, text, thread=thread)
        await self.rest()
        return ts

    async def command(self, who: str, place: str, words: str) -> None:
        await self.slack.slash(who, place, f"/cop {words}")
        await self.rest()

    async def press(self, who: str, place: str, label: str) -> None:
        await self.slack.press(who, place, label)
        await self.rest()

    async def choose(self, who: str, place: str, menu: str, option: str) -> None:
        await self.slack.choose(who, place, menu, option)
        await self.rest()

    async def follow(self, who: str, place: str, label: str) -> tuple[str, str]:
        seen = " ".join(await self.seen(who, place))
        found = re.search(rf"{label} <{re.escape(self.slack.site)}archives/([\w-]+)/p(\d+)(\d{{6}})>", seen)
        assert found is not None, seen
        return found[1], f"{found[2]}.{found[3]}"

    async def form(self, who: str) -> list[str] | None:
        view = self.slack.open_view(who)
        return form_lines(view.body, view.errors) if view is not None else None

    async def fill(self, who: str, values: Mapping[str, str | bool | list[str]]) -> None:
        await self.slack.submit(who, values)
        await self.rest()

    # Seeing -----------------------------------------------------------------------------------------

    async def seen(self, who: str, place: str, *, thread: str = "") -> list[str]:
        return [
            line
            for message in self.slack.messages(place, who, thread=thread)
            for line in self.lines(message, who)
        ]

    async def group(self, who: str) -> list[str]:
        return [line for group in self.slack.groups(who) for line in await self.seen(who, group.id)]

    async def reactions(self, who: str, place: str, message: str) -> dict[str, int]:
        return self.slack.reactions(place, message)

    def lines(self, message: Message, who: str) -> list[str]:
        """One message as somebody sees it."""
        eyes = self.eyes(who)
        is_ours = message.user == self.slack.bot_user
        lines = block_lines(message.blocks, eyes) if is_ours else eyes.text(message.text).split("\n")
        lines += file_lines([self.slack.files[file].name for file in message.files])
        return [f"(only you) {line}" if message.only_for else line for line in lines]

    def eyes(self, who: str) -> Eyes:
        people = {handle: person.name for handle, person in self.slack.people.items()}
        channels = {handle: channel.name for handle, channel in self.slack.channels.items()}
        return Eyes(self.slack.people[who].zone, people, channels)

    async def rest(self) -> None:
        """Wait until requests are acknowledged, handled and responded to."""
        await self.slack.settled()
        while self.workspace._tasks:
            await asyncio.wait(set(self.workspace._tasks))
        (surface,) = self.surfaces.surfaces.values()
        while self.gateway.outgoing_messages:
            outgoing = self.gateway.outgoing_messages.pop(0)
            receipt = await surface.deliver(outgoing)
            self.gateway.receipts[outgoing.delivery.rpartition("-")[0]] = receipt
