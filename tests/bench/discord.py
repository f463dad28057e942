"""How soon the bot answers on Discord while messages pour in: `python -m tests.bench.discord [--seconds 60]`.

The bot is a process of its own with a SQLite file, Discord the fake in this one, and both share the machine's
cores. An answer counts from when the fake has handed the interaction to its gateway until the callback stands
there, answered, deferred or as a form; people ask one after another, of five kinds in turn.
"""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles

from tests.bench.figures import Figures
from tests.bot.discord_process import begin, bot_on, furnish, kept
from tests.bot.processes import Running, running
from tests.fakes.discord import Exchange, FakeDiscord

MESSAGES = 300
"""A second."""
ASKING = 10
"""Interactions a second."""
TARGET_MS = 100.0


async def main(seconds: float) -> int:
    """Measure and print; returns 1 if a target was missed."""
    figures = Figures()
    gc.disable()  # the fake keeps everything: its collector would be measured as the bot being late
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with FakeDiscord() as discord:
            furnish(discord)
            async with bot_on(discord, folder, running) as bot:
                await begin(discord)
                await discord.slash(
                    "ana", "general", "cop share", {"url": "https://example.org", "note": "n"}
                )
                before = _worked(bot)
                await _measure(discord, folder, seconds, figures)
                if before:
                    figures.note("the bot's share of one core", (_worked(bot) - before) / seconds)
    return int(figures.missed)


async def _measure(discord: FakeDiscord, folder: Path, seconds: float, figures: Figures) -> None:
    pouring = asyncio.create_task(_pour(discord, seconds))
    exchanges = await _ask(discord, seconds)
    written = await pouring
    begun = time.monotonic()
    await discord.until(lambda: _counted(folder) == written, seconds=60)
    figures.note("messages a second", written / seconds)
    figures.note("seconds until the last is kept", time.monotonic() - begun)
    figures.note("interactions", len(exchanges))
    acks = sorted(one.callback.delay * 1000 for one in exchanges if one.callback is not None)
    cuts = quantiles(acks, n=100, method="inclusive")
    for kind in ("slash", "autocomplete", "component"):
        own = [one.callback.delay * 1000 for one in exchanges if one.callback and one.kind == kind]
        figures.note(f"ack p50 ms of each {kind}", median(own))
        figures.note(f"slowest ack ms of any {kind}", max(own))
    figures.note("ack p50 ms", cuts[49])
    figures.at_most("ack p99 ms", cuts[98], TARGET_MS)
    figures.at_most("unanswered", len(exchanges) - len(acks), 0)
    figures.at_most("malformed requests", len(discord.complaints), 0)


async def _pour(discord: FakeDiscord, seconds: float) -> int:
    """Messages at an even pace; what the loop was late with follows at once."""
    begun, written = time.monotonic(), 0
    people, places = ("ana", "ben", "chi"), ("general", "help", "introductions")
    while (passed := time.monotonic() - begun) < seconds:
        while written < passed * MESSAGES:
            place = places[written // 7 % len(places)]
            discord.write(people[written % len(people)], place, f"Has anybody tried number {written}?")
            written += 1
        await asyncio.sleep(0.005)
    return written


async def _ask(discord: FakeDiscord, seconds: float) -> list[Exchange]:
    """People who ask at an even pace, whether or not the last has been answered."""
    kinds: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: discord.slash("ben", "general", "cop home"),
        lambda: discord.slash("chi", "help", "cop find", {"words": "example"}),
        lambda: discord.autocomplete("ben", "general", "cop me", "zone", "lis"),
        lambda: discord.slash("chi", "general", "cop share"),
        lambda: discord.press("ana", "Change settings"),
    )
    before = len(discord.exchanges)
    asked: list[asyncio.Future[object]] = []
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        while len(asked) < passed * ASKING:
            asked.append(asyncio.ensure_future(kinds[len(asked) % len(kinds)]()))
        await asyncio.sleep(0.005)
    await asyncio.gather(*asked)
    return discord.exchanges[before:]


def _worked(bot: Running) -> float:
    """Seconds that a process has worked, where the system tells (0 elsewhere)."""
    try:
        fields = Path(f"/proc/{bot.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _counted(folder: Path) -> int:
    [(count,)] = kept(folder, "SELECT count(*) FROM diary WHERE kind = 'posted'")
    assert isinstance(count, int)
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long messages pour in")
    arguments, _ = parser.parse_known_args()
    sys.exit(asyncio.run(main(arguments.seconds)))
