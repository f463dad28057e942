"""When accounts were last seen: known at once in the process that saw them, stored in batches."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from storage.communities import AccountRow, Directory, OwnershipRow, People
from storage.erasure import person_of
from storage.last_seen import LastSeen
from storage.mentoring import Seeking
from storage.personal_records import PersonalRecords
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import setting

LATER = NOW + timedelta(minutes=1)


def test_the_latest_time_counts() -> None:
    seen = LastSeen()
    seen.note(1, LATER)
    seen.note(1, NOW)
    assert seen.latest(1, None) == LATER
    assert seen.latest(1, NOW) == LATER
    assert seen.latest(1, LATER + timedelta(seconds=1)) == LATER + timedelta(seconds=1)
    assert seen.latest(2, NOW) == NOW
    assert seen.latest(2, None) is None


def test_what_is_noted_while_it_is_written_is_written_next_time() -> None:
    seen = LastSeen()
    seen.note(1, NOW)
    seen.note(2, NOW)
    times = seen.unwritten()
    seen.note(2, LATER)
    seen.written(times)
    assert seen.unwritten() == {2: LATER}


async def stored(units: Units) -> dict[int, object]:
    async with units.read() as session:
        rows = await orm_of(session).execute(
            select(AccountRow.id, AccountRow.seen_at).order_by(AccountRow.id)
        )
        return dict(rows.all())


async def test_many_accounts_are_stored_in_one_statement(units: Units) -> None:
    there = await setting(units)
    ines, marek = there.accounts["ines"], there.accounts["marek"]
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    units.last_seen.note(ines, NOW)
    units.last_seen.note(marek, LATER)
    event.listen(units.engine.sync_engine, "before_cursor_execute", count)
    await units.write_last_seen()
    event.remove(units.engine.sync_engine, "before_cursor_execute", count)
    assert len([one for one in statements if one.startswith("UPDATE")]) == 1
    assert await stored(units) == {ines: NOW, marek: LATER}
    assert units.last_seen.unwritten() == {}


async def test_a_later_time_that_another_process_stored_stays(units: Units) -> None:
    there = await setting(units)
    ines, marek = there.accounts["ines"], there.accounts["marek"]
    async with units.write() as session:
        await Directory(session).seen({ines: LATER})
    units.last_seen.note(ines, NOW)
    units.last_seen.note(marek, NOW)
    await units.write_last_seen()
    assert await stored(units) == {ines: LATER, marek: NOW}


async def test_where_nothing_was_noted_nothing_is_asked_of_the_database(
    units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "write", None)
    await units.write_last_seen()


async def test_what_cannot_be_stored_is_kept(units: Units, monkeypatch: pytest.MonkeyPatch) -> None:
    there = await setting(units)
    units.last_seen.note(there.accounts["ines"], NOW)
    with monkeypatch.context() as broken:
        broken.setattr(Directory, "seen", None)
        with pytest.raises(TypeError):
            await units.write_last_seen()
    assert units.last_seen.unwritten() == {there.accounts["ines"]: NOW}


async def test_a_time_that_is_not_stored_yet_counts_where_it_matters(units: Units) -> None:
    there = await setting(units)
    other = await setting(units, space="T2", community="Other", people=("ines",))
    first, second, member = there.accounts["ines"], other.accounts["ines"], there.members["ines"]
    async with units.write() as session:
        orm_of(session).add(OwnershipRow(account_id=second, community_id=there.community, member_id=member))
        await Directory(session).put_accounts(there.space, [("ines", "Ines", "Europe/Lisbon", True, False)])
        await Directory(session).put_accounts(other.space, [("ines", "Ines", "Asia/Tokyo", True, False)])
        await Directory(session).seen({first: NOW})
    units.last_seen.note(second, LATER)
    async with units.read() as session:
        accounts = await People(session, there.community).accounts(member)
        assert [account.id for account in accounts] == [second, first]
        zones = await Seeking(session, there.community).zones([member])
        assert zones[member][1] == "Asia/Tokyo"
        person = await person_of(session, member)
        shown = await PersonalRecords(session, person).accounts()
        assert [one["last_asked_at"] for one in shown] == [NOW.isoformat(), LATER.isoformat()]
    units.last_seen.note(first, LATER + timedelta(minutes=1))
    async with units.read() as session:
        accounts = await People(session, there.community).accounts(member)
        assert [account.id for account in accounts] == [first, second]
