"""The surface of a rehearsal: nothing is sent, everything is written down."""

from dataclasses import dataclass
from datetime import datetime

from facilitation.core.cards import Card, File, texts
from facilitation.core.clock import Clock
from facilitation.core.speech import plain
from facilitation.core.surface import Address, Parcel, Receipt, Spoken


@dataclass
class Entry:
    """One message that would have been posted, as it looked in the end; `first` is how it looked at first."""

    at: datetime
    room: str
    key: str
    address: Address
    spoken: Spoken
    delivery: str
    first: Spoken
    withdrawn: bool = False

    @property
    def place(self) -> str:
        """The platform's id of the channel, or of the person for a direct message."""
        return self.address.handle or "+".join(self.address.people)

    @property
    def to(self) -> str | None:
        """The platform's id of whoever gets a direct message."""
        return self.address.people[0] if self.address.kind == "direct" else None

    @property
    def card(self) -> Card:
        """What is said."""
        return self.spoken.card

    @property
    def text(self) -> str:
        """All its words, one line for each text."""
        return words_of(self.spoken)


class Transcript:
    """A `Surface` that keeps what it is handed, in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """What stands in the end."""
        return [entry for entry in self._entries if not entry.withdrawn]

    async def deliver(self, parcel: Parcel) -> Receipt:
        """Write it down, or change what is written; a reaction or a channel entered says nothing."""
        if parcel.emoji or parcel.enter:
            return Receipt(parcel.address.handle, ())
        if parcel.receipt is not None:
            entry = self._entries[int(parcel.receipt.messages[0])]
            entry.spoken, entry.withdrawn = parcel.spoken, parcel.withdraw
            return parcel.receipt
        now, looks = self._clock.now(), parcel.spoken
        entry = Entry(now, parcel.room, parcel.key, parcel.address, looks, parcel.delivery, looks)
        self._entries.append(entry)
        return Receipt(entry.place, (str(len(self._entries) - 1),))

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """What was written under a delivery id."""
        for number, entry in enumerate(self._entries):
            if entry.delivery == delivery:
                return Receipt(entry.place, (str(number),))
        return None


def words_of(spoken: Spoken) -> str:
    """The words of a card without its title, one line for each text; people and channels by name.

    A file is named behind them, with the words that stand for it.
    """
    names = {member: person.name for member, person in spoken.people.items()}
    lines = [plain(text, names, spoken.places) for text in texts(spoken.card)]
    lines += [f"[{part.name}: {part.words}]" for part in spoken.card.parts if isinstance(part, File)]
    return "\n".join(line for line in lines if line)
