"""The workers of a running bot: each is woken by commits, and none waits for what another one waits for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import workers as running
from bot.workers import Workers
from facilitation.core.execution.effect_store import store_effects
from facilitation.core.platforms.surface import OutgoingMessage, Receipt
from facilitation.core.values.cards import Channel
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.events import MessagePosted
from facilitation.core.values.speech import card
from facilitation.core.workers import courier as couriers
from facilitation.core.workers import worker
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import FEATURES, running_community
from tests.testbed import RecordingSurface, Testbed


class HangingSurface(RecordingSurface):
    """A surface whose calls to some places never return until they are let go."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.hanging: set[str] = set()
        self.waiting = 0
        self.go = asyncio.Event()

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        if outgoing.address.handle in self.hanging:
            self.waiting += 1
            await self.go.wait()
        return await super().deliver(outgoing)


@pytest.fixture
async def bed(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    bed = await running_community(sqlite_units, clock, features=FEATURES)
    bed.surface = HangingSurface(clock)
    bed.courier.connect(bed.space, bed.surface)
    return bed


def hanging(bed: Testbed) -> HangingSurface:
    assert isinstance(bed.surface, HangingSurface)
    return bed.surface


@asynccontextmanager
async def at_work(bed: Testbed) -> AsyncIterator[Workers]:
    workers = Workers(bed.dispatcher, bed.courier)
    workers.start()
    try:
        yield workers
    finally:
        hanging(bed).go.set()
        await workers.stop()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.005)


async def post(bed: Testbed, *places: str, name: str = "") -> None:
    """Store a post to each of these channels, as a handler would."""
    community = await bed.community()
    async with bed.units.write() as session:
        effects: Effects = [
            Post(Channel(1, place), card("", f"{name or place}"), f"coordination:test:{place}:{name}")
            for place in places
        ]
        await store_effects(
            session, bed.dispatcher.registry, community, "coordination", effects, bed.clock.now()
        )


def words(bed: Testbed) -> list[str]:
    return [one.words for one in bed.posts]


async def test_a_commit_wakes_the_courier(bed: Testbed) -> None:
    async with at_work(bed):
        await post(bed, "general")
        await until(lambda: words(bed) == ["general"])


async def test_a_call_that_hangs_holds_up_its_own_lane_alone(bed: Testbed) -> None:
    hanging(bed).hanging = {"general"}
    async with at_work(bed):
        await post(bed, "general")
        await until(lambda: hanging(bed).waiting == 1)
        await post(bed, "general", name="second")
        await post(bed, "help", "introductions")
        await until(lambda: sorted(words(bed)) == ["help", "introductions"])
        await bed.dispatcher.receive(
            bed.space, MessagePosted(bed.clock.now(), "help", "m1", "marek", text="please beat")
        )
        await post(bed, "help", name="later")
        await until(lambda: "later" in words(bed))
        hanging(bed).go.set()
        await until(lambda: words(bed)[-2:] == ["general", "second"])


async def test_a_space_in_which_every_call_hangs_leaves_room_for_others(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "UNDER_WAY_PER_SPACE", 2)
    hanging(bed).hanging = {"general", "help", "introductions"}
    async with at_work(bed):
        await post(bed, "general", "help", "introductions", "desk")
        await until(lambda: hanging(bed).waiting >= 2)
        await asyncio.sleep(0.05)
        hanging(bed).go.set()
        bed.clock.advance(timedelta(seconds=2))
        await post(bed, "desk", name="wake")
        await until(lambda: {"general", "help", "introductions", "desk", "wake"} <= set(words(bed)))


async def test_stopping_waits_for_a_send_that_is_under_way(bed: Testbed) -> None:
    hanging(bed).hanging = {"general"}
    workers = Workers(bed.dispatcher, bed.courier)
    workers.start()
    await post(bed, "general")
    await until(lambda: hanging(bed).waiting == 1)
    stopping = asyncio.create_task(workers.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    hanging(bed).go.set()
    await asyncio.wait_for(stopping, 20)
    assert words(bed) == ["general"]


async def test_stopping_does_not_wait_for_ever_and_the_message_is_looked_up_next_time(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "STOP_TIMEOUT", timedelta(seconds=0.05))
    hanging(bed).hanging = {"general"}
    workers = Workers(bed.dispatcher, bed.courier)
    workers.start()
    await post(bed, "general")
    await until(lambda: hanging(bed).waiting == 1)
    await asyncio.wait_for(workers.stop(), 20)
    assert words(bed) == []
    hanging(bed).hanging = set()
    await bed.courier.take_over()
    bed.clock.advance(timedelta(minutes=1))
    await bed.settle()
    assert words(bed) == ["general"]


async def state_of(bed: Testbed, key: str) -> str:
    async with bed.units.read() as session:
        found = await orm_of(session).scalar(select(OutboxRow.state).where(OutboxRow.key == key))
    return found or ""


async def until_state(bed: Testbed, key: str, state: str) -> None:
    async with asyncio.timeout(20):
        while await state_of(bed, key) != state:  # noqa: ASYNC110  # likewise
            await asyncio.sleep(0.005)


async def test_after_its_time_a_message_is_in_doubt_and_a_late_answer_still_counts(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "ATTEMPT_TIMEOUT", timedelta(milliseconds=20))
    hanging(bed).hanging = {"general"}
    async with at_work(bed):
        await post(bed, "general")
        await until_state(bed, "coordination:test:general:", "in_doubt")
        bed.clock.advance(timedelta(minutes=1))
        await post(bed, "help")
        await until(lambda: words(bed) == ["help"])
        hanging(bed).go.set()
        await until_state(bed, "coordination:test:general:", "sent")
    assert words(bed) == ["help", "general"]


async def test_a_message_that_cannot_be_judged_stops_no_other(bed: Testbed) -> None:
    async with at_work(bed):
        on_work, bed.units.on_work = bed.units.on_work, lambda _: None
        await post(bed, "general", "help")
        async with bed.units.write() as session:
            broken = update(OutboxRow).where(OutboxRow.key == "coordination:test:general:")
            await orm_of(session).execute(broken.values(card="{"))
        bed.units.on_work = on_work
        await post(bed, "introductions")
        await until(lambda: sorted(words(bed)) == ["help", "introductions"])
    assert await state_of(bed, "coordination:test:general:") == "waiting"


async def test_a_step_that_fails_is_tried_again(bed: Testbed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER", timedelta(milliseconds=10))
    failures = [RuntimeError("the database is away")] * 3
    dispatch = bed.courier.dispatch

    async def failing() -> int:
        if failures:
            raise failures.pop()
        return await dispatch()

    monkeypatch.setattr(bed.courier, "dispatch", failing)
    async with at_work(bed):
        await post(bed, "general")
        await until(lambda: words(bed) == ["general"])
    assert failures == []


async def test_what_another_process_committed_is_found_by_the_beat(bed: Testbed) -> None:
    async with at_work(bed) as workers:
        on_work, bed.units.on_work = bed.units.on_work, lambda _: None
        await post(bed, "general")
        await asyncio.sleep(0.05)
        assert words(bed) == []
        bed.units.on_work = on_work
        await workers.wake_for_pending()
        await until(lambda: words(bed) == ["general"])
