"""The surface through which the courier delivers to the local page."""

from adapters.web.local.local_platform import LocalPlatform, direct_message_with
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.clock import Clock
from facilitation.core.values.errors import Unreachable


class LocalSurface:
    """Delivers to one local platform; remembers deliveries by their ids, so that none is repeated."""

    def __init__(self, platform: LocalPlatform, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        self._delivered: dict[str, Receipt] = {}

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Post, edit, remove, react or join.

        Raises Unreachable if the place, the person or the message does not exist or accepts no message.
        """
        if outgoing.join_channel:
            return Receipt(self._find_place(outgoing.address), ())
        if outgoing.emoji:
            return self._react(outgoing)
        if outgoing.receipt is not None:
            if outgoing.withdraw:
                return self._withdraw(outgoing.receipt)
            return self._edit(outgoing, outgoing.receipt)
        if outgoing.delivery in self._delivered:
            return self._delivered[outgoing.delivery]
        return self._post(outgoing)

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """The receipt of an earlier delivery, if it took place."""
        return self._delivered.get(delivery)

    def _post(self, outgoing: OutgoingMessage) -> Receipt:
        place = self._find_place(outgoing.address)
        root = outgoing.address.root if outgoing.address.kind == "thread" else ""
        message = self._platform.post_as_bot(place, outgoing.renderable, self._clock.now(), root)
        self._delivered[outgoing.delivery] = Receipt(place, (message,))
        return self._delivered[outgoing.delivery]

    def _edit(self, outgoing: OutgoingMessage, receipt: Receipt) -> Receipt:
        messages = self._platform.messages
        if not messages.update(receipt.messages[0], renderable=outgoing.renderable, edited=True):
            raise Unreachable("gone")
        return receipt

    def _withdraw(self, receipt: Receipt) -> Receipt:
        for message in receipt.messages:
            self._platform.messages.remove(message)
        return receipt

    def _react(self, outgoing: OutgoingMessage) -> Receipt:
        message = outgoing.receipt.messages[0] if outgoing.receipt else outgoing.address.root
        if not self._platform.react_as_bot(message, outgoing.emoji):
            raise Unreachable("gone")
        return Receipt(outgoing.address.handle, (message,))

    def _find_place(self, address: Address) -> str:
        """The handle of the place at an address; opens a small group if needed. Raises Unreachable."""
        platform = self._platform
        if any(who not in platform.people for who in address.people):
            raise Unreachable("left")
        match address.kind:
            case "channel" | "thread":
                place = platform.places.get(address.handle)
                if place is None or place.archived:
                    raise Unreachable("archived" if place else "gone")
                if address.kind == "thread" and platform.messages.get(address.root) is None:
                    raise Unreachable("gone")
                return place.handle
            case "direct":
                who = address.people[0] if address.people else address.handle.removeprefix("D-")
                if who in platform.closed:
                    raise Unreachable("closed")
                if direct_message_with(who) not in platform.places:
                    raise Unreachable("left")
                return direct_message_with(who)
            case "group":
                if address.handle in platform.places:
                    return address.handle
                return platform.open_group(address.people).handle
