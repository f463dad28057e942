"""Messages as they stand on the local page, who has read what, and who wants to hear of changes."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypedDict, Unpack

from facilitation.core.platforms.surface import RenderableCard

KEPT = 3_000
"""How many messages are kept for display; the house remembers the rest in its own way."""

TERTULIA = ""
"""The author of what the bot says."""


@dataclass(frozen=True)
class Message:
    """One message as it stands now.

    `only_for` marks an answer which nobody else sees, `asked` the command it answers; a `note` is a grey
    line such as *joined*. `serial` counts messages in the order in which they came to the page.
    """

    id: str
    place: str
    author: str
    at: datetime
    serial: int = 0
    text: str = ""
    renderable: RenderableCard | None = None
    root: str = ""
    kind: Literal["said", "note"] = "said"
    asked: str = ""
    only_for: str = ""
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reacted_before: int = 0
    edited: bool = False


@dataclass(frozen=True)
class Change:
    """What listeners hear: a message came, changed or went, or people, places or what is read did."""

    what: Literal["said", "changed", "gone", "people", "places", "read"]
    message: Message | None = None


Listener = Callable[[Change], None]


class Changes(TypedDict, total=False):
    """What may be different about a message that stands."""

    text: str
    renderable: RenderableCard
    reactions: dict[str, tuple[str, ...]]
    edited: bool


class MessageStore:
    """The messages of all places, at most `KEPT` of them; every change is told to the listeners at once."""

    def __init__(self) -> None:
        self._by_id: dict[str, Message] = {}
        self._by_place: dict[str, dict[str, None]] = {}
        self._order: deque[str] = deque()
        self._serial = 0
        self._history = 0
        self._read: dict[tuple[str, str], int] = {}
        self._last = datetime(1970, 1, 1, tzinfo=UTC)
        self._listeners: list[Listener] = []

    # Looking ----------------------------------------------------------------------------------------

    def get(self, message: str) -> Message | None:
        """A message by its id, while it is kept."""
        return self._by_id.get(message)

    def talk(self, place: str, who: str) -> list[Message]:
        """What stands in a place for one person, thread replies left out, oldest first."""
        return [message for message in self._visible(place, who) if not message.root]

    def thread(self, place: str, root: str, who: str) -> list[Message]:
        """The replies under one message, for one person, oldest first."""
        return [message for message in self._visible(place, who) if message.root == root]

    def reply_counts(self, place: str, who: str) -> dict[str, int]:
        """How many replies stand under which message of a place."""
        counts: dict[str, int] = {}
        for message in self._visible(place, who):
            if message.root:
                counts[message.root] = counts.get(message.root, 0) + 1
        return counts

    def seen(self, place: str, who: str) -> int:
        """The serial of the last message that this person has seen in a place; history counts as seen."""
        return self._read.get((place, who), self._history)

    def unread(self, place: str, who: str) -> int:
        """How many messages of others came into a place since this person looked."""
        seen = self.seen(place, who)
        if self._serial <= seen:
            return 0
        return sum(
            m.serial > seen and m.author != who and m.kind == "said" for m in self._visible(place, who)
        )

    def read(self, place: str, who: str) -> None:
        """This person looks at a place now."""
        news = self.unread(place, who)
        self._read[place, who] = self._serial
        if news:
            self.tell(Change("read"))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every change from now on; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # Changing ---------------------------------------------------------------------------------------

    def stamp(self, at: datetime) -> tuple[str, datetime]:
        """A new id and its instant, later than every earlier one even while the clock stands still."""
        self._last = max(at.astimezone(UTC), self._last + timedelta(microseconds=1))
        return f"{self._last.timestamp():.6f}", self._last

    def put(self, message: Message) -> Message:
        """Take in a message that is new; the oldest one goes when there are too many."""
        message = self._keep(message)
        self.tell(Change("said", message))
        return message

    def remember(self, message: Message) -> None:
        """Take in a message of the past, which nobody has to read any more."""
        self._last = max(self._last, message.at)
        self._keep(message)
        self._history = self._serial

    def change(self, message: str, **changes: Unpack[Changes]) -> bool:
        """Show a message as it is by now; False when it is gone."""
        found = self._by_id.get(message)
        if found is None:
            return False
        self._by_id[message] = replace(found, **changes)
        self.tell(Change("changed", self._by_id[message]))
        return True

    def drop(self, message: str) -> None:
        """Take a message away, as if it had never been."""
        found = self._forget(message)
        if found is not None:
            self._order.remove(message)
            self.tell(Change("gone", found))

    def tell(self, change: Change) -> None:
        """Let everybody who listens know."""
        for listener in list(self._listeners):
            listener(change)

    # ------------------------------------------------------------------------------------------------

    def _keep(self, message: Message) -> Message:
        self._serial += 1
        message = replace(message, serial=self._serial)
        if message.id not in self._by_id:
            self._order.append(message.id)
        self._by_id[message.id] = message
        self._by_place.setdefault(message.place, {})[message.id] = None
        while len(self._order) > KEPT:
            self._forget(self._order.popleft())
        return message

    def _forget(self, message: str) -> Message | None:
        found = self._by_id.pop(message, None)
        if found is not None:
            self._by_place[found.place].pop(message, None)
        return found

    def _visible(self, place: str, who: str) -> Iterator[Message]:
        for message in list(self._by_place.get(place, ())):
            found = self._by_id[message]
            if not found.only_for or found.only_for == who:
                yield found
