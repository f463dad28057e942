"""A backend for the page without the core: the puppet, a local platform, and a clock to advance."""

from collections.abc import Mapping
from datetime import UTC, datetime

from adapters.web.local.backend import MemberStatus, MessageAction
from adapters.web.local.local_platform import LocalPlatform
from adapters.web.local.outbound import LocalSurface
from facilitation.core.platforms.surface import Address, OutgoingMessage
from facilitation.core.values.cards import Card
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import SpaceRef
from tests.adapters.contract.puppet import ANA, CHI, PuppetGateway, renderable, roster, text

MONDAY = datetime(2025, 5, 5, 7, 55, tzinfo=UTC)
"""A Monday, 08:55 in Lisbon."""


class PuppetBackend:
    """Everything that the page needs, with nothing behind it."""

    def __init__(self, platform: LocalPlatform | None = None, gateway: PuppetGateway | None = None) -> None:
        self.gateway = gateway or PuppetGateway()
        self.platform = platform or LocalPlatform(roster(SpaceRef("page", "puppet")))
        self.zone = "Europe/Lisbon"
        self.clock = VirtualClock(MONDAY)
        self.surface = LocalSurface(self.platform, self.clock)
        self.actions: tuple[MessageAction, ...] = (
            MessageAction("puppet.save", "Save to shelf", ("message", "link")),
            MessageAction("puppet.thank", "Give kudos", ("message", "author")),
            MessageAction("puppet.take_back", "Take back", coordinators=True, on="bot"),
        )
        self.known = len(self.platform.people)

    def now(self) -> datetime:
        return self.clock.now()

    async def statuses(self) -> Mapping[str, MemberStatus]:
        joined = list(self.platform.people)[self.known :]
        newcomers: dict[str, MemberStatus] = dict.fromkeys(joined, "newcomer")
        return {ANA: "coordinator", CHI: "newcomer", **newcomers}

    async def settle(self) -> None:
        while self.gateway.outgoing_messages:
            outgoing = self.gateway.outgoing_messages.pop(0)
            receipt = await self.surface.deliver(outgoing)
            self.gateway.receipts[outgoing.delivery.rpartition("-")[0]] = receipt

    async def advance_to(self, until: datetime) -> None:
        self.clock.move_to(until)
        said = Card("A question for the week", (text("What did you learn that you did not expect?"),))
        address = Address("channel", "C-help")
        self.gateway.outgoing_messages.append(
            OutgoingMessage(f"prompt-{until.isoformat()}-0", address, renderable(said))
        )
        await self.settle()
