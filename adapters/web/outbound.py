"""The courier's side of the local page: parcels become messages of the square."""

from adapters.web.local_platform import LocalPlatform, direct_to
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.clock import Clock
from facilitation.core.values.errors import Unreachable


class PageSurface:
    """One square as the courier sees it. Remembers deliveries by their ids, so that none is repeated."""

    def __init__(self, square: LocalPlatform, clock: Clock) -> None:
        self._square = square
        self._clock = clock
        self._delivered: dict[str, Receipt] = {}

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Say, edit, remove, react or enter; raises Unreachable for a place or message that is not there."""
        if outgoing.join_channel:
            return Receipt(self._place(outgoing.address), ())
        if outgoing.emoji:
            return self._react(outgoing)
        if outgoing.receipt is not None:
            return (
                self._withdraw(outgoing.receipt)
                if outgoing.withdraw
                else self._revise(outgoing, outgoing.receipt)
            )
        if outgoing.delivery in self._delivered:
            return self._delivered[outgoing.delivery]
        return self._say(outgoing)

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """What is known of an earlier delivery."""
        return self._delivered.get(delivery)

    def _say(self, outgoing: OutgoingMessage) -> Receipt:
        place = self._place(outgoing.address)
        root = outgoing.address.root if outgoing.address.kind == "thread" else ""
        message = self._square.say(place, outgoing.renderable, self._clock.now(), root)
        self._delivered[outgoing.delivery] = Receipt(place, (message,))
        return self._delivered[outgoing.delivery]

    def _revise(self, outgoing: OutgoingMessage, receipt: Receipt) -> Receipt:
        if not self._square.board.change(receipt.messages[0], renderable=outgoing.renderable, edited=True):
            raise Unreachable("gone")
        return receipt

    def _withdraw(self, receipt: Receipt) -> Receipt:
        for message in receipt.messages:
            self._square.board.drop(message)
        return receipt

    def _react(self, outgoing: OutgoingMessage) -> Receipt:
        message = outgoing.receipt.messages[0] if outgoing.receipt else outgoing.address.root
        if not self._square.mark(message, outgoing.emoji):
            raise Unreachable("gone")
        return Receipt(outgoing.address.handle, (message,))

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
