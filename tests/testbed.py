"""A whole house on a real database, with people in it and a surface that writes down what it is handed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Self

from bot.capabilities import CAPABILITIES
from bot.runner import Runner
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.feature import Feature, Root
from facilitation.core.platforms.capabilities import Capabilities
from facilitation.core.platforms.surface import (
    Address,
    Interaction,
    OutgoingMessage,
    Receipt,
    RenderableCard,
    Response,
)
from facilitation.core.values.cards import Card, buttons_in, texts
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Via
from facilitation.core.values.errors import DeliveryError, Unreachable
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberJoined,
    MessagePosted,
    Profile,
    Roster,
    SpaceRef,
)
from facilitation.core.values.speech import plain
from facilitation.core.workers.courier import Courier
from storage import agenda as agendas
from storage.communities import Community, Directory, Member, People, Use
from storage.unit import Units
from tests.snapshots import once

SPACE = SpaceRef("page", "T1")
PEOPLE = ("ines", "marek", "nadia", "kofi", "lena")
CHANNELS = ("general", "introductions", "help", "desk")
USES = {
    Use.WELCOME: "general",
    Use.INTRODUCTIONS: "introductions",
    Use.HELP: "help",
    Use.RECAP: "general",
    Use.COORDINATORS: "desk",
}


@dataclass
class Posted:
    """One message as the surface has it now."""

    address: Address
    renderable: RenderableCard
    at: datetime
    delivery: str
    message: str
    edits: int = 0
    withdrawn: bool = False
    emoji: str = ""

    @property
    def card(self) -> Card:
        return self.renderable.card

    @property
    def words(self) -> str:
        """All words of the card, one line per text, names as names."""
        return words_of(self.renderable)


class Recorder:
    """A surface in memory: keeps what it is handed; `faults` are raised once each, in order."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.posts: list[Posted] = []
        self.faults: list[DeliveryError | tuple[Literal["after"], DeliveryError]] = []
        self.deliveries = 0
        self.entered: list[str] = []
        self.locked: set[str] = set()
        self._rooms: dict[tuple[str, ...], int] = {}

    def copied(self, clock: VirtualClock) -> Self:
        """A surface that shows the same, and goes on by another clock."""
        twin = type(self)(clock)
        twin.posts = [replace(post) for post in self.posts]
        twin.deliveries = self.deliveries
        twin.entered = list(self.entered)
        twin.locked = set(self.locked)
        twin._rooms = dict(self._rooms)
        return twin

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        if outgoing.join_channel:
            if outgoing.address.handle in self.locked:
                raise Unreachable("uninvited")
            self.entered.append(outgoing.address.handle)
            return Receipt(outgoing.address.handle, ())
        self.deliveries += 1
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, DeliveryError):
            raise fault
        place = outgoing.address.handle or self._opened(outgoing.address)
        if outgoing.receipt is not None:
            known = next(p for p in self.posts if p.message == outgoing.receipt.messages[0])
            known.renderable, known.edits, known.withdrawn = (
                outgoing.renderable,
                known.edits + 1,
                outgoing.withdraw,
            )
            receipt = outgoing.receipt
        else:
            message = f"m{len(self.posts) + 1}"
            self.posts.append(
                Posted(
                    outgoing.address,
                    outgoing.renderable,
                    self._clock.now(),
                    outgoing.delivery,
                    message,
                    emoji=outgoing.emoji,
                )
            )
            receipt = Receipt(place, (message,))
        if fault is not None:
            raise fault[1]
        return receipt

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        found = next((post for post in self.posts if post.delivery == delivery), None)
        if found is None:
            return None
        return Receipt(address.handle or self._opened(address), (found.message,))

    def _opened(self, address: Address) -> str:
        """The conversation with these people, whose id says nothing of them: as on the platforms."""
        return f"dm{self._rooms.setdefault(address.people, len(self._rooms) + 1)}"


@dataclass
class Testbed:
    """Steps of a house, one by one or until it is quiet."""

    __test__ = False

    units: Units
    clock: VirtualClock
    dispatcher: Dispatcher
    courier: Courier
    surface: Recorder
    space: SpaceRef = SPACE
    assemble: Callable[[Units, VirtualClock], "Testbed"] | None = None
    """Makes a testbed of the same features, as for a restart."""
    _talk: int = field(default=0)

    # asking

    async def send(
        self,
        who: str,
        words: str = "",
        *,
        root: Root | None = None,
        command: str = "",
        args: Mapping[str, Any] | None = None,
        place: str = "general",
        via: Via = "slash",
        submitted: bool = False,
        community: int = 0,
        direct: bool = False,
    ) -> Response:
        """`/cop …` or `/coordinate …` as typed, or an ask by id as a button or form sends it."""
        if root is None:
            root = "coordinate" if words.startswith("/coordinate") else "cop"
        for prefix in ("/coordinate", "/cop"):
            words = words.removeprefix(prefix)
        interaction = Interaction(
            self.space,
            who,
            root,
            words.strip(),
            command,
            dict(args or {}),
            place,
            "",
            direct,
            via,
            submitted,
            community,
        )
        return await self.dispatcher.handle(interaction)

    async def submit(self, who: str, command: str, **args: Any) -> Response:
        """Send a form."""
        return await self.send(who, command=command, args=args, via="form", submitted=True)

    async def press(self, who: str, seen: Response | Posted | RenderableCard, label: str) -> Response:
        """Press the button of that label on what someone sees."""
        renderable = seen.renderable if not isinstance(seen, RenderableCard) else seen
        assert renderable is not None, "there is no card to press on"
        button = next((b for b in buttons_in(renderable.card) if b.label == label), None)
        assert button is not None, (
            f"no button {label!r} among {[b.label for b in buttons_in(renderable.card)]}"
        )
        return await self.send(
            who,
            command=button.command,
            args=button.args,
            via="button",
            community=button.community or renderable.community,
        )

    # hearing

    async def receive(self, *events: Event) -> None:
        """Facts from the platform, stored and digested."""
        await self.dispatcher.intake.commit(self.space, events)
        await self.settle()

    async def write(self, who: str, text: str, place: str = "general", **more: Any) -> MessagePosted:
        """Someone writes a message now."""
        self._talk += 1
        links = tuple(word for word in text.split() if word.startswith("http"))
        message = MessagePosted(
            self.clock.now(),
            place,
            f"{self.clock.now().timestamp():.0f}.{self._talk:06}",
            who,
            text,
            links=links,
            question="?" in text,
            **more,
        )
        await self.receive(message)
        return message

    async def join(self, who: str, place: str = "", **facts: Any) -> None:
        """Someone joins now."""
        await self.receive(MemberJoined(self.clock.now(), Profile(who, who.capitalize(), **facts), place))

    # time

    async def settle(self) -> None:
        """Process events, run what is due and deliver until nothing is left to do now."""
        await Runner(self.dispatcher, self.courier).settle()

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass; everything due on the way happens at its own time."""
        await Runner(self.dispatcher, self.courier).play(self.clock, self.clock.now() + by)

    async def next_due(self) -> datetime | None:
        """When the agenda or the outbox next has something to do."""
        async with self.units.read() as session:
            times = [await agendas.next_due(session), await self.courier.next_at()]
        return min((time for time in times if time is not None), default=None)

    # looking

    @property
    def posts(self) -> list[Posted]:
        """What stands, the oldest first."""
        return [post for post in self.surface.posts if not post.withdrawn]

    async def community(self) -> Community:
        """The first community of the space."""
        async with self.units.read() as session:
            directory = Directory(session)
            space = await directory.space(self.space.platform, self.space.handle)
            assert space is not None
            return (await directory.communities(space.id))[0]

    async def member(self, handle: str) -> Member:
        """A member of the first community by handle."""
        community = await self.community()
        async with self.units.read() as session:
            directory = Directory(session)
            space = await directory.space(self.space.platform, self.space.handle)
            assert space is not None
            account = await directory.account(space.id, handle)
            assert account is not None, f"nobody is called {handle}"
            member = await People(session, community.id).by_account(account.id)
            assert member is not None
            return member

    # arranging

    def continue_from(self, other: "Testbed") -> None:
        """Show what another testbed shows, and deliver to that."""
        self.surface = other.surface.copied(self.clock)
        self.courier.connect(self.space, self.surface)
        self._talk = other._talk

    async def begin(self) -> None:
        """Use the channels of the community and let it run, without going through the settings."""
        community = await self.community()
        async with self.units.write() as session:
            people = People(session, community.id)
            await people.configure(configured=True)
            spots = {spot.name: spot.id for spot in await people.spots()}
            for use, name in USES.items():
                await people.assign(use, spots[name])
            await people.begin(self.clock.now())
        self.dispatcher.intake.invalidate()


async def furnished(
    units: Units,
    clock: VirtualClock,
    features: Sequence[Feature],
    *,
    people: Sequence[str | Profile] = PEOPLE,
    channels: Sequence[str | ChannelFacts] = CHANNELS,
    first: Sequence[str] = ("ines",),
    begun: bool = False,
    space: SpaceRef = SPACE,
    **options: Any,
) -> Testbed:
    """A community of five people and four channels (`desk` is private); ines is its first coordinator.

    `begun` says that the community runs and that its channels are in use, without going through the settings.
    """
    bed = assembled(units, clock, features, space=space, first_coordinators=lambda _: first, **options)
    profiles = tuple(
        p if isinstance(p, Profile) else Profile(p, p.capitalize(), "Europe/Lisbon") for p in people
    )
    facts = tuple(
        c if isinstance(c, ChannelFacts) else ChannelFacts(c, c, private=c == "desk") for c in channels
    )

    async def arrive() -> None:
        await bed.dispatcher.sync_roster(Roster(space, "Test community", profiles, facts))
        if begun:
            await bed.begin()

    # No feature has a part in it.
    await once(bed, ("arrived", str(space), profiles, facts, tuple(first), begun), arrive)
    return bed


def assembled(
    units: Units,
    clock: VirtualClock,
    features: Sequence[Feature],
    *,
    space: SpaceRef = SPACE,
    capabilities: Mapping[str, Capabilities] = CAPABILITIES,
    **options: Any,
) -> Testbed:
    """The parts of a running bot, connected to a space that has not arrived yet."""
    dispatcher = Dispatcher(features, units, clock, capabilities=capabilities, **options)
    surface = Recorder(clock)
    courier = Courier(units, clock, dispatcher.registry)
    courier.connect(space, surface)
    again = partial(assembled, features=features, space=space, capabilities=capabilities, **options)
    return Testbed(units, clock, dispatcher, courier, surface, space, assemble=again)


def words_of(seen: Response | RenderableCard | None) -> str:
    """All words of a card, one line per text: the title first."""
    renderable = seen.renderable if isinstance(seen, Response) else seen
    if renderable is None:
        return ""
    names = {member: person.name for member, person in renderable.people.items()}
    lines = [
        renderable.card.title,
        *(plain(text, names, renderable.places) for text in texts(renderable.card)),
    ]
    return "\n".join(line for line in lines if line)
