"""The intake: stored once, in groups, before anybody acknowledges, and only what is our business."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import (
    ChannelFacts,
    Event,
    MemberJoined,
    MessageEdited,
    MessagePosted,
    Profile,
    ReactionAdded,
    SpaceRef,
)
from facilitation.core.workers.intake import Intake
from storage.communities import AccountRow, Directory, People
from storage.diary import DiaryRow, DiaryState
from storage.engine import open_engine
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.core.delivery import DeliveryTestbed, make_delivery_testbed
from tests.testbed import CHANNELS, SPACE, make_testbed


def message(
    number: int | str, who: str = "ines", place: str = "general", text: str = "hello", **more: Any
) -> MessagePosted:
    return MessagePosted(NOW, place, str(number), who, text, **more)


async def stored(units: Units, *columns: Any) -> Sequence[Any]:
    wanted = columns or (DiaryRow.key,)
    async with units.read() as session:
        rows = await orm_of(session).execute(select(*wanted).order_by(DiaryRow.key))
        return [row[0] if len(wanted) == 1 else tuple(row) for row in rows]


@pytest.fixture
async def here(units: Units, clock: VirtualClock) -> DeliveryTestbed:
    return await make_delivery_testbed(units, clock)


@pytest.fixture
async def silent(units: Units, clock: VirtualClock) -> Intake:
    """The intake of a house whose community has not begun."""
    return (await make_testbed(units, clock, [])).dispatcher.intake


# in groups -------------------------------------------------------------------------------------------


async def test_what_is_heard_is_stored_when_hearing_returns(here: DeliveryTestbed) -> None:
    await here.bed.dispatcher.receive(SPACE, message(1))
    assert await stored(here.bed.units) == ["general:1"]


async def test_what_comes_together_is_stored_together(here: DeliveryTestbed) -> None:
    commits = 0

    def count(_: Any) -> None:
        nonlocal commits
        commits += 1

    await here.bed.dispatcher.receive(SPACE, message("warm up"))
    engine = here.bed.units.engine.sync_engine
    event.listen(engine, "commit", count)
    await asyncio.gather(*(here.bed.dispatcher.receive(SPACE, message(number)) for number in range(120)))
    event.remove(engine, "commit", count)
    assert len(await stored(here.bed.units)) == 121
    assert commits == 1


async def test_more_than_a_group_is_stored_too(here: DeliveryTestbed) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(*(here.bed.dispatcher.receive(SPACE, message(number)) for number in range(1100)))
    assert len(await stored(here.bed.units)) == 1100


async def test_a_double_vanishes(here: DeliveryTestbed) -> None:
    intake = here.bed.dispatcher.intake
    assert await intake.commit(SPACE, [message(1), message(2), message(1)]) == 2
    assert await intake.commit(SPACE, [message(2), message(3)]) == 1
    await asyncio.gather(*(here.bed.dispatcher.receive(SPACE, message(3)) for _ in range(10)))
    assert await stored(here.bed.units) == ["general:1", "general:2", "general:3"]


async def test_two_processes_that_hear_the_same_store_it_once(postgres_url: str, clock: VirtualClock) -> None:
    units = [Units(open_engine(postgres_url)) for _ in range(2)]
    await make_delivery_testbed(units[0], clock)
    intakes = [Intake(one, Registry([]), clock) for one in units]
    group = [message(number) for number in range(300)]
    counts = await asyncio.gather(
        intakes[0].commit(SPACE, group), intakes[1].commit(SPACE, list(reversed(group)))
    )
    assert sum(counts) == 300
    for one in units:
        await one.close()


@pytest.mark.parametrize("text", ["a \ud800 b", "a \x00 b"], ids=["half a character", "a zero byte"])
async def test_one_that_cannot_be_stored_sinks_no_other(here: DeliveryTestbed, text: str) -> None:
    sent = [message(1), message(2, text=text), message(3)]
    results = await asyncio.gather(
        *(here.bed.dispatcher.receive(SPACE, one) for one in sent), return_exceptions=True
    )
    assert results[0] is None
    assert results[2] is None
    keys = await stored(here.bed.units)
    assert {"general:1", "general:3"} <= set(keys)
    assert ("general:2" in keys) is (results[1] is None), "its sender must hear what became of it"


async def test_two_spaces_do_not_wait_for_each_others_trouble(here: DeliveryTestbed) -> None:
    unknown = SpaceRef("page", "nowhere")
    bad = message(1, text="\ud800")
    results = await asyncio.gather(
        here.bed.dispatcher.receive(unknown, message(7)),
        here.bed.dispatcher.receive(SPACE, bad),
        here.bed.dispatcher.receive(SPACE, message(2)),
        return_exceptions=True,
    )
    assert results[0] is None
    assert isinstance(results[1], Exception)
    assert await stored(here.bed.units) == ["general:2"]


async def test_a_sender_who_gave_up_leaves_nobody_waiting(here: DeliveryTestbed) -> None:
    bad = asyncio.create_task(here.bed.dispatcher.receive(SPACE, message(1, text="\ud800")))
    good = asyncio.create_task(here.bed.dispatcher.receive(SPACE, message(2)))
    await asyncio.sleep(0)
    bad.cancel()
    async with asyncio.timeout(3):
        await good


async def test_a_change_while_the_map_is_read_is_not_missed(
    units: Units, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed = await make_testbed(units, clock, [])
    reading, go_on = asyncio.Event(), asyncio.Event()
    original = Directory.member_accounts

    async def slow(self: Directory, space: int) -> Any:
        reading.set()
        await go_on.wait()
        return await original(self, space)

    monkeypatch.setattr(Directory, "member_accounts", slow)
    first = asyncio.create_task(bed.dispatcher.intake.commit(SPACE, [message(1)]))
    await reading.wait()
    monkeypatch.undo()
    await bed.begin()  # which makes the intake forget
    go_on.set()
    await first
    assert await bed.dispatcher.intake.commit(SPACE, [message(2)]) == 1


# whose business it is --------------------------------------------------------------------------------


async def test_before_it_begins_nothing_of_a_community_is_kept(units: Units, silent: Intake) -> None:
    assert await silent.commit(SPACE, [message(1), ReactionAdded(NOW, "general", "1", "ines", "tada")]) == 0
    assert await stored(units) == []


async def test_an_archive_is_kept_even_before_it_begins(units: Units, silent: Intake) -> None:
    assert await silent.commit(SPACE, [message(1)], history=True) == 1
    assert await stored(units, DiaryRow.state, DiaryRow.body, DiaryRow.excerpt) == [
        (DiaryState.DIGESTED, None, "hello")
    ]


async def test_talk_in_a_private_channel_that_is_no_home_is_not_kept(here: DeliveryTestbed) -> None:
    intake = here.bed.dispatcher.intake
    assert await intake.commit(SPACE, [message(1, place="desk")]) == 0
    assert await intake.commit(SPACE, [message(1, place="desk")], history=True) == 0
    assert await stored(here.bed.units) == []


@pytest.mark.parametrize("begun", [True, False])
async def test_an_edit_of_what_is_not_kept_is_not_kept(
    units: Units, clock: VirtualClock, begun: bool
) -> None:
    bed = await make_testbed(units, clock, [])
    if begun:
        await bed.begin()
    place = "desk" if begun else "general"
    await bed.dispatcher.intake.commit(SPACE, [MessageEdited(NOW, place, "1", "a secret")])
    assert not [body for body in await stored(units, DiaryRow.body) if body and "secret" in body]


async def test_of_an_unknown_space_nothing_is_kept(here: DeliveryTestbed) -> None:
    assert await here.bed.dispatcher.intake.commit(SpaceRef("page", "nowhere"), [message(1)]) == 0


async def test_talk_belongs_to_the_community_whose_home_it_is_in(units: Units, clock: VirtualClock) -> None:
    channels = [ChannelFacts(name, name) for name in CHANNELS]
    here = await make_delivery_testbed(units, clock, channels=channels)
    async with units.write() as session:
        space = await Directory(session).space("page", "T1")
        assert space is not None
        other = await Directory(session).put_community("Circle", space.id)
        spots = await People(session, other.id).spots()
        await People(session, other.id).settle([spot.id for spot in spots if spot.name == "help"])
        await People(session, other.id).begin(clock.now())
    here.bed.dispatcher.intake.invalidate()
    await here.bed.dispatcher.intake.commit(SPACE, [message(1), message(2, place="help")])
    ours = (await here.bed.community()).id
    assert await stored(units, DiaryRow.key, DiaryRow.community_id) == [
        ("general:1", ours),
        ("help:2", other.id),
    ]


# who is told -----------------------------------------------------------------------------------------


async def test_what_no_feature_wants_to_hear_is_stored_as_done(units: Units, clock: VirtualClock) -> None:
    feature = Feature("ears", "For tests")

    @feature.on(MessagePosted, when=lambda message: message.question)
    async def hear_question(context: EventContext) -> list[Any]:
        return []

    here = await make_delivery_testbed(units, clock, features=[feature])
    await here.bed.dispatcher.intake.commit(SPACE, [message(1), message(2, question=True)])
    rows = await stored(units, DiaryRow.key, DiaryRow.state)
    assert rows == [("general:1", DiaryState.DIGESTED), ("general:2", DiaryState.FRESH)]
    quiet, loud = await stored(units, DiaryRow.body)
    assert quiet is None
    assert '"question":true' in loud


async def test_somebody_nobody_told_us_about_is_taken_in_when_they_speak(here: DeliveryTestbed) -> None:
    await here.bed.receive(message(1, who="zoe"))
    assert (await here.bed.member("zoe")).name == "zoe"
    await here.bed.receive(MemberJoined(NOW + timedelta(seconds=1), Profile("zoe", "Zoe")))
    assert (await here.bed.member("zoe")).name == "Zoe"


async def test_a_join_changes_the_map_and_does_not_read_it_again(
    here: DeliveryTestbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed, reads = here.bed, 0
    await bed.dispatcher.receive(SPACE, message(0))
    load_map = bed.dispatcher.intake._load_map

    async def counted(space: SpaceRef) -> Any:
        nonlocal reads
        reads += 1
        return await load_map(space)

    monkeypatch.setattr(bed.dispatcher.intake, "_load_map", counted)
    for number in range(3):
        await bed.dispatcher.receive(SPACE, MemberJoined(NOW, Profile(f"new{number}", f"New {number}")))
        await bed.settle()
        await bed.dispatcher.receive(SPACE, message(number + 1, f"new{number}"))
        assert not bed.dispatcher.intake.is_relevant(SPACE, message(9, f"new{number}")), "they are a member"
    assert reads == 0
    rows = await stored(bed.units, DiaryRow.key, DiaryRow.state)
    assert all(state == DiaryState.DIGESTED for _, state in rows)


async def test_nobody_who_was_not_stored_stays_in_the_map(
    here: DeliveryTestbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = here.bed.dispatcher.intake

    async def fail(*_: object) -> int:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "_write", fail)
        with pytest.raises(ConnectionError):
            await intake.receive(SPACE, message(1, "stranger"))
    await intake.receive(SPACE, message(1, "stranger"))
    async with here.bed.units.read() as session:
        query = select(AccountRow.id).where(AccountRow.handle == "stranger")
        assert await orm_of(session).scalar(query) is not None


async def test_no_feature_hears_of_what_an_archive_tells(units: Units, clock: VirtualClock) -> None:
    received: list[Event] = []
    feature = Feature("ears", "For tests")

    @feature.on(MessagePosted)
    async def listen(context: EventContext) -> list[Any]:
        received.append(context.event)
        return []

    here = await make_delivery_testbed(units, clock, features=[feature])
    await here.bed.dispatcher.intake.commit(SPACE, [message(1)], history=True)
    await here.settle()
    assert received == []
    await here.bed.receive(message(2))
    assert [one.key for one in received] == ["general:2"]
