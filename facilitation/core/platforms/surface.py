"""What an adapter shows the house, and what the house hands an adapter.

An adapter knocks with what somebody asked, hears happenings into the intake, and is the surface to which
the courier delivers. It knows platform ids and no tables; the house knows members and no platform.
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
    """A member as a renderer needs them: the name to show and, on this space, the handle to mention."""

    name: str
    handle: str = ""


@dataclass(frozen=True)
class RenderableCard:
    """A card with the names it needs: people by member id, channels by handle.

    `space` is where it is shown, 0 if that is of no matter. `links` are the addresses of the messages that
    the card leads to, as far as the platform has any: an adapter adds them.
    """

    card: Card
    people: dict[int, Person] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    community: int = 0
    zone: str = "UTC"
    space: int = 0
    links: dict[PlaceRef, str] = field(default_factory=dict)

    def is_here(self, ref: PlaceRef) -> bool:
        """Whether a place is of the space where the card is shown: only there can it be opened."""
        return self.space in (0, ref.space)

    def place_name(self, ref: PlaceRef) -> str:
        """What a place is called: `#help`."""
        return f"#{self.places.get(ref.handle, ref.handle)}"

    def linked(self, address: Callable[[PlaceRef], str]) -> "RenderableCard":
        """The same with the address of each message that it leads to; `""` for one that has none."""
        refs = {span for text in texts(self.card) for span in text.spans if isinstance(span, PlaceRef)}
        found = {ref: address(ref) for ref in refs if ref.message and self.is_here(ref)}
        return replace(self, links={ref: url for ref, url in found.items() if url}) if found else self


@dataclass(frozen=True)
class Interaction:
    """Somebody asks something, in the platform's ids.

    Either `words` (typed after `/cop` or `/coordinate`, which is `root`) or `ask` with `args` (a button, a
    menu, a submitted form, typed options). `submitted` says that a form stands behind it, so a missing
    field is an error beside that field and opens no second form. `names` are those of the channels that the
    words refer to, by handle; `name` is what the platform calls whoever asks, where it tells.
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
    """What the asker gets back: a card, a form, or the errors beside a form's fields."""

    renderable: RenderableCard | None = None
    form: Form | None = None
    to: Literal["asker", "everyone"] = "asker"
    community: int = 0
    reference: str = ""


@dataclass(frozen=True)
class Address:
    """Where a parcel goes, in the platform's ids.

    `channel` has a handle; `thread` a handle and the root message; `direct` and `group` the people, and a
    handle once the conversation is open.
    """

    kind: Literal["channel", "thread", "direct", "group"]
    handle: str = ""
    root: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Where a parcel arrived: the place's handle and the ids of its messages, one per part."""

    place: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to deliver, edit (`receipt` given) or remove (`withdraw`).

    With `emoji` it is a reaction to the message that the address names as its root. With `join_channel` it is
    no message: the bot joins the channel of the address to receive its events.

    `room` and `key` say whose doing it is, for transcripts; platforms need them not.
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
    """One space as the courier sees it; raises the DeliveryErrors."""

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Say, edit or remove.

        Those of one lane (`ledger.lane_of`) come one after the other. To one place several lanes may lead,
        and so two messages at once: what is sealed has its own, which does not tell where it goes; so has
        the thread under a post of ours; and who is a member of two communities has one in each.
        """
        ...

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """What is known of an earlier delivery whose outcome is in doubt."""
        ...


class Gateway(Protocol):
    """The house as an adapter sees it."""

    async def handle(self, interaction: Interaction) -> Response:
        """Answer one request; never raises for what a person did."""
        ...

    async def hear(self, space: SpaceRef, event: Event) -> None:
        """Return when the happening is safely stored; acknowledge the platform after that."""
        ...

    async def arrive(self, roster: Roster) -> None:
        """Take in a space as it stands, at the start and after a gap."""
        ...

    def complete(self, root: Literal["cop", "coordinate"], words: str) -> list[tuple[str, str]]:
        """Commands that begin with these words, each with its help text."""
        ...
