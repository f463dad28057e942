"""A bot that is killed again and again while it stores events, processes them and sends.

Run as a program with an empty folder: `python -m tests.core.workers.crash_trial FOLDER [SEED]`. It forks a
bot, kills it at a random moment, and forks the next one on the same database. The last one may finish. What
the platform (a file) has shown is then compared with what was acknowledged to it. Exit code 1 and the
difference if there is any.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.cards import Channel
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects, Later, Post
from facilitation.core.values.events import ChannelFacts, MessagePosted, Profile, Roster
from facilitation.core.values.speech import card
from facilitation.core.workers.courier import Courier
from storage.communities import Directory, People
from storage.engine import open_engine
from storage.migration import upgrade
from storage.unit import Units
from tests.conftest import NOW
from tests.testbed import SPACE

LIVES = 20
AT_ONCE = 4
feature = Feature("echo", "Answers every message, and again a moment later")


class Echo(Command):
    """Answer a message again."""

    message: str = ""


@feature.on(MessagePosted)
async def echo_message(context: EventContext) -> Effects:
    assert isinstance(context.event, MessagePosted)
    message = context.event.message
    general = Channel(1, "general")
    return [
        Post(general, card("", "once"), f"re:{message}"),
        Later(context.at, Echo(message=message), f"echo:{message}"),
    ]


@feature.action(id="echo.echo")
async def echo(command: Echo, due: Due) -> Effects:
    return [Post(Channel(1, "help"), card("", "again"), f"echo:{command.message}")]


class Platform:
    """Files that outlive whoever writes them: what was shown, and what was acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.shown = folder / "shown"
        self.acknowledged = folder / "acknowledged"

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        """Show a message; between here and the courier's mark there is time to die."""
        line = {"delivery": outgoing.delivery, "key": outgoing.key, "edit": outgoing.receipt is not None}
        append(self.shown, json.dumps(line))
        await asyncio.sleep(random.random() * 0.01)
        return outgoing.receipt or Receipt(outgoing.address.handle, (outgoing.delivery,))

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        """Look whether it was shown."""
        found = any(line["delivery"] == delivery and not line["edit"] for line in self.lines())
        return Receipt(address.handle, (delivery,)) if found else None

    def count(self) -> int:
        """How many lines it has shown."""
        return self.shown.read_bytes().count(b"\n") if self.shown.exists() else 0

    async def until(self, count: int) -> None:
        """Wait until it has shown so many."""
        while self.count() < count:  # noqa: ASYNC110  # another process writes the file
            await asyncio.sleep(0.005)

    def lines(self) -> list[dict[str, object]]:
        return (
            [json.loads(line) for line in self.shown.read_text().splitlines()] if self.shown.exists() else []
        )

    def acknowledged_messages(self) -> set[int]:
        text = self.acknowledged.read_text() if self.acknowledged.exists() else ""
        return {int(line) for line in text.splitlines()}


def append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


async def live(folder: Path, life: int, *, last: bool) -> None:
    """One life of the house. The clock stands ten minutes later each time, when every lease has ended."""
    clock = VirtualClock(NOW + life * timedelta(minutes=10))
    units = Units(open_engine(f"sqlite+aiosqlite:///{folder}/tertulia.db", durable=False))
    dispatcher = Dispatcher([feature], units, clock)
    platform = Platform(folder)
    courier = Courier(units, clock, dispatcher.registry)
    courier.connect(SPACE, platform)

    async def hear() -> None:
        # Whatever was not acknowledged is told again, as platforms do.
        number = max(platform.acknowledged_messages(), default=0)
        while True:
            group = range(number + 1, number + AT_ONCE + 1)
            messages = [MessagePosted(clock.now(), "general", str(n), "ines", "hello") for n in group]
            await asyncio.gather(*(dispatcher.receive(SPACE, message) for message in messages))
            for n in group:
                append(platform.acknowledged, str(n))
            number = group[-1]
            await platform.until(2 * number - 6 * AT_ONCE)  # so that the last life has an end

    async def work() -> None:
        while await dispatcher.digest() or await dispatcher.due() or await courier.step() or not last:
            clock.advance(timedelta(milliseconds=1))
            await asyncio.sleep(0)

    if last:
        await work()
    else:
        await asyncio.gather(hear(), work())
    await units.close()


async def prepare(folder: Path) -> None:
    """A begun community in a fresh database."""
    upgrade(f"sqlite+aiosqlite:///{folder}/tertulia.db", NOW)
    units = Units(open_engine(f"sqlite+aiosqlite:///{folder}/tertulia.db", durable=False))
    channels = (ChannelFacts("general", "general"), ChannelFacts("help", "help"))
    dispatcher = Dispatcher([feature], units, VirtualClock(NOW))
    await dispatcher.sync_roster(Roster(SPACE, "Guild", (Profile("ines", "Ines"),), channels))
    async with units.write() as session:
        (community,) = await Directory(session).communities(1)
        await People(session, community.id).begin(NOW)
    await units.close()


def forked(platform: Platform, folder: Path, life: int, *, last: bool = False) -> None:
    """Fork a life, and kill it when it has shown a little more, or wait for its end."""
    child = os.fork()
    if not child:
        code = 1
        try:
            asyncio.run(live(folder, life, last=last))
            code = 0
        finally:
            os._exit(code)
    if not last:
        enough = platform.count() + random.randrange(1, 7)
        deadline = time.monotonic() + 5
        while platform.count() < enough and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(random.random() * 0.01)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if status != (0 if last else signal.SIGKILL):
        sys.exit(f"life {life} ended by itself, with status {status}")


def faults(platform: Platform) -> list[str]:
    """What was lost or doubled."""
    shown = Counter(str(line["key"]) for line in platform.lines() if not line["edit"])
    wanted = [f"{kind}:{n}" for n in sorted(platform.acknowledged_messages()) for kind in ("re", "echo")]
    lost = [key for key in wanted if not shown[key]]
    doubled = [key for key, times in shown.items() if times > 1]
    return [f"lost: {lost}"] * bool(lost) + [f"doubled: {doubled}"] * bool(doubled)


def main() -> None:
    folder = Path(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1_000_000)
    random.seed(seed)
    platform = Platform(folder)
    asyncio.run(prepare(folder))
    for life in range(1, LIVES + 1):
        forked(platform, folder, life)
    forked(platform, folder, LIVES + 1, last=True)
    acknowledged = len(platform.acknowledged_messages())
    looked_up = sum(bool(line["edit"]) for line in platform.lines())
    sys.stdout.write(f"seed {seed}: {acknowledged} acknowledged, {looked_up} looked up\n")
    if found := faults(platform):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
