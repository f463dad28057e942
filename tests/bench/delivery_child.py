"""One measurement of `tests.bench.delivery`, in the code of whichever checkout it is run in: prints JSON.

It uses only what the checkouts that are compared have in common.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, cast

from bot.app import App
from bot.config import Settings
from bot.heartbeat import Heartbeat
from bot.runner import Runner
from facilitation.core.execution.effect_store import store_effects
from facilitation.core.platforms.surface import OutgoingMessage, Receipt
from facilitation.core.values.cards import Channel
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.speech import card
from storage.engine import open_engine
from storage.migration import upgrade
from storage.unit import Units
from tests.features.community import FEATURES, running_community
from tests.testbed import RecordingSurface


class SlowSurface(RecordingSurface):
    """Takes every message after a delay; one place takes its messages much later."""

    def __init__(self, clock: Any, delay: float, hanging: str, hang: float) -> None:
        super().__init__(clock)
        self.delay, self.hanging, self.hang = delay, hanging, hang
        self.arrived: list[tuple[str, float]] = []

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        place = outgoing.address.handle
        await asyncio.sleep(self.hang if place == self.hanging else self.delay)
        self.arrived.append((place, time.monotonic()))
        return Receipt(place, (f"m{len(self.arrived)}",))


async def measure(posts: int, lanes: int, delay: float, hang: float) -> dict[str, float]:
    """How fast posts leave, and how late the last of them is that is not behind the call that hangs."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'tertulia.db'}"
        await asyncio.to_thread(upgrade, url, SystemClock().now())
        units = Units(open_engine(url, on_loop_thread=True))
        clock = cast(Any, SystemClock())
        bed = await running_community(units, clock, features=FEATURES)
        await bed.settle()
        surface = SlowSurface(clock, delay, "lane-0" if hang else "", hang)
        bed.courier.connect(bed.space, surface)
        app = App(Settings(), clock, units, bed.dispatcher, bed.courier, Runner(bed.dispatcher, bed.courier))
        heart = Heartbeat(app)
        heart.start()
        await asyncio.sleep(1.5)
        community = await bed.community()
        effects: Effects = [
            Post(Channel(1, f"lane-{n % lanes}"), card("", f"Post {n}"), f"coordination:bench:{n}")
            for n in range(posts)
        ]
        started, busy = time.monotonic(), time.process_time()
        async with units.write() as session:
            await store_effects(
                session, bed.dispatcher.registry, community, "coordination", effects, clock.now()
            )
        stored = time.monotonic()
        others = posts - (posts // lanes if hang else 0)
        async with asyncio.timeout(300):
            while (  # noqa: ASYNC110  # an event would be part of what is measured
                sum(place != surface.hanging for place, _ in surface.arrived) < others
            ):
                await asyncio.sleep(0.002)
        last = max(at for place, at in surface.arrived if place != surface.hanging)
        found = {
            "per_second": others / (last - stored),
            "seconds": last - stored,
            "processor_ms_per_post": 1000 * (time.process_time() - busy) / others,
            "store_seconds": stored - started,
        }
        await heart.stop()
        await units.close()
        return found


if __name__ == "__main__":
    numbers = [float(word) for word in sys.argv[1:]]
    print(json.dumps(asyncio.run(measure(int(numbers[0]), int(numbers[1]), numbers[2], numbers[3]))))
