"""Processes that tick many rhythms on one database, and are killed again and again while they do.

Run as a program: `python -m tests.endurance.ticking FOLDER DATABASE PROCESSES KILLS RHYTHMS DAYS [SEED]`. It
makes so many daily rhythms, forks the processes, and lets days pass on a clock that they share; whenever one
is killed another takes its place. What the platform (a file) has shown is then held against what was due.
Exit code 1 and words if a prompt is missing or came twice.
"""

import asyncio
import json
import mmap
import os
import random
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from facilitation import rhythm
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.execution.effect_store import store_effects
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import ChannelFacts, Profile, Roster
from facilitation.core.workers.courier import Courier
from facilitation.rhythm.schedule import plan_next
from storage.base import instant, micros
from storage.communities import Directory, People
from storage.engine import open_engine
from storage.rhythm import Decks, Rhythms
from storage.unit import Units
from tests.conftest import NOW
from tests.core.workers.crash_trial import Platform, append
from tests.testbed import SPACE

FIRST = NOW.replace(hour=9, minute=0)
CHANNELS = 8
STEP = timedelta(minutes=3)
"""Longer than a lease of the courier: what a dead process was sending is looked up after one step."""
STILL = 1.5
"""Seconds without a prompt after which time moves on."""
STEPS_AT_MOST = 60
"""Half of the grace: if nothing has come until then, nothing will."""


class SharedClock:
    """The time as the parent has set it, in memory that all processes see."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    def now(self) -> datetime:
        return instant(struct.unpack("q", self._memory[:8])[0])

    def set(self, at: datetime) -> None:
        self._memory[:8] = struct.pack("q", micros(at))


class PlatformReader(Platform):
    """The platform as the parent reads it: only what was added since the last look."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._read = 0
        self.keys: Counter[str] = Counter()
        self.looked_up = 0

    def look(self) -> int:
        """How many different prompts have been shown."""
        if self.shown.exists():
            with self.shown.open("rb") as file:
                file.seek(self._read)
                whole, _, _ = file.read().rpartition(b"\n")
            if whole:
                self._read += len(whole) + 1
                for line in map(json.loads, whole.splitlines()):
                    if line["edit"]:
                        self.looked_up += 1
                    else:
                        self.keys[line["key"]] += 1
        return len(self.keys)


async def prepare(url: str, rhythms: int) -> None:
    """A begun community with so many daily rhythms, all due at the same minute."""
    units = Units(open_engine(url, durable=False))
    clock = VirtualClock(NOW)
    dispatcher = Dispatcher([rhythm.feature], units, clock)
    channels = tuple(ChannelFacts(f"c{n}", f"c{n}") for n in range(CHANNELS))
    await dispatcher.sync_roster(Roster(SPACE, "Guild", (Profile("ines", "Ines"),), channels))
    async with units.write() as session:
        (community,) = await Directory(session).communities(1)
        people = People(session, community.id)
        await people.begin(NOW)
        spots = await people.spots()
        decks, repository = Decks(session, community.id), Rhythms(session, community.id)
        for number in range(rhythms):
            deck = await decks.put(f"deck {number}")
            assert deck is not None
            await decks.add(deck, [f"prompt {n} of {number}" for n in range(5)], NOW)
            made = await repository.put(
                None,
                NOW,
                name=f"rhythm {number}",
                channel_id=spots[number % CHANNELS].id,
                deck_id=deck,
                rrule="FREQ=DAILY",
                local_at=FIRST.time(),
                zone="UTC",
                start=NOW.date(),
            )
            assert made is not None
            effects = await plan_next(repository, made, NOW, NOW)
            await store_effects(session, dispatcher.registry, community, "rhythm", effects, NOW)
    await units.close()


async def live(folder: Path, url: str, memory: mmap.mmap) -> None:
    """One process: does what is due and says what waits, until it is killed."""
    clock = SharedClock(memory)
    units = Units(open_engine(url, durable=False))
    dispatcher = Dispatcher([rhythm.feature], units, clock)
    courier = Courier(units, clock, dispatcher.registry)
    courier.connect(SPACE, Hasty(folder))
    while True:
        try:
            has_done = await dispatcher.due() or await courier.step()
        except DBAPIError as error:
            # As in the heartbeat: what failed now is tried again in a moment.
            append(folder / "failed", " ".join(str(error.orig).split()))
            has_done = False
        if not has_done:
            await asyncio.sleep(0.05)


class Hasty(Platform):
    """Between showing a message and the courier's mark there is little time to die, but some."""

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        line = {"delivery": outgoing.delivery, "key": outgoing.key, "edit": outgoing.receipt is not None}
        append(self.shown, json.dumps(line))
        await asyncio.sleep(random.random() * 0.002)
        return outgoing.receipt or Receipt(outgoing.address.handle, (outgoing.delivery,))

    async def find(self, delivery: str, address: Address) -> Receipt | None:
        wanted = f'"delivery": "{delivery}"'.encode()
        found = self.shown.exists() and wanted in self.shown.read_bytes()
        return Receipt(address.handle, (delivery,)) if found else None


class Crew:
    """So many processes at work; whoever is killed is replaced at once."""

    def __init__(self, folder: Path, url: str, memory: mmap.mmap, size: int) -> None:
        self._start = (folder, url, memory)
        self._children = [self._forked() for _ in range(size)]

    def _forked(self) -> int:
        child = os.fork()
        if child:
            return child
        try:
            random.seed()
            asyncio.run(live(*self._start))
        except Exception:  # noqa: BLE001  # whatever it is, it is to be seen before this process goes
            traceback.print_exc()
        finally:
            os._exit(1)

    def kill_one(self) -> None:
        """At random, without a warning; fails if it had ended by itself."""
        place = random.randrange(len(self._children))
        status = self._end(self._children[place])
        self._children[place] = self._forked()
        if status != signal.SIGKILL:
            sys.exit(f"a process ended by itself, with status {status}")

    def end(self) -> None:
        """All of them; fails if one had ended by itself."""
        statuses = [self._end(child) for child in self._children]
        self._children = []
        if set(statuses) != {signal.SIGKILL}:
            sys.exit(f"a process ended by itself: {statuses}")

    @staticmethod
    def _end(child: int) -> int:
        os.kill(child, signal.SIGKILL)  # one that has ended is still there until it is waited for
        return os.waitpid(child, 0)[1]


@contextmanager
def crew(folder: Path, url: str, memory: mmap.mmap, size: int) -> Iterator[Crew]:
    """A crew that is gone afterwards, whatever happened."""
    made = Crew(folder, url, memory, size)
    try:
        yield made
    finally:
        made.end()


def tick(
    shown: PlatformReader, clock: SharedClock, at_work: Crew, rhythms: int, days: int, kills: int
) -> int:
    """Let the days pass, killing somebody now and then; returns how many were killed."""
    moments = sorted(random.sample(range(1, rhythms * days), kills))
    killed = 0
    for day in range(days):
        clock.set(FIRST + day * timedelta(days=1))
        before, last_change, steps = -1, time.monotonic(), 0
        while True:
            count = shown.look()
            while killed < kills and count >= moments[killed]:
                at_work.kill_one()
                killed += 1
            if count >= rhythms * (day + 1):
                break
            if count != before:
                before, last_change, steps = count, time.monotonic(), 0
            elif time.monotonic() - last_change > STILL * (steps + 1):
                # Only now, or a lease would end while whoever holds it is still at work.
                clock.set(clock.now() + STEP)
                steps += 1
            if steps > STEPS_AT_MOST:
                sys.exit(f"day {day}: only {count - rhythms * day} of {rhythms} prompts")
            time.sleep(0.003)
    return killed


async def faults(url: str, shown: PlatformReader, rhythms: int, days: int) -> list[str]:
    """What is missing, doubled, or written down otherwise than as posted."""
    wanted = {
        f"rhythm:{number}:{(FIRST + day * timedelta(days=1)).date()}"
        for number in range(1, rhythms + 1)
        for day in range(days)
    }
    found = [f"lost: {sorted(wanted - shown.keys.keys())[:5]}"] * bool(wanted - shown.keys.keys())
    found += [f"never due: {sorted(shown.keys.keys() - wanted)[:5]}"] * bool(shown.keys.keys() - wanted)
    doubled = [key for key, times in shown.keys.items() if times > 1]
    found += [f"doubled: {doubled[:5]}"] * bool(doubled)
    units = Units(open_engine(url))
    outcomes: Counter[str] = Counter()
    async with units.read() as session:
        repository = Rhythms(session, 1)
        for one in await repository.all():
            for outcome, count in (await repository.counts(one.id)).items():
                outcomes[outcome.value] += count
    await units.close()
    if outcomes != {"posted": rhythms * days}:
        found.append(f"written down: {dict(outcomes)}")
    return found


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    processes, kills, rhythms, days = map(int, sys.argv[3:7])
    seed = int(sys.argv[7]) if len(sys.argv) > 7 else random.randrange(1_000_000)
    random.seed(seed)
    asyncio.run(prepare(url, rhythms))
    memory = mmap.mmap(-1, 8)
    clock, shown = SharedClock(memory), PlatformReader(folder)
    clock.set(NOW)
    with crew(folder, url, memory, processes) as at_work:
        killed = tick(shown, clock, at_work, rhythms, days, kills)
        time.sleep(0.5)
        shown.look()
    sys.stdout.write(
        f"seed {seed}: {sum(shown.keys.values())} shown, {killed} killed, {shown.looked_up} looked up\n"
    )
    if found := asyncio.run(faults(url, shown, rhythms, days)):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
