"""What is due and takes long to work out is worked out in a thread, while the house goes on writing."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest

from facilitation.core.features.feature import Feature
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects
from storage.agenda import Agenda
from storage.communities import People
from storage.unit import Units
from tests.testbed import Testbed, make_testbed

PATIENCE = 30
"""Seconds until a test that waits for nothing gives up."""


class Compute(Command):
    """Think, and say what came of it."""

    fail: bool = False


@dataclass(frozen=True)
class Result:
    """What came of it: in which thread, and how many people there were."""

    thread: int
    people: int


class SlowWork:
    """What the tests look at: whether work has begun, whether it may end, and what was handled."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.handled: list[Result] = []


def make_feature(slow: SlowWork) -> Feature:
    feature = Feature("pondering", "Thinks before it acts")

    @feature.precompute(Compute)
    async def think(command: Compute, due: Due, people: People) -> Callable[[], Awaitable[Result]]:
        """Reads, and leaves the work to a thread."""
        there = len(await people.present())

        def work() -> Result:
            slow.begun.set()
            assert slow.may_end.wait(PATIENCE)
            if command.fail:
                raise ValueError("nothing came of it")
            return Result(threading.get_ident(), there)

        return partial(asyncio.to_thread, work)

    @feature.action(id="pondering.ponder")
    async def ponder(command: Compute, due: Due, thought: Result) -> Effects:
        """Takes what came of it."""
        slow.handled.append(thought)
        return []

    return feature


@pytest.fixture
def slow() -> SlowWork:
    return SlowWork()


@pytest.fixture
async def bed(units: Units, clock: VirtualClock, slow: SlowWork) -> Testbed:
    return await make_testbed(units, clock, [make_feature(slow)], begun=True)


async def plan(bed: Testbed, args: str = "{}") -> None:
    community = await bed.community()
    async with bed.units.write() as session:
        await Agenda(session, community.id).put("ponder", "pondering.ponder", args, bed.clock.now())


async def test_the_house_goes_on_writing_while_it_is_worked_out(bed: Testbed, slow: SlowWork) -> None:
    await plan(bed)
    doing = asyncio.create_task(bed.dispatcher.due())
    assert await asyncio.to_thread(slow.begun.wait, PATIENCE)
    async with asyncio.timeout(PATIENCE), bed.units.write() as session:
        await People(session, (await bed.community()).id).configure(country="PT")
    assert slow.handled == []
    slow.may_end.set()
    assert await doing
    assert [one.people for one in slow.handled] == [5]
    assert slow.handled[0].thread != threading.get_ident()
    assert not await bed.dispatcher.due()


async def test_a_process_that_stops_gives_back_what_it_is_working_out(bed: Testbed, slow: SlowWork) -> None:
    await plan(bed)
    assert await bed.dispatcher.begin_due()
    assert await asyncio.to_thread(slow.begun.wait, PATIENCE)
    assert not await bed.dispatcher.begin_due(), "it is being worked out"
    await bed.dispatcher.abandon_precomputations()
    slow.may_end.set()
    assert await bed.dispatcher.due(), "another process may work it out at once"
    assert [one.people for one in slow.handled] == [5]


async def test_an_error_in_the_work_is_one_of_what_is_due(bed: Testbed, slow: SlowWork) -> None:
    slow.may_end.set()
    await plan(bed, '{"fail": true}')
    assert await bed.dispatcher.due()
    assert slow.handled == []
    assert not await bed.dispatcher.due(), "it is tried again later"
    async with bed.units.read() as session:
        entries = await Agenda(session, (await bed.community()).id).entries()
    assert [key for key, _, _ in entries] == ["ponder"]
