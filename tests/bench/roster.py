"""How long commands wait while a large space is taken in: `python -m tests.bench.roster [--people 5000]`.

The people of a space arrive as one roster, then each of its channels with its members, and all of it once
more, as at a restart. Meanwhile a member types `/cop help` again and again, in the same process on a fresh
SQLite file. Writes bench/results/roster.json.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, cast

from bot.features import FEATURES
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.events import ChannelFacts, Profile, Roster
from storage.engine import open_engine
from storage.migration import upgrade
from storage.unit import Units
from tests.bench.figures import Figures
from tests.bench.results import write_results
from tests.features.community import make_community
from tests.testbed import PEOPLE, Testbed

CHANNELS_EACH = 20
"""How many channels a person is in."""


async def slowest_command(bed: Testbed, work: Coroutine[Any, Any, None]) -> tuple[float, float]:
    """The seconds that the work takes, and the longest that a command took meanwhile."""
    slowest, started = 0.0, time.monotonic()
    working = asyncio.create_task(work)
    while not working.done():
        asked = time.monotonic()
        await bed.send("ines", "/cop help")
        slowest = max(slowest, time.monotonic() - asked)
        await asyncio.sleep(0.02)
    await working
    return time.monotonic() - started, slowest


async def measure(people: int, channels: int, folder: Path) -> dict[str, float]:
    """The figures of one space."""
    url = f"sqlite+aiosqlite:///{folder / 'tertulia.db'}"
    await asyncio.to_thread(upgrade, url, SystemClock().now())
    units = Units(open_engine(url, on_loop_thread=True))
    bed = await make_community(units, cast(Any, SystemClock()), features=FEATURES)
    profiles = (
        *(Profile(name, name.title()) for name in PEOPLE),
        *(Profile(f"p{number}", f"Person {number}") for number in range(people)),
    )
    chance = random.Random(1)
    handles = [profile.handle for profile in profiles]
    members = min(len(handles), max(1, people * CHANNELS_EACH // channels))
    facts = tuple(
        ChannelFacts(f"c{number}", f"c{number}", members=tuple(chance.sample(handles, members)))
        for number in range(channels)
    )

    async def sync(*rosters: Roster) -> None:
        for roster in rosters:
            await bed.dispatcher.sync_roster(roster)

    found: dict[str, float] = {}
    name = "Test community"
    for step, rosters in {
        "people": (Roster(bed.space, name, profiles),),
        "channels": tuple(Roster(bed.space, name, channels=(one,)) for one in facts),
        "restart": (Roster(bed.space, name, profiles, facts),),
    }.items():
        found[f"{step}_seconds"], found[f"{step}_slowest_command"] = await slowest_command(
            bed, sync(*rosters)
        )
    await units.close()
    return found


def main() -> int:
    """Print the figures; returns 1 if a target was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--channels", type=int, default=300)
    options, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(options.people, options.channels, Path(folder)))
    figures = Figures()
    for step in ("people", "channels", "restart"):
        figures.note(f"{step}: s in all", found[f"{step}_seconds"])
        figures.at_most(f"{step}: s of the slowest command", found[f"{step}_slowest_command"], 0.25)
    write_results("roster", found)
    return int(figures.missed)


if __name__ == "__main__":
    sys.exit(main())
