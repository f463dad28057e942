"""The courier's side of the local page: parcels become messages of the square."""

from adapters.web.square import Square, direct_to
from facilitation.core.clock import Clock
from facilitation.core.errors import Unreachable
from facilitation.core.surface import Address, Parcel, Receipt


class PageSurface:
    """One square as the courier sees it. Remembers deliveries by their ids, so that none is repeated."""

    def __init__(self, square: Square, clock: Clock) -> None:
        self._square = square
        self._clock = clock
        self._delivered: dict[str, Receipt] = {}

    async def deliver(self, parcel: Parcel) -> Receipt:
        """Say, edit, remove, react or enter; raises Unreachable for a place or message that is not there."""
        if parcel.enter:
            return Receipt(self._place(parcel.address), ())
        if parcel.emoji:
            return self._react(parcel)
        if parcel.receipt is not None:
            return self._withdraw(parcel.receipt) if parcel.withdraw else self._revise(parcel, parcel.receipt)
        if parcel.delivery in self._delivered:
            return self._delivered[parcel.delivery]
        return self._say(parcel)

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """What is known of an earlier delivery."""
        return self._delivered.get(delivery)

    def _say(self, parcel: Parcel) -> Receipt:
        place = self._place(parcel.address)
        root = parcel.address.root if parcel.address.kind == "thread" else ""
        message = self._square.say(place, parcel.spoken, self._clock.now(), root)
        self._delivered[parcel.delivery] = Receipt(place, (message,))
        return self._delivered[parcel.delivery]

    def _revise(self, parcel: Parcel, receipt: Receipt) -> Receipt:
        if not self._square.board.change(receipt.messages[0], spoken=parcel.spoken, edited=True):
            raise Unreachable("gone")
        return receipt

    def _withdraw(self, receipt: Receipt) -> Receipt:
        for message in receipt.messages:
            self._square.board.drop(message)
        return receipt

    def _react(self, parcel: Parcel) -> Receipt:
        message = parcel.receipt.messages[0] if parcel.receipt else parcel.address.root
        if not self._square.mark(message, parcel.emoji):
            raise Unreachable("gone")
        return Receipt(parcel.address.handle, (message,))

    def _place(self, address: Address) -> str:
        """The handle of the place at an address; opens direct messages and groups."""
        square = self._square
        if any(who not in square.people for who in address.people):
            raise Unreachable("left")
        match address.kind:
            case "channel" | "thread":
                spot = square.places.get(address.handle)
                if spot is None or spot.archived:
                    raise Unreachable("archived" if spot else "gone")
                if address.kind == "thread" and square.board.get(address.root) is None:
                    raise Unreachable("gone")
                return spot.handle
            case "direct":
                who = address.people[0] if address.people else address.handle.removeprefix("D-")
                if who in square.closed:
                    raise Unreachable("closed")
                if direct_to(who) not in square.places:
                    raise Unreachable("left")
                return direct_to(who)
            case "group":
                if address.handle in square.places:
                    return address.handle
                return square.open_group(address.people).handle
