"""The diary: once per natural key, digested in order, forgotten in time."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from facilitation.core.features.registry import Registry
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Event, MemberJoined, MessagePosted, Profile, SpaceRef
from facilitation.core.workers.intake import Intake
from storage import diary as diaries
from storage.base import micros
from storage.communities import ChannelRow
from storage.diary import (
    KEEP_EXCERPTS,
    KEEP_FACTS,
    DailyCountRow,
    Diary,
    DiaryRow,
    DiaryState,
    Entry,
    HistoryEntry,
    claim_space,
    prune,
    set_aside,
)
from storage.engine import open_engine
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import Setting, entry, fresh, past, setting, settled


async def write(units: Units, space: int, *entries: Entry, at: datetime = NOW) -> int:
    async with units.write() as session:
        return await Diary(session, space).write(entries, at)


async def rows(units: Units, *columns: Any) -> Sequence[Any]:
    async with units.read() as session:
        return [tuple(row) for row in await orm_of(session).execute(select(*columns).order_by(DiaryRow.key))]


async def prune_all(units: Units, now: datetime, limit: int = 20_000) -> int:
    touched = 0
    while True:
        async with units.write() as session:
            step = await prune(session, now, limit=limit)
        if not step:
            return touched
        touched += step


# writing ---------------------------------------------------------------------------------------------


async def test_what_is_told_twice_is_stored_once(units: Units) -> None:
    there = await setting(units)
    assert await write(units, there.space, entry("a", excerpt="first"), entry("b")) == 2
    assert await write(units, there.space, entry("a", excerpt="second"), entry("c")) == 1
    assert await rows(units, DiaryRow.key, DiaryRow.excerpt) == [("a", "first"), ("b", None), ("c", None)]


async def test_a_double_within_one_group_counts_once(units: Units) -> None:
    there = await setting(units)
    assert await write(units, there.space, entry("a"), entry("b"), entry("a")) == 2


async def test_nothing_to_write_is_nothing_written(units: Units) -> None:
    there = await setting(units)
    assert await write(units, there.space) == 0


async def test_a_message_of_the_past_comes_back_as_it_was_written_and_once(units: Units) -> None:
    there = await setting(units)
    told = past(
        "general:1",
        there.community,
        there.channels["general"],
        thread="0",
        refers_to="9",
        author_id=there.accounts["ines"],
        reply=1,
        question=1,
        links=2,
        reactions=3,
        excerpt="Olá 👋 'quoted' %s %d \\ {}",
    )
    other = past("general:2", there.community, there.channels["general"])
    async with units.write() as session:
        diary = Diary(session, there.space)
        assert await diary.write_past([told, other], NOW) == 2
        assert await diary.write_past([told, other], NOW) == 0
        assert await diary.write_past([], NOW) == 0
        assert await diary.fresh(10) == []
    async with units.read() as session:
        row = (await orm_of(session).scalars(select(DiaryRow).where(DiaryRow.key == "general:1"))).one()
        assert {name: getattr(row, name) for name in HistoryEntry._fields if name != "at"} == {
            name: value for name, value in told._asdict().items() if name != "at"
        }
        assert (row.at, row.kind, row.state, row.body, row.tries) == (
            NOW,
            "posted",
            DiaryState.DIGESTED,
            None,
            0,
        )


async def test_two_spaces_may_use_the_same_key(units: Units) -> None:
    here, there = await setting(units), await setting(units, space="T2", community="Other")
    assert await write(units, here.space, entry("a")) == 1
    assert await write(units, there.space, entry("a")) == 1


@pytest.mark.parametrize("many", [499, 500, 501, 1203])
async def test_the_count_is_right_however_many_statements_it_takes(units: Units, many: int) -> None:
    there = await setting(units)
    old = [entry(f"{number:05}") for number in range(0, many, 3)]
    assert await write(units, there.space, *old) == len(old)
    everything = [entry(f"{number:05}") for number in range(many)]
    assert await write(units, there.space, *everything) == many - len(old)


async def test_every_column_comes_back_as_it_was_written(units: Units) -> None:
    there = await setting(units)
    at = datetime(2026, 3, 1, 7, 0, 0, 123_456, tzinfo=UTC)
    written = Entry(
        community_id=there.community,
        key="general:1",
        kind="posted",
        at=micros(at),
        state=DiaryState.FRESH,
        channel_id=there.channels["general"],
        message="1",
        thread="0",
        refers_to="9",
        author_id=there.accounts["ines"],
        reply=True,
        question=True,
        links=2,
        reactions=3,
        excerpt="Olá 👋 'quoted' %s \\ {}",
        body='{"type":"posted"}',
    )
    await write(units, there.space, written)
    async with units.read() as session:
        row = (await orm_of(session).scalars(select(DiaryRow))).one()
        found = {name: getattr(row, name) for name in Entry._fields if name != "at"}
        assert (row.at, row.stored_at, row.tries) == (at, NOW, 0)
    assert found == {name: value for name, value in written._asdict().items() if name != "at"}


async def test_two_replicas_can_write_the_same_group_in_different_order(postgres_url: str) -> None:
    one, other = Units(open_engine(postgres_url)), Units(open_engine(postgres_url))
    there = await setting(one)
    group = [entry(f"{number:04}") for number in range(800)]
    stored = await asyncio.gather(
        write(one, there.space, *group), write(other, there.space, *reversed(group))
    )
    assert sum(stored) == 800
    await one.close()
    await other.close()


# digesting -------------------------------------------------------------------------------------------


async def test_fresh_pages_come_in_order_of_arrival_and_only_from_this_space(units: Units) -> None:
    here, there = await setting(units), await setting(units, space="T2", community="Other")
    later, earlier = NOW, NOW - timedelta(days=1)
    await write(units, here.space, fresh("z", later), entry("quiet"), fresh("a", earlier))
    await write(units, there.space, fresh("foreign"))
    await write(units, here.space, fresh("m"))
    async with units.write() as session:
        diary = Diary(session, here.space)
        pages = await diary.fresh(10)
        first_two = await diary.fresh(2)
    keys = dict(await rows(units, DiaryRow.id, DiaryRow.key))
    arrived = [keys[page.id] for page in pages]
    assert sorted(arrived[:2]) == ["a", "z"]  # one group; within it the databases may differ
    assert arrived[2:] == ["m"]
    assert first_two == pages[:2]


async def test_what_is_digested_keeps_its_facts_and_loses_its_body(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, fresh("a", excerpt="words", links=2), fresh("b"))
    async with units.write() as session:
        diary = Diary(session, there.space)
        await diary.digested([(await diary.fresh(1))[0].id])
    assert await rows(
        units, DiaryRow.key, DiaryRow.state, DiaryRow.body, DiaryRow.excerpt, DiaryRow.links
    ) == [
        ("a", DiaryState.DIGESTED, None, "words", 2),
        ("b", DiaryState.FRESH, "{}", None, 0),
    ]


async def test_what_failed_stays_first_until_it_is_set_aside_for_the_operator(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, fresh("a"))
    await write(units, there.space, fresh("b"))
    async with units.write() as session:
        diary = Diary(session, there.space)
        first, second = await diary.fresh(10)
        await diary.failed(first.id, give_up=False)
        assert [(page.id, page.tries) for page in await diary.fresh(10)] == [(first.id, 1), (second.id, 0)]
        await diary.failed(first.id, give_up=True)
        assert [page.id for page in await diary.fresh(10)] == [second.id]
        assert await set_aside(session) == [(there.space, "a", NOW)]


async def test_a_space_is_claimed_while_it_has_fresh_pages(units: Units) -> None:
    here = await setting(units)
    there = await setting(units, space="T2", community="Other")
    await write(units, here.space, entry("old"))
    await write(units, there.space, fresh("new"))
    async with units.write() as session:
        assert await claim_space(session) == there.space
        diary = Diary(session, there.space)
        await diary.digested([page.id for page in await diary.fresh(10)])
        assert await claim_space(session) is None


async def test_spaces_take_turns(units: Units) -> None:
    here, there = await setting(units), await setting(units, space="T2", community="Other")
    for space in (here.space, there.space):
        await write(units, space, fresh("first"))
        await write(units, space, fresh("second"))
    claimed: list[int] = [0]
    async with units.write() as session:
        for _ in range(4):
            found = await claim_space(session, claimed[-1])
            assert found is not None
            await Diary(session, found).digested([page.id for page in await Diary(session, found).fresh(1)])
            claimed.append(found)
    assert claimed[1:] == [here.space, there.space, here.space, there.space]


async def test_two_replicas_claim_different_spaces(postgres_url: str) -> None:
    units = Units(open_engine(postgres_url))
    here, there = await setting(units), await setting(units, space="T2", community="Other")
    await write(units, here.space, fresh("a"))
    await write(units, there.space, fresh("b"))
    async with units.write() as one, units.write() as other, units.write() as third:
        assert await claim_space(one) == here.space
        assert await claim_space(other) == there.space
        assert await claim_space(third) is None
    await units.close()


async def test_the_intake_does_not_wait_for_a_digest_nor_hide_fresh_pages_from_it(postgres_url: str) -> None:
    units = Units(open_engine(postgres_url))
    there = await setting(units)
    await write(units, there.space, fresh("a"))
    async with asyncio.timeout(5):
        async with units.write() as digesting:
            assert await claim_space(digesting) == there.space
            assert await write(units, there.space, fresh("b")) == 1
        async with units.write() as taking_in:
            await Diary(taking_in, there.space).write([fresh("c")], NOW)
            async with units.write() as digesting:
                assert await claim_space(digesting) == there.space
    await units.close()


# changes ---------------------------------------------------------------------------------------------


async def test_an_edited_message_shows_its_new_words(units: Units) -> None:
    there = await setting(units)
    await write(
        units, there.space, entry("a", author_id=there.accounts["ines"], excerpt="old", links=1), entry("b")
    )
    async with units.write() as session:
        await Diary(session, there.space).amend("a", excerpt="n" * 300, links=0, question=True)
    columns = (DiaryRow.key, DiaryRow.excerpt, DiaryRow.links, DiaryRow.question)
    assert await rows(units, *columns) == [("a", "n" * 200, 0, True), ("b", None, 0, False)]


async def test_a_deleted_message_leaves_nothing(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, entry("a", excerpt="secret"), entry("b"))
    async with units.write() as session:
        await Diary(session, there.space).drop("a")
    assert await rows(units, DiaryRow.key) == [("b",)]


async def test_who_is_forgotten_leaves_only_counts(units: Units) -> None:
    there = await setting(units)
    ines, marek = there.accounts["ines"], there.accounts["marek"]
    await write(
        units,
        there.space,
        entry("a", author_id=ines, excerpt="mine", reply=True, links=2),
        entry("b", author_id=marek, excerpt="his"),
    )
    async with units.write() as session:
        await Diary(session, there.space).unauthored([ines])
    columns = (DiaryRow.key, DiaryRow.author_id, DiaryRow.excerpt, DiaryRow.reply, DiaryRow.links)
    assert await rows(units, *columns) == [("a", None, None, True, 2), ("b", marek, "his", False, 0)]


async def test_an_edit_does_not_bring_back_the_words_of_who_was_forgotten(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, entry("a", author_id=there.accounts["ines"], excerpt="mine"))
    async with units.write() as session:
        diary = Diary(session, there.space)
        await diary.unauthored([there.accounts["ines"]])
        await diary.amend("a", excerpt="mine again", links=0, question=False)
    assert await rows(units, DiaryRow.excerpt) == [(None,)]


async def test_forgetting_someone_leaves_the_digest_no_page_without_a_body(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, fresh("a", author_id=there.accounts["ines"]))
    async with units.write() as session:
        diary = Diary(session, there.space)
        await diary.unauthored([there.accounts["ines"]])
        assert await diary.fresh(10) == []


# retention -------------------------------------------------------------------------------------------


def kept(there: Setting, key: str, at: datetime = NOW, **columns: Any) -> Entry:
    ours = {"community_id": there.community, "channel_id": there.channels["general"]}
    return entry(key, at, **(ours | columns))


async def test_excerpts_go_after_35_days_and_not_before(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, kept(there, "a", excerpt="words", links=1))
    assert await prune_all(units, NOW + KEEP_EXCERPTS) == 0
    assert await rows(units, DiaryRow.excerpt) == [("words",)]
    assert await prune_all(units, NOW + KEEP_EXCERPTS + timedelta(seconds=1)) == 1
    assert await rows(units, DiaryRow.excerpt, DiaryRow.links) == [(None, 1)]


async def test_a_page_never_digested_is_not_left_without_a_body(units: Units) -> None:
    there = await setting(units)
    await write(
        units, there.space, fresh("a", community_id=there.community, channel_id=there.channels["general"])
    )
    await prune_all(units, NOW + KEEP_EXCERPTS + timedelta(days=1))
    assert await rows(units, DiaryRow.state, DiaryRow.body) == [(DiaryState.DIGESTED, None)]


async def test_after_thirteen_months_a_day_is_only_counts(units: Units) -> None:
    there = await setting(units)
    day, next_day = NOW, NOW + timedelta(days=1)
    await write(
        units,
        there.space,
        kept(there, "a", day, links=2, reactions=1),
        kept(there, "b", day, reply=True, question=True),
        kept(there, "c", day, kind="reacted"),
        kept(there, "d", day, kind="joined"),
        kept(there, "e", day, kind="edited"),
        kept(there, "f", next_day),
        kept(there, "g", day, channel_id=there.channels["help"]),
        entry("h", day),
    )
    assert await prune_all(units, NOW + KEEP_FACTS) == 0
    assert await prune_all(units, NOW + KEEP_FACTS + timedelta(seconds=1)) == 8
    assert await rows(units, DiaryRow.key) == []
    general, help_ = there.channels["general"], there.channels["help"]
    async with units.read() as session:
        found = {
            (row.channel_id, row.day): (
                row.messages,
                row.replies,
                row.questions,
                row.links,
                row.reactions,
                row.joins,
            )
            for row in await orm_of(session).scalars(select(DailyCountRow))
        }
        until = {row.id: row.pruned_until for row in await orm_of(session).scalars(select(ChannelRow))}
    assert found == {
        (general, date(2026, 3, 2)): (2, 1, 1, 2, 2, 1),
        (general, date(2026, 3, 3)): (1, 0, 0, 0, 0, 0),
        (help_, date(2026, 3, 2)): (1, 0, 0, 0, 0, 0),
    }
    assert until == {general: next_day, help_: day}


async def test_small_steps_prune_the_same_as_one(units: Units) -> None:
    there = await setting(units)
    await write(
        units, there.space, *(kept(there, f"{n:02}", NOW + timedelta(hours=n), links=n) for n in range(25))
    )
    assert await prune_all(units, NOW + KEEP_FACTS + timedelta(seconds=1), limit=4) == 25
    async with units.read() as session:
        counted = [
            (row.day, row.messages, row.links)
            for row in await orm_of(session).scalars(select(DailyCountRow).order_by(DailyCountRow.day))
        ]
    assert counted == [(date(2026, 3, 2), 16, sum(range(16))), (date(2026, 3, 3), 9, sum(range(16, 25)))]


async def test_retention_counts_from_the_storing_not_from_the_event(units: Units) -> None:
    there = await setting(units)
    await write(units, there.space, kept(there, "a", NOW - timedelta(days=3650), excerpt="old talk"))
    assert await prune_all(units, NOW + timedelta(days=34)) == 0
    assert await rows(units, DiaryRow.excerpt) == [("old talk",)]


# archives --------------------------------------------------------------------------------------------

SPACE = SpaceRef("page", "T1")
LONG_AGO = datetime(2016, 7, 11, 9, tzinfo=UTC)


def archive() -> list[Event]:
    talk: list[Event] = [
        MessagePosted(LONG_AGO + timedelta(hours=n), "general", f"{n:03}", "ines", f"message {n}")
        for n in range(30)
    ]
    return [
        MemberJoined(LONG_AGO, Profile("marek", "Marek"), "general"),
        *talk,
        MessagePosted(
            LONG_AGO + timedelta(hours=99), "help", "last", "marek", "bye", links=("https://x.org",)
        ),
    ]


async def snapshot(units: Units) -> tuple[Any, ...]:
    async with units.read() as session:
        tables = (
            select(DiaryRow.__table__).order_by(DiaryRow.key),
            select(DailyCountRow.__table__).order_by(DailyCountRow.channel_id, DailyCountRow.day),
            select(ChannelRow.__table__).order_by(ChannelRow.id),
        )
        return tuple([[tuple(row) for row in await orm_of(session).execute(table)] for table in tables])


async def test_an_archive_imported_twice_changes_nothing(units: Units, clock: VirtualClock) -> None:
    await setting(units)
    intake = Intake(units, Registry([]), clock)
    assert await intake.commit(SPACE, archive(), history=True) == 32
    before = await snapshot(units)
    clock.advance(timedelta(days=1))
    assert await Intake(units, Registry([]), clock).commit(SPACE, archive(), history=True) == 0
    assert await snapshot(units) == before


async def test_import_prune_import_changes_nothing(units: Units, clock: VirtualClock) -> None:
    await setting(units)
    await Intake(units, Registry([]), clock).commit(SPACE, archive(), history=True)
    for passed, rows_left, counted in ((KEEP_EXCERPTS, 32, 0), (KEEP_FACTS, 0, 31)):
        clock.advance(passed + timedelta(days=1))
        await prune_all(units, clock.now())
        before = await snapshot(units)
        assert await Intake(units, Registry([]), clock).commit(SPACE, archive(), history=True) == 0
        assert await snapshot(units) == before
        diary, daily, _ = before
        assert (len(diary), sum(row[3] for row in daily)) == (rows_left, counted)


async def test_joining_the_whole_space_is_not_imported_again_after_pruning(
    units: Units, clock: VirtualClock
) -> None:
    await setting(units)
    joined = [MemberJoined(LONG_AGO, Profile("marek", "Marek"))]
    await Intake(units, Registry([]), clock).commit(SPACE, joined, history=True)
    clock.advance(KEEP_FACTS + timedelta(days=1))
    await prune_all(units, clock.now())
    assert await Intake(units, Registry([]), clock).commit(SPACE, joined, history=True) == 0


async def test_half_pruned_an_archive_still_changes_nothing(units: Units, clock: VirtualClock) -> None:
    await setting(units)
    await Intake(units, Registry([]), clock).commit(SPACE, archive(), history=True)
    clock.advance(KEEP_FACTS + timedelta(days=1))
    async with units.write() as session:
        assert await prune(session, clock.now(), limit=10) == 10
    before = await snapshot(units)
    assert await Intake(units, Registry([]), clock).commit(SPACE, archive(), history=True) == 0
    assert await snapshot(units) == before


async def test_nothing_set_aside_is_an_empty_list(units: Units) -> None:
    async with units.write() as session:
        await settled(session)
        assert await diaries.set_aside(session) == []
