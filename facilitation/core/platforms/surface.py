"""What an adapter and the core exchange.

An adapter sends interactions and events through the gateway, and is the surface that the courier delivers to.
It knows platform ids and no tables; the core knows members and no platform.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from msgspec import Struct

from facilitation.core.values.cards import Card, PlaceRef, texts
from facilitation.core.values.commands import Via
from facilitation.core.values.events import Event, Roster, SpaceRef
from facilitation.core.values.forms import Form


class Person(Struct, frozen=True):
    """A member as a renderer needs them: a name and, in this space, the handle to mention."""

    name: str
    handle: str = ""


@dataclass(frozen=True)
class RenderableCard:
    """A card with the names it needs: people by member id, channels by handle.

    `space` is where it is shown, 0 if that does not matter. `links` has the addresses of the messages that
    the card leads to; an adapter adds them.
    """

    card: Card
    people: dict[int, Person] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    community: int = 0
    zone: str = "UTC"
    space: int = 0
    links: dict[PlaceRef, str] = field(default_factory=dict)

    def is_here(self, ref: PlaceRef) -> bool:
        """Whether a place is in the space where the card is shown; only there can it be opened."""
        return self.space in (0, ref.space)

    def place_name(self, ref: PlaceRef) -> str:
        """The name of a place: `#help`."""
        return f"#{self.places.get(ref.handle, ref.handle)}"

    def linked(self, address: Callable[[PlaceRef], str]) -> "RenderableCard":
        """A copy with the address of each message that the card leads to; `address` returns "" for none."""
        refs = {span for text in texts(self.card) for span in text.spans if isinstance(span, PlaceRef)}
        found = {ref: address(ref) for ref in refs if ref.message and self.is_here(ref)}
        return replace(self, links={ref: url for ref, url in found.items() if url}) if found else self


@dataclass(frozen=True)
class Interaction:
    """What somebody sends, in the platform's ids.

    It has either `words` (typed after `/cop` or `/coordinate`, which is `root`) or `command` (the id of an
    endpoint) with `args` (from a button, a menu, a submitted form or typed options). `submitted` marks a
    submitted form: a missing field is then an error beside that field and opens no second form. `names` has
    the names of channels in the words, by handle; `name` is the display name of the sender, where the
    platform tells.
    """

    space: SpaceRef
    who: str
    root: Literal["cop", "coordinate"] = "cop"
    words: str = ""
    command: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    thread: str = ""
    direct: bool = False
    via: Via = "slash"
    submitted: bool = False
    community: int = 0
    names: dict[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Response:
    """What the sender gets back: a card, a form, or a form with errors beside its fields."""

    renderable: RenderableCard | None = None
    form: Form | None = None
    to: Literal["asker", "everyone"] = "asker"
    community: int = 0
    reference: str = ""


@dataclass(frozen=True)
class Address:
    """The destination of a message, in the platform's ids.

    `channel` has a handle, `thread` a handle and the root message; `direct` and `group` have people, and a
    handle once the conversation is open.
    """

    kind: Literal["channel", "thread", "direct", "group"]
    handle: str = ""
    root: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Where a message arrived: the place's handle and the ids of its messages, one per part."""

    place: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to deliver, to edit (with `receipt`) or to remove (`withdraw`).

    With `emoji` it is a reaction to the message that the address names as its root. `feature` and `key` name
    the origin, for transcripts; platforms do not need them.
    """

    delivery: str
    address: Address
    renderable: RenderableCard
    feature: str = ""
    key: str = ""
    receipt: Receipt | None = None
    withdraw: bool = False
    emoji: str = ""
    join_channel: bool = False


class Surface(Protocol):
    """One space as the courier sees it. Its methods raise DeliveryError."""

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Send, edit or remove.

        The messages of one lane (`codec.lane_of`) come one after the other. Several lanes may lead to one
        place, so two messages may arrive at once: sealed messages have lanes of their own that do not reveal
        their place, the thread below a post of the bot has its own, and a member of two communities has one
        in each.
        """
        ...

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The receipt of an earlier delivery whose outcome is in doubt, None if it never arrived."""
        ...


class Gateway(Protocol):
    """The core as an adapter sees it."""

    async def handle(self, interaction: Interaction) -> Response:
        """Answer one request; never raises for what a person did."""
        ...

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Return when the event is safely stored; acknowledge the platform after that."""
        ...

    async def sync_roster(self, roster: Roster) -> None:
        """Update the database from a roster: at startup, and when events may have been missed."""
        ...

    def complete(self, root: Literal["cop", "coordinate"], words: str) -> list[tuple[str, str]]:
        """The commands that begin with these words, each with its help text."""
        ...
