"""Units of work: nothing is lost, nothing half done, nobody starves."""

import asyncio
import sqlite3
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import engine
from storage.communities import CommunityRow, SpaceRow
from storage.engine import is_sqlite, open_engine
from storage.session import orm_of
from storage.unit import Session, Units, is_collision
from tests.storage.arranging import setting


@pytest.fixture
def sqlite_path(sqlite_url: str) -> Path:
    path = engine.file_of(sqlite_url)
    assert path is not None
    return path


async def names(session: Session) -> list[str]:
    return list(await orm_of(session).scalars(select(SpaceRow.name).order_by(SpaceRow.name)))


def space(name: str) -> SpaceRow:
    return SpaceRow(platform="page", handle=name, name=name)


async def test_none_of_160_concurrent_changes_is_lost(units: Units) -> None:
    there = await setting(units)
    row = select(CommunityRow.recap_day).where(CommunityRow.id == there.community)

    async def add_one() -> None:
        async with units.write() as session:
            before = await orm_of(session).scalar(row.with_for_update())
            await asyncio.sleep(0)
            await orm_of(session).execute(update(CommunityRow).values(recap_day=(before or 0) + 1))

    async with units.write() as session:
        await orm_of(session).execute(update(CommunityRow).values(recap_day=0))
    await asyncio.gather(*(add_one() for _ in range(160)))

    async with units.read() as session:
        assert await orm_of(session).scalar(row) == 160


async def test_on_sqlite_even_changes_without_a_lock_lose_nothing(sqlite_url: str) -> None:
    units = Units(open_engine(sqlite_url, durable=False))
    await setting(units)

    async def add_one() -> None:
        async with units.write() as session:
            before = (await orm_of(session).scalars(select(CommunityRow.recap_day))).one()
            await asyncio.sleep(0)
            await orm_of(session).execute(update(CommunityRow).values(recap_day=before + 1))

    await asyncio.gather(*(add_one() for _ in range(160)))
    async with units.read() as session:
        assert (await orm_of(session).scalars(select(CommunityRow.recap_day))).one() == 4 + 160
    await units.close()


async def test_while_another_process_writes_the_loop_goes_on(sqlite_url: str, sqlite_path: Path) -> None:
    units = Units(open_engine(sqlite_url, on_loop_thread=True, durable=False))
    await setting(units)
    steps = 0

    async def write() -> None:
        async with units.write() as session:
            orm_of(session).add(space("after"))

    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(write())
    while steps < 10:
        await asyncio.sleep(0.01)
        steps += 1
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing
    async with units.read() as session:
        assert "after" in await names(session)
    await units.close()


async def test_who_writes_for_too_long_is_not_waited_for(
    sqlite_url: str, sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT_FOR_WRITER", 0.1)
    units = Units(open_engine(sqlite_url, on_loop_thread=True, durable=False))
    await setting(units)
    other = sqlite3.connect(sqlite_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError, match="locked"):
        async with units.write() as session:
            await names(session)
    other.close()
    await units.close()


async def test_two_gates_on_one_sqlite_file_lose_no_change(sqlite_url: str) -> None:
    ours, theirs = (Units(open_engine(sqlite_url, durable=False)) for _ in range(2))
    await setting(ours)

    async def add_one(units: Units) -> None:
        async with units.write() as session:
            before = (await orm_of(session).scalars(select(CommunityRow.recap_day))).one()
            await asyncio.sleep(0)
            await orm_of(session).execute(update(CommunityRow).values(recap_day=before + 1))

    await asyncio.gather(*(add_one(units) for units in (ours, theirs) for _ in range(20)))
    async with ours.read() as session:
        assert (await orm_of(session).scalars(select(CommunityRow.recap_day))).one() == 4 + 40
    await ours.close()
    await theirs.close()


async def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_unfinished(units: Units) -> None:
    async with units.write() as writing:
        orm_of(writing).add(space("half done"))
        await orm_of(writing).flush()
        async with asyncio.timeout(2), units.read() as reading:
            assert await names(reading) == []
    async with units.read() as reading:
        assert await names(reading) == ["half done"]


async def test_a_reader_sees_one_state_of_the_database_however_long_it_reads(units: Units) -> None:
    async with units.read() as reading:
        assert await names(reading) == []
        async with units.write() as writing:
            orm_of(writing).add(space("new"))
        assert await names(reading) == []


async def test_a_writer_does_not_wait_for_a_reader(units: Units) -> None:
    async with units.read() as reading:
        await names(reading)
        async with asyncio.timeout(2), units.write() as writing:
            orm_of(writing).add(space("meanwhile"))


async def test_an_error_undoes_the_whole_unit(units: Units) -> None:
    async def fail() -> None:
        async with units.write() as session:
            orm_of(session).add(space("never"))
            await orm_of(session).flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with units.read() as session:
        assert await names(session) == []


async def test_a_unit_cut_off_leaves_nothing_and_lets_the_next_begin(units: Units) -> None:
    inside = asyncio.Event()

    async def stuck() -> None:
        async with units.write() as session:
            orm_of(session).add(space("never"))
            await orm_of(session).flush()
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5), units.write() as session:
        orm_of(session).add(space("next"))
    async with units.read() as session:
        assert await names(session) == ["next"]


async def test_what_a_reader_changes_by_mistake_is_not_kept(units: Units) -> None:
    try:
        async with units.read() as session:
            orm_of(session).add(space("never"))
            await orm_of(session).flush()
    except DBAPIError as error:
        assert "read-only" in str(error)  # noqa: PT017  # PostgreSQL says so, SQLite merely forgets
    async with units.read() as session:
        assert await names(session) == []


async def test_writers_on_sqlite_go_in_the_order_in_which_they_came(sqlite_url: str) -> None:
    units = Units(open_engine(sqlite_url, durable=False))
    order: list[int] = []

    async def write(number: int) -> None:
        async with units.write() as session:
            await orm_of(session).execute(text("SELECT 1"))
            order.append(number)

    async def write_often(number: int) -> None:
        for _ in range(3):
            await write(number)

    await asyncio.gather(*(write_often(number) for number in range(8)))
    assert order == list(range(8)) * 3
    await units.close()


async def test_many_at_once_all_get_a_connection(units: Units) -> None:
    async def read() -> None:
        async with units.read() as session:
            await names(session)

    async with asyncio.timeout(20):
        await asyncio.gather(*(read() for _ in range(100)))


async def test_a_doubled_key_is_a_collision(units: Units) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with units.write() as session:
            orm_of(session).add_all([space("same"), space("same")])
    assert is_collision(caught.value)
    assert not is_collision(ZeroDivisionError())


async def test_a_deadlock_is_a_collision(postgres_url: str) -> None:
    units = Units(open_engine(postgres_url))
    async with units.write() as session:
        orm_of(session).add_all([space("a"), space("b")])
    met = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> BaseException | None:
        try:
            async with units.write() as session:
                for name in (first, second):
                    await orm_of(session).execute(
                        update(SpaceRow).where(SpaceRow.handle == name).values(name="x")
                    )
                    if name == first:
                        await met.wait()
        except DBAPIError as error:
            return error
        return None

    errors = [e for e in await asyncio.gather(lock("a", "b"), lock("b", "a")) if e]
    assert len(errors) == 1
    assert is_collision(errors[0])
    await units.close()


async def test_only_postgresql_is_shared_by_processes(units: Units) -> None:
    assert units.shared is not is_sqlite(units.engine.url)


async def test_times_of_day_survive_the_trip(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await orm_of(session).execute(update(CommunityRow).values(quiet_from=time(21, 30)))
    async with units.read() as session:
        row = await orm_of(session).get(CommunityRow, there.community)
        assert row is not None
        assert row.quiet_from == time(21, 30)


async def test_a_long_read_leaves_the_loop_to_others(sqlite_url: str) -> None:
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)"
    slow = f"{counting} SELECT count(*) FROM n"
    units = Units(open_engine(sqlite_url, on_loop_thread=True), reader=open_engine(sqlite_url))
    await setting(units)
    steps = 0

    async def step() -> None:
        nonlocal steps
        while True:
            steps += 1
            await asyncio.sleep(0)

    stepping = asyncio.create_task(step())
    async with units.read(is_long=True) as session:
        before = steps
        assert await orm_of(session).scalar(text(slow)) == 3_000_000
        assert steps > before + 10
    async with units.read() as session:
        before = steps
        await orm_of(session).scalar(text(slow))
        assert steps <= before + 2
    stepping.cancel()
    await units.close()
