"""Discord under the contract suite: the real adapter and discord.py, connected to the fake.

The puppet has handles of its own, which are translated into snowflakes and back. Its commands are words,
typed here as the only option of `/cop type`.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
from pydantic import Field

from adapters.discord.platform import DiscordPlatform
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.platform import Host
from facilitation.core.platforms.surface import Interaction, Receipt, Response, Surface
from facilitation.core.values.cards import Card
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects
from facilitation.core.values.events import Event, Roster, SpaceRef
from facilitation.core.values.forms import Form
from tests.adapters.contract.puppet import ANA, BEN, CHANNELS, CHI, DEV, PEOPLE, PuppetGateway
from tests.adapters.discord.reading import EMOJI, lines_of
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.modal import Field as ModalField

ZONES = {ANA: "Europe/Lisbon", BEN: "America/New_York", CHI: "UTC", DEV: "Asia/Kolkata"}
MEMBERS = {"C-general": (ANA, BEN, CHI), "C-help": (ANA, BEN), "C-quiet": (ANA,)}
puppets = Feature("puppet", "What the contract asks for")


class Type(Command):
    """Type words after the command."""

    words: str = Field(default="", title="Words", description="what the puppet is to do")


@puppets.command("type", id="puppet.typed")
async def typed(command: Type, call: Context) -> Effects:
    """Never called: the puppet handles the words."""
    return []


@asynccontextmanager
async def discord_harness() -> AsyncIterator["DiscordHarness"]:
    """A server with the puppet's people, and the adapter connected to it, until the block ends."""
    async with FakeDiscord() as fake:
        fake.add_guild("workshop", "The Workshop", owner="owner")
        for person in PEOPLE.values():
            fake.add_person(person.handle, person.name)
        for handle, name in CHANNELS.items():
            is_private = handle == "C-quiet"
            fake.add_channel(handle, name, private=is_private, members=(*MEMBERS[handle], "bot"))
        puppet = PuppetGateway()
        names = IdMap(fake)
        surfaces = RecordingSurfaces()
        host = Host(TranslatingGateway(puppet, names), Registry([puppets]), surfaces, SystemClock())
        platform = DiscordPlatform(host, token=fake.token, api_url=fake.api_url, gateway_url=fake.gateway_url)
        await platform.start()
        try:
            await fake.until(lambda: surfaces.surfaces)
            yield DiscordHarness(fake, puppet, names, surfaces, platform)
        finally:
            await platform.stop()
        assert fake.complaints == []


class RecordingSurfaces:
    """Keeps the surfaces of connected spaces."""

    def __init__(self) -> None:
        self.surfaces: dict[str, Surface] = {}

    def connect(self, space: SpaceRef, surface: Surface, pace: object = None) -> None:
        self.surfaces[space.handle] = surface

    def disconnect(self, space: SpaceRef) -> None:
        self.surfaces.pop(space.handle, None)


class IdMap:
    """Translates the puppet's handles into Discord's ids and back."""

    def __init__(self, fake: FakeDiscord) -> None:
        handles = [*CHANNELS, *(person.handle for person in PEOPLE.values())]
        self.ids = {handle: fake.id_of(handle) for handle in handles}
        self.handles = {id_: handle for handle, id_ in self.ids.items()}

    def there(self, value: Any) -> Any:
        """A value with ids in place of handles, at any depth."""
        return _replaced(value, self.ids)

    def back(self, value: Any) -> Any:
        """A value with handles in place of ids, in words, too."""
        return _replaced(value, self.handles)


class TranslatingGateway:
    """The puppet, which gets and returns its own handles."""

    def __init__(self, puppet: PuppetGateway, names: IdMap) -> None:
        self._puppet = puppet
        self._names = names

    async def handle(self, interaction: Interaction) -> Response:
        words = ""
        if interaction.command == "puppet.typed":
            words = str(interaction.args.get("words", ""))
            for id_, handle in self._names.handles.items():
                words = words.replace(f"<@{id_}>", f"<@{handle}>").replace(f"<#{id_}>", f"<#{handle}>")
            interaction = replace(interaction, command="", args={})
        back = self._names.back
        interaction = replace(
            interaction,
            who=back(interaction.who),
            place=back(interaction.place),
            args=back(interaction.args),
            words=words,
        )
        return self._answered(await self._puppet.handle(interaction))

    async def receive(self, space: SpaceRef, event: Event) -> None:
        kind = type(event)
        told = self._names.back(msgspec.to_builtins(event))
        await self._puppet.receive(space, msgspec.convert(told, kind))

    async def sync_roster(self, roster: Roster) -> None:
        await self._puppet.sync_roster(roster)

    def complete(self, root: Any, words: str) -> list[tuple[str, str]]:
        return self._puppet.complete(root, words)

    def _answered(self, answer: Response) -> Response:
        if answer.renderable is not None:
            answer = replace(answer, renderable=with_ids(answer.renderable, self._names))
        if answer.form is not None:
            answer = replace(answer, form=self._form(answer.form))
        return answer

    def _form(self, form: Form) -> Form:
        fields = tuple(replace(one, value=self._names.there(one.value)) for one in form.fields)
        return replace(form, fields=fields)


class DiscordHarness:
    """Acts as people on Discord, and reads what they see."""

    shows_styles = True

    def __init__(
        self,
        fake: FakeDiscord,
        puppet: PuppetGateway,
        names: IdMap,
        surfaces: RecordingSurfaces,
        platform: DiscordPlatform,
    ) -> None:
        self.fake = fake
        self._platform = platform
        self.gateway = puppet
        self._names = names
        self._surfaces = surfaces
        self._errors: dict[str, str] = {}
        self._typed: tuple[str, str, str] = ("", "", "")

    # Acting -----------------------------------------------------------------------------------------

    async def write(self, who: str, place: str, text: str, *, thread: str = "") -> str:
        where = self._thread_under(place, thread) if thread else place
        if text.startswith("/cop "):
            await self._type(who, where, text.removeprefix("/cop "))
            return ""
        received = len(self.gateway.events)
        if place == "direct":
            return self.fake.dm(who, text)
        message = self.fake.write(who, where, text)
        await self.fake.until(lambda: len(self.gateway.events) > received)
        return message

    async def command(self, who: str, place: str, words: str) -> None:
        self._typed = (who, place, words)
        await self._type(who, "dm" if place == "direct" else place, words)

    async def press(self, who: str, place: str, label: str) -> None:
        await self.fake.press(who, label, channel="dm" if place == "direct" else place)
        await self._rest(who)

    async def choose(self, who: str, place: str, menu: str, option: str) -> None:
        await self.fake.choose(who, menu, option, channel="dm" if place == "direct" else place)
        await self._rest(who)

    async def follow(self, who: str, place: str, label: str) -> tuple[str, str]:
        seen = " ".join(await self.seen(who, place))
        found = re.search(rf"{label} <https://discord\.com/channels/(\d+)/(\d+)/(\d+)>", seen)
        assert found is not None, seen
        assert found[1] == self.fake.id_of("workshop")
        return self._names.back(found[2]), found[3]

    async def form(self, who: str) -> list[str] | None:
        modal = self.fake.modal(who)
        if modal is None:
            return None
        title, steps = modal.title.partition(" (1 of ")[::2]
        fields = list(modal.fields)
        if steps:
            # Only part of it is visible at a time: look at the other steps, then open it again.
            while self.fake.modal(who).title.partition(" of ")[2] and not self._is_last(who):  # type: ignore[union-attr]  # the loop goes on while there is one
                await self.fake.submit_modal(who, {one.label: _anything(one) for one in modal.fields})
                await self.fake.press(who, "Go on")
                modal = self.fake.modal(who)
                assert modal is not None
                fields += modal.fields
            await self.command(*self._typed)
        return [title, *(self._line(one) for one in fields)]

    async def fill(self, who: str, values: Mapping[str, str | bool | list[str]]) -> None:
        values = {label: self._picked(value) for label, value in values.items()}
        while True:
            modal = self.fake.modal(who)
            assert modal is not None, "no form is open"
            here = {one.label for one in modal.fields}
            given = {
                label: self._of(modal.field(label), value) for label, value in values.items() if label in here
            }
            exchange = await self.fake.submit_modal(who, given)
            await self._rest(who)
            if not any(one == "Go on" for message in exchange.messages for one in message.buttons):
                break
            await self.fake.press(who, "Go on")
        self._errors = {}
        for message in exchange.messages:
            if any(one == "Correct it" for one in message.buttons):
                rows = [line.partition(": ") for line in lines_of(message.components, {}, "UTC")]
                self._errors = {label: words for label, colon, words in rows if colon}
                await self.fake.press(who, "Correct it")

    # Seeing -----------------------------------------------------------------------------------------

    async def seen(self, who: str, place: str, *, thread: str = "") -> list[str]:
        await self._rest(who)
        if place == "direct":
            messages = self.fake.direct(who)
            channel = messages[0].channel if messages else None
        else:
            where = thread or self.fake.id_of(place)
            messages = self.fake.messages(where)
            channel = self.fake.channel(where)
        mine = [
            one
            for one in self.fake.ephemerals(who)
            if one.channel is channel or (place == "direct" and not one.channel.guild)
        ]
        shown = sorted([*messages, *mine], key=lambda one: int(one.id))
        return [line for message in shown for line in self._lines(who, message)]

    async def group(self, who: str) -> list[str]:
        groups = [
            one for one in self.fake.threads() if one.kind == 12 and self.fake.id_of(who) in one.members
        ]
        return [
            line
            for one in groups
            for message in self.fake.messages(one.id)
            for line in self._lines(who, message)
        ]

    async def reactions(self, who: str, place: str, message: str) -> dict[str, int]:
        return {EMOJI[emoji]: len(people) for emoji, people in self.fake.reactions(message).items()}

    # ------------------------------------------------------------------------------------------------

    async def _type(self, who: str, channel: str, words: str) -> None:
        for handle, person in self._people():
            words = words.replace(f"@{person}", f"<@{self._names.ids[handle]}>")
        for handle, name in CHANNELS.items():
            words = words.replace(f"#{name}", f"<#{self._names.ids[handle]}>")
        await self.fake.slash(who, channel, "cop type", {"words": words})
        await self._rest(who)

    async def _rest(self, who: str) -> None:
        """Wait until all interactions are handled, and deliver the puppet's messages."""
        await self._platform._interactions.drain()
        while self.gateway.outgoing_messages:
            outgoing = self.gateway.outgoing_messages.pop(0)
            address = replace(
                outgoing.address,
                handle=self._names.there(outgoing.address.handle),
                people=self._names.there(outgoing.address.people),
            )
            receipt = outgoing.receipt and Receipt(
                self._names.there(outgoing.receipt.place), outgoing.receipt.messages
            )
            renderable = with_ids(outgoing.renderable, self._names)
            surface = self._surfaces.surfaces[self.fake.id_of("workshop")]
            delivered = await surface.deliver(
                replace(outgoing, address=address, receipt=receipt, renderable=renderable)
            )
            self.gateway.receipts[outgoing.delivery.rpartition("-")[0]] = delivered

    def _lines(self, who: str, message: Any) -> list[str]:
        before = "(only you) " if message.ephemeral else ""
        names = {self._names.ids[handle]: name for handle, name in [*self._people(), *CHANNELS.items()]}
        if message.components:
            return [before + line for line in lines_of(message.components, names, ZONES[who])]
        return [before + message.content] if message.content else []

    def _thread_under(self, place: str, root: str) -> str:
        if not any(one.id == root for one in self.fake.threads()):
            self.fake.open_thread(ANA, place, "A thread", message=root)
        return root

    def _line(self, one: ModalField) -> str:
        star = "*" if one.required or one.kind == "check" else ""
        hint = f" ({one.description})" if one.description else ""
        error = f" ! {self._errors[one.label]}" if one.label in self._errors else ""
        return f"{one.label}{star}{hint}{error}"

    def _is_last(self, who: str) -> bool:
        modal = self.fake.modal(who)
        assert modal is not None
        here, _, count = modal.title.rpartition("(")[2].rstrip(")").partition(" of ")
        return here == count

    def _picked(self, value: Any) -> Any:
        """People and channels by handle."""
        by_name = {name: handle for handle, name in self._people()}
        by_name |= {f"#{name}": handle for handle, name in CHANNELS.items()}
        if isinstance(value, list):
            return [by_name.get(one, one) for one in value]
        return by_name.get(value, value) if isinstance(value, str) else value

    @staticmethod
    def _of(one: ModalField, value: Any) -> Any:
        return (
            [value]
            if one.kind in ("menu", "person", "channel", "radio") and isinstance(value, str)
            else value
        )

    @staticmethod
    def _people() -> list[tuple[str, str]]:
        return [(person.handle, person.name) for person in PEOPLE.values()]


def with_ids(renderable: Any, names: IdMap) -> Any:
    """What is delivered, with Discord's ids."""
    card = msgspec.convert(names.there(msgspec.to_builtins(renderable.card)), Card)
    people = {
        member: msgspec.structs.replace(one, handle=names.there(one.handle))
        for member, one in renderable.people.items()
    }
    places = {names.there(handle): name for handle, name in renderable.places.items()}
    return replace(renderable, card=card, people=people, places=places)


def _anything(one: ModalField) -> Any:
    match one.kind:
        case "menu" | "radio":
            return [one.options[0]]
        case "person":
            return [ANA]
        case "channel":
            return ["C-help"]
        case "check":
            return True
        case _:
            return "x"


def _replaced(value: Any, table: Mapping[str, str]) -> Any:
    match value:
        case str():
            return table.get(value, value)
        case dict():
            return {key: _replaced(one, table) for key, one in value.items()}
        case list() | tuple():
            return type(value)(_replaced(one, table) for one in value)
        case _:
            return value
