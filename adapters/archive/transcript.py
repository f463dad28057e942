"""The surface of a rehearsal: it records messages instead of sending them."""

from dataclasses import dataclass
from datetime import datetime

from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt, RenderableCard
from facilitation.core.values.cards import Card, File, texts
from facilitation.core.values.clock import Clock
from facilitation.core.values.speech import plain


@dataclass
class Entry:
    """One message that would have been posted, as it was in the end; `first` is how it was posted."""

    at: datetime
    feature: str
    key: str
    address: Address
    renderable: RenderableCard
    delivery: str
    first: RenderableCard
    withdrawn: bool = False

    @property
    def place(self) -> str:
        """The platform's id of the channel or, for a direct message, of the person."""
        return self.address.handle or "+".join(self.address.people)

    @property
    def to(self) -> str | None:
        """The platform's id of the person who gets a direct message; None for other messages."""
        return self.address.people[0] if self.address.kind == "direct" else None

    @property
    def card(self) -> Card:
        """The card."""
        return self.renderable.card

    @property
    def text(self) -> str:
        """All its texts, one per line."""
        return words_of(self.renderable)


class Transcript:
    """A `Surface` that records what it is given, in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """The messages that were not withdrawn."""
        return [entry for entry in self._entries if not entry.withdrawn]

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Record a message or an edit; reactions and joined channels are not recorded."""
        if outgoing.emoji or outgoing.join_channel:
            return Receipt(outgoing.address.handle, ())
        if outgoing.receipt is not None:
            entry = self._entries[int(outgoing.receipt.messages[0])]
            entry.renderable, entry.withdrawn = outgoing.renderable, outgoing.withdraw
            return outgoing.receipt
        now, renderable = self._clock.now(), outgoing.renderable
        entry = Entry(
            now, outgoing.feature, outgoing.key, outgoing.address, renderable, outgoing.delivery, renderable
        )
        self._entries.append(entry)
        return Receipt(entry.place, (str(len(self._entries) - 1),))

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The message that was recorded under a delivery id."""
        for number, entry in enumerate(self._entries):
            if entry.delivery == delivery:
                return Receipt(entry.place, (str(number),))
        return None


def words_of(renderable: RenderableCard) -> str:
    """The texts of a card without its title, one per line, with names of people and channels.

    Files follow with their name and description.
    """
    names = {member: person.name for member, person in renderable.people.items()}
    lines = [plain(text, names, renderable.places) for text in texts(renderable.card)]
    lines += [f"[{part.name}: {part.words}]" for part in renderable.card.parts if isinstance(part, File)]
    return "\n".join(line for line in lines if line)
