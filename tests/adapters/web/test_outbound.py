"""The page's surface delivers a message once, and says why it could not."""

from datetime import UTC, datetime

import pytest

from adapters.web.local.local_platform import LocalPlatform
from adapters.web.local.outbound import LocalSurface
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import ChannelFacts, SpaceRef
from tests.adapters.contract.puppet import ANA, BEN, PARTS, renderable, roster

CARD = renderable(PARTS["text"])


@pytest.fixture
def platform() -> LocalPlatform:
    return LocalPlatform(roster(SpaceRef("page", "test")))


@pytest.fixture
def surface(platform: LocalPlatform) -> LocalSurface:
    return LocalSurface(platform, VirtualClock(datetime(2025, 5, 5, 8, tzinfo=UTC)))


async def test_a_delivery_is_found_again_and_never_repeated(
    platform: LocalPlatform, surface: LocalSurface
) -> None:
    outgoing = OutgoingMessage("d1", Address("channel", "C-general"), CARD)
    receipt = await surface.deliver(outgoing)
    assert await surface.find("d1", outgoing.address) == receipt
    assert await surface.deliver(outgoing) == receipt
    assert len(platform.messages.in_place("C-general", ANA)) == 1
    assert await surface.find("d2", outgoing.address) is None


async def test_a_group_is_opened_once(platform: LocalPlatform, surface: LocalSurface) -> None:
    first = await surface.deliver(OutgoingMessage("d1", Address("group", people=(ANA, BEN)), CARD))
    second = await surface.deliver(
        OutgoingMessage("d2", Address("group", handle=first.place, people=(ANA, BEN)), CARD)
    )
    assert first.place == second.place
    assert [spot.name for spot in platform.places.values() if spot.kind == "group"] == [
        "Ana Sousa, Ben Okafor"
    ]


async def test_what_cannot_arrive_says_why(platform: LocalPlatform, surface: LocalSurface) -> None:
    platform.closed.add(BEN)
    platform.put_channel(ChannelFacts("C-old", "old", archived=True))
    root = Address("thread", "C-general", root="no such message")
    for address, why in (
        (Address("channel", "C-none"), "gone"),
        (Address("channel", "C-old"), "archived"),
        (Address("direct", people=(BEN,)), "closed"),
        (Address("direct", people=("nobody",)), "left"),
        (Address("group", people=(ANA, "nobody")), "left"),
        (root, "gone"),
    ):
        with pytest.raises(Unreachable) as raised:
            await surface.deliver(OutgoingMessage(f"d {address}", address, CARD))
        assert raised.value.why == why


async def test_what_is_gone_cannot_be_revised_but_may_be_withdrawn(surface: LocalSurface) -> None:
    gone = Receipt("C-general", ("none",))
    address = Address("channel", "C-general")
    with pytest.raises(Unreachable):
        await surface.deliver(OutgoingMessage("d1", address, CARD, receipt=gone))
    assert await surface.deliver(OutgoingMessage("d1", address, CARD, receipt=gone, withdraw=True)) == gone
