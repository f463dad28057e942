"""The agenda: one row per thing, handled once, by whoever claims it."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from storage import agenda as agendas
from storage.agenda import Agenda, Entry
from storage.engine import open_engine
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import setting

HOUR = timedelta(hours=1)


async def put(units: Units, community: int, key: str, at: datetime = NOW, args: str = "{}") -> None:
    async with units.write() as session:
        await Agenda(session, community).put(key, "room.ask", args, at)


async def claim(units: Units, at: datetime = NOW) -> Entry | None:
    async with units.write() as session:
        return await agendas.claim(session, at)


async def next_due(units: Units) -> datetime | None:
    async with units.read() as session:
        return await agendas.next_due(session)


async def test_what_is_due_is_claimed_the_longest_due_first(units: Units) -> None:
    there = await setting(units)
    for key, at in (("later", NOW + HOUR), ("second", NOW), ("first", NOW - HOUR)):
        await put(units, there.community, key, at, f'{{"key":"{key}"}}')
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        assert entry[1:] == (there.community, "first", "room.ask", '{"key":"first"}', NOW - HOUR, 0, 0, False)
        await Agenda(session, there.community).finish(entry)
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        assert entry.key == "second"
        await Agenda(session, there.community).finish(entry)
        assert await agendas.claim(session, NOW) is None
        assert await agendas.claim(session, NOW + HOUR) is not None


async def test_planned_again_a_thing_has_one_date_the_new_one(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap", NOW, '{"week":1}')
    await put(units, there.community, "recap", NOW + HOUR, '{"week":2}')
    assert await claim(units, NOW) is None
    entry = await claim(units, NOW + HOUR)
    assert entry is not None
    assert (entry.args, entry.due_at, entry.revision) == ('{"week":2}', NOW + HOUR, 1)


async def test_two_communities_may_plan_under_the_same_key(units: Units) -> None:
    here, there = await setting(units), await setting(units, community="Other")
    await put(units, here.community, "recap", NOW)
    await put(units, there.community, "recap", NOW + HOUR)
    async with units.write() as session:
        assert await Agenda(session, here.community).when("recap") == NOW
        await Agenda(session, here.community).clear("recap")
        assert await Agenda(session, here.community).when("recap") is None
        assert await Agenda(session, there.community).when("recap") == NOW + HOUR


async def test_a_handler_can_plan_its_own_key_anew(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        agenda = Agenda(session, there.community)
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await agenda.put("recap", "room.ask", "{}", NOW + HOUR)
        await agenda.finish(entry)
        assert await agenda.when("recap") == NOW + HOUR


async def test_a_handler_can_cancel_its_own_key_and_plan_it_anew(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        agenda = Agenda(session, there.community)
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await agenda.clear("recap")
        await agenda.put("recap", "room.ask", "{}", NOW + HOUR)
        await agenda.finish(entry)
        assert await agenda.when("recap") == NOW + HOUR


async def test_what_is_handled_is_gone(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await Agenda(session, there.community).finish(entry)
    assert await claim(units, NOW + 1000 * HOUR) is None
    assert await next_due(units) is None


async def test_a_retry_waits_and_leaves_the_date_itself_alone(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await Agenda(session, there.community).failed(entry, "ValueError: no", NOW + HOUR)
    assert await claim(units, NOW) is None
    assert await next_due(units) == NOW + HOUR
    again = await claim(units, NOW + HOUR)
    assert again is not None
    assert (again.due_at, again.tries, again.revision) == (NOW, 1, 0)
    async with units.read() as session:
        assert await Agenda(session, there.community).when("recap") == NOW


async def test_what_is_set_aside_is_shown_to_the_operator_and_never_claimed(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await Agenda(session, there.community).failed(entry, "E" * 400 + "\0", None)
    async with units.read() as session:
        assert await agendas.set_aside(session) == [("Guild", "recap", "E" * 300)]
    assert await claim(units, NOW + 1000 * HOUR) is None
    assert await next_due(units) is None


async def test_planned_anew_what_was_set_aside_begins_afresh(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await Agenda(session, there.community).failed(entry, "no", None)
    await put(units, there.community, "recap", NOW + HOUR)
    entry = await claim(units, NOW + HOUR)
    assert entry is not None
    assert entry.tries == 0
    async with units.read() as session:
        assert await agendas.set_aside(session) == []


async def test_an_error_with_zero_bytes_can_be_written_down(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")
    async with units.write() as session:
        entry = await agendas.claim(session, NOW)
        assert entry is not None
        await Agenda(session, there.community).failed(entry, "bad\0text", None)
        assert await agendas.set_aside(session) == [("Guild", "recap", "badtext")]


async def test_a_clock_set_back_makes_nothing_due_twice_and_loses_nothing(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "a", NOW)
    await put(units, there.community, "b", NOW + HOUR)
    async with units.write() as session:
        entry = await agendas.claim(session, NOW + 2 * HOUR)
        assert entry is not None
        await Agenda(session, there.community).finish(entry)
    assert await claim(units, NOW - HOUR) is None
    later = await claim(units, NOW + HOUR)
    assert later is not None
    assert later.key == "b"


async def test_two_processes_never_claim_the_same_entry(postgres_url: str) -> None:
    one, other = Units(open_engine(postgres_url)), Units(open_engine(postgres_url))
    there = await setting(one)
    for number in range(30):
        await put(one, there.community, f"{number:02}")
    handled: list[str] = []

    async def work(units: Units) -> None:
        while True:
            async with units.write() as session:
                entry = await agendas.claim(session, NOW)
                if entry is None:
                    return
                await asyncio.sleep(0.002)
                handled.append(entry.key)
                await Agenda(session, entry.community).finish(entry)

    await asyncio.gather(*(work(units) for units in (one, other) for _ in range(3)))
    assert sorted(handled) == [f"{number:02}" for number in range(30)]
    await one.close()
    await other.close()


async def test_an_entry_claimed_by_a_process_that_died_is_free_again(units: Units) -> None:
    there = await setting(units)
    await put(units, there.community, "recap")

    async def die() -> None:
        async with units.write() as session:
            assert await agendas.claim(session, NOW) is not None
            raise ConnectionError

    with suppress(ConnectionError):
        await die()
    assert await claim(units) is not None


async def test_an_id_is_never_given_out_twice(units: Units) -> None:
    there = await setting(units)
    ids = set()
    for _ in range(3):
        await put(units, there.community, "recap")
        entry = await claim(units)
        assert entry is not None
        ids.add(entry.id)
        async with units.write() as session:
            await Agenda(session, there.community).clear("recap")
    assert len(ids) == 3
