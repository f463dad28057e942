"""A room that only listens, and ways to tell a house what to say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.values.cards import Card, Channel, Direct
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import NUDGE_PRIORITIES, Effect, Effects, Nudge
from facilitation.core.values.events import Event, PostDelivered, PostFailed
from facilitation.core.values.speech import card
from storage.communities import Directory, People
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.unit import Units
from tests.testbed import Testbed, make_testbed

NUDGES = {
    priority: Nudge(f"test.{priority}", priority, "You get this in a test.") for priority in NUDGE_PRIORITIES
}
"""One for each priority."""


@dataclass
class DeliveryTestbed:
    """A testbed with a feature that collects the events about its own posts."""

    bed: Testbed
    received: list[Event] = field(default_factory=list)

    @property
    def delivered(self) -> list[str]:
        """The keys of posts that listeners know to be delivered."""
        return [one.post for one in self.received if isinstance(one, PostDelivered)]

    @property
    def failed(self) -> list[tuple[str, str]]:
        """The keys of posts that listeners know to have failed, and why."""
        return [(one.post, one.why) for one in self.received if isinstance(one, PostFailed)]

    @property
    def words(self) -> list[str]:
        """What stands now, the oldest first."""
        return [post.words for post in self.bed.posts]

    async def tell(self, *effects: Effect) -> None:
        """Store what is to be said, as if a room had returned it."""
        community = await self.bed.community()
        async with self.bed.units.write() as session:
            await store_effects(
                session, self.bed.dispatcher.registry, community, "test", list(effects), self.bed.clock.now()
            )

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        await self.bed.settle()

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass; whatever becomes due on the way happens then, or a minute later at most."""
        clock = self.bed.clock
        end = clock.now() + by
        while clock.now() < end:
            due = await self.bed.next_due() or end
            clock.move_to(min(end, due if due > clock.now() else clock.now() + timedelta(minutes=1)))
            await self.bed.settle()

    async def to(self, who: str) -> Direct:
        """A direct message to someone."""
        return Direct((await self.bed.member(who)).id)

    async def channel(self, name: str = "general") -> Channel:
        """A channel of the space."""
        async with self.bed.units.read() as session:
            space = await Directory(session).space("page", "T1")
        assert space is not None
        return Channel(space.id, name)

    async def configure(self, **values: Any) -> None:
        """Change the community's settings."""
        community = await self.bed.community()
        async with self.bed.units.write() as session:
            await People(session, community.id).configure(**values)

    async def states(self) -> dict[str, tuple[str, str]]:
        """State and reason of each message by its key."""
        async with self.bed.units.read() as session:
            return {row.key: (row.state, row.why) for row in await orm_of(session).scalars(select(OutboxRow))}


def text_card(words: str) -> Card:
    """A card with a few words."""
    return card("", words)


async def make_delivery_testbed(
    units: Units, clock: VirtualClock, *, features: Sequence[Feature] = (), **options: Any
) -> DeliveryTestbed:
    """A begun community with a room that listens to what becomes of posts."""
    feature = Feature("test", "For tests", nudges=list(NUDGES.values()))
    received: list[Event] = []

    async def listen(context: EventContext) -> Effects:
        received.append(context.event)
        return []

    feature.on(PostDelivered)(listen)
    feature.on(PostFailed)(listen)
    bed = await make_testbed(units, clock, [feature, *features], begun=True, **options)
    return DeliveryTestbed(bed, received)
