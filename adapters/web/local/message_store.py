"""The messages of the local page, the read positions of people, and the subscribers to changes."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypedDict, Unpack

from facilitation.core.platforms.surface import RenderableCard

CAPACITY = 3_000
"""The number of messages kept for display; the oldest are dropped first."""

TERTULIA = ""
"""The author of the bot's messages."""


@dataclass(frozen=True)
class Message:
    """One message in its current state.

    `root` is the id of the message whose thread it belongs to. `only_for` is the handle of the one person who
    sees it, empty for everybody; `asked` is the command that it answers. A `notice` is a grey line such as
    *joined*. `reacted_before` counts reactions from an archive that does not name the people. `serial`
    numbers the messages in the order in which they were added.
    """

    id: str
    place: str
    author: str
    at: datetime
    serial: int = 0
    text: str = ""
    renderable: RenderableCard | None = None
    root: str = ""
    kind: Literal["message", "notice"] = "message"
    asked: str = ""
    only_for: str = ""
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Handles of people by the short name of the emoji."""
    reacted_before: int = 0
    edited: bool = False


@dataclass(frozen=True)
class Change:
    """A change to a message, to people, to places or to read positions."""

    kind: Literal["added", "updated", "removed", "people", "places", "read"]
    message: Message | None = None


Subscriber = Callable[[Change], None]


class MessageFields(TypedDict, total=False):
    """The fields of a message that can be updated."""

    text: str
    renderable: RenderableCard
    reactions: dict[str, tuple[str, ...]]
    edited: bool


class MessageStore:
    """The last `CAPACITY` messages of all places; subscribers are called at once on every change."""

    def __init__(self) -> None:
        self._by_id: dict[str, Message] = {}
        self._by_place: dict[str, dict[str, None]] = {}
        self._order: deque[str] = deque()
        self._serial = 0
        self._history_serial = 0
        self._read: dict[tuple[str, str], int] = {}
        self._last_at = datetime(1970, 1, 1, tzinfo=UTC)
        self._subscribers: list[Subscriber] = []

    # Reading ----------------------------------------------------------------------------------------

    def get(self, message: str) -> Message | None:
        """The message with this id; None if it was removed or dropped."""
        return self._by_id.get(message)

    def in_place(self, place: str, who: str) -> list[Message]:
        """The messages of a place that a person sees, without replies in threads, oldest first."""
        return [message for message in self._visible(place, who) if not message.root]

    def in_thread(self, place: str, root: str, who: str) -> list[Message]:
        """The replies in a thread that a person sees, oldest first."""
        return [message for message in self._visible(place, who) if message.root == root]

    def reply_counts(self, place: str, who: str) -> dict[str, int]:
        """The number of replies in each thread of a place, by the id of its root."""
        counts: dict[str, int] = {}
        for message in self._visible(place, who):
            if message.root:
                counts[message.root] = counts.get(message.root, 0) + 1
        return counts

    def last_read(self, place: str, who: str) -> int:
        """The serial up to which a person has read a place; history counts as read."""
        return self._read.get((place, who), self._history_serial)

    def unread_count(self, place: str, who: str) -> int:
        """The number of messages by others in a place that a person has not read."""
        last_read = self.last_read(place, who)
        if self._serial <= last_read:
            return 0
        return sum(
            m.serial > last_read and m.author != who and m.kind == "message"
            for m in self._visible(place, who)
        )

    def mark_read(self, place: str, who: str) -> None:
        """Mark everything in a place as read by a person."""
        has_unread = self.unread_count(place, who) > 0
        self._read[place, who] = self._serial
        if has_unread:
            self.notify(Change("read"))

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call a function on every change from now on; returns a function that ends the subscription."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber) if subscriber in self._subscribers else None

    # Writing ----------------------------------------------------------------------------------------

    def next_id(self, at: datetime) -> tuple[str, datetime]:
        """A new message id and its time, later than all earlier ones even if the clock has not moved."""
        self._last_at = max(at.astimezone(UTC), self._last_at + timedelta(microseconds=1))
        return f"{self._last_at.timestamp():.6f}", self._last_at

    def add(self, message: Message) -> Message:
        """Add a new message; returns it with its serial."""
        message = self._insert(message)
        self.notify(Change("added", message))
        return message

    def add_history(self, message: Message) -> None:
        """Add a message from an archive, which counts as read by everybody."""
        self._last_at = max(self._last_at, message.at)
        self._insert(message)
        self._history_serial = self._serial

    def update(self, message: str, **changes: Unpack[MessageFields]) -> bool:
        """Change fields of a message; returns False if there is no such message."""
        found = self._by_id.get(message)
        if found is None:
            return False
        self._by_id[message] = replace(found, **changes)
        self.notify(Change("updated", self._by_id[message]))
        return True

    def remove(self, message: str) -> None:
        """Remove a message, if it is there."""
        found = self._delete(message)
        if found is not None:
            self._order.remove(message)
            self.notify(Change("removed", found))

    def notify(self, change: Change) -> None:
        """Call all subscribers."""
        for subscriber in list(self._subscribers):
            subscriber(change)

    # ------------------------------------------------------------------------------------------------

    def _insert(self, message: Message) -> Message:
        self._serial += 1
        message = replace(message, serial=self._serial)
        if message.id not in self._by_id:
            self._order.append(message.id)
        self._by_id[message.id] = message
        self._by_place.setdefault(message.place, {})[message.id] = None
        while len(self._order) > CAPACITY:
            self._delete(self._order.popleft())
        return message

    def _delete(self, message: str) -> Message | None:
        found = self._by_id.pop(message, None)
        if found is not None:
            self._by_place[found.place].pop(message, None)
        return found

    def _visible(self, place: str, who: str) -> Iterator[Message]:
        for message in list(self._by_place.get(place, ())):
            found = self._by_id[message]
            if not found.only_for or found.only_for == who:
                yield found
