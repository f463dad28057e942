"""The outbox: once per key, in order within a lane, and never twice where the outcome is unknown."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from storage.engine import open_engine
from storage.outbox import (
    DeliveryRecord,
    Letter,
    Outbox,
    OutboxRow,
    claim,
    failures,
    mark_sending,
    next_send,
    prune,
)
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import Setting, claimed, post, setting

MINUTE = timedelta(minutes=1)
LEASE = 2 * MINUTE
WEEK = timedelta(days=7)


async def say(units: Units, there: Setting, *keys: str, **columns: Any) -> None:
    async with units.write() as session:
        for key in keys:
            assert await post(session, there, key, **columns)


async def sent(units: Units, letter: Letter, *messages: str, at: datetime = NOW, place: str = "C1") -> None:
    async with units.write() as session:
        await DeliveryRecord(session, letter).sent(place, messages or (f"m-{letter.key}",), at)


async def states(units: Units) -> dict[str, str]:
    async with units.read() as session:
        return {row.key: row.state for row in await orm_of(session).scalars(select(OutboxRow))}


def keys(letters: list[Letter]) -> list[str]:
    return [letter.key for letter in letters]


# once ------------------------------------------------------------------------------------------------


async def test_a_key_is_said_once(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        assert await post(session, there, "hello", card='"first"')
        assert not await post(session, there, "hello", card='"second"')
    letters = await claimed(units)
    assert [(letter.key, letter.card) for letter in letters] == [("hello", '"first"')]
    await sent(units, letters[0])
    async with units.write() as session:
        assert not await post(session, there, "hello")
    assert await claimed(units) == []


async def test_two_communities_may_use_the_same_key(units: Units) -> None:
    here, there = await setting(units), await setting(units, community="Other")
    async with units.write() as session:
        assert await post(session, here, "hello", lane="a")
        assert await post(session, there, "hello", lane="b")
    assert {letter.community for letter in await claimed(units)} == {here.community, there.community}


async def test_what_was_claimed_is_not_claimed_again_while_it_is_on_its_way(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    assert len(await claimed(units)) == 1
    assert await claimed(units, NOW + MINUTE) == []


async def test_two_processes_never_claim_the_same_message_nor_two_of_one_lane(postgres_url: str) -> None:
    one, other = Units(open_engine(postgres_url)), Units(open_engine(postgres_url))
    there = await setting(one)
    for lane in range(8):
        await say(one, there, *(f"{lane}-{number}" for number in range(4)), lane=f"lane {lane}")
    order: list[str] = []
    travelling: set[str] = set()

    async def work(units: Units) -> None:
        while len(order) < 32:
            letters = await claimed(units, limit=3)
            assert not travelling & {letter.lane for letter in letters}
            travelling.update(letter.lane for letter in letters)
            await asyncio.sleep(0.001)
            for letter in letters:
                order.append(letter.key)
                travelling.remove(letter.lane)
                await sent(units, letter)

    async with asyncio.timeout(20):
        await asyncio.gather(*(work(units) for units in (one, other) for _ in range(2)))
    assert sorted(order) == sorted(f"{lane}-{number}" for lane in range(8) for number in range(4))
    for lane in range(8):
        assert [key for key in order if key.startswith(f"{lane}-")] == [f"{lane}-{n}" for n in range(4)]
    await one.close()
    await other.close()


# lanes -----------------------------------------------------------------------------------------------


async def test_only_the_head_of_a_lane_may_go(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "a1", "a2", lane="a")
    await say(units, there, "b1", lane="b")
    first = await claimed(units)
    assert keys(first) == ["a1", "b1"]
    assert await claimed(units) == []
    await sent(units, first[0])
    assert keys(await claimed(units)) == ["a2"]


async def test_who_has_to_try_again_keeps_the_place_in_the_lane(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "first", "second")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).again(NOW + MINUTE, "busy")
    assert await claimed(units) == []
    assert keys(await claimed(units, NOW + MINUTE)) == ["first"]


async def test_who_is_held_blocks_nobody_behind(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "held", "free")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).hold(NOW + MINUTE, "quiet hours")
    assert keys(await claimed(units)) == ["free"]


async def test_of_a_lane_with_two_that_may_go_only_one_goes(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "held", "head")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).hold(NOW, "a moment")
    assert keys(await claimed(units)) == ["held"]


async def test_a_busy_lane_delays_no_other(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "a", lane="busy")
    await say(units, there, "b", lane="free")
    assert keys(await claimed(units, busy=["busy"])) == ["b"]
    assert keys(await claimed(units)) == ["a"]


async def test_what_is_given_up_lets_the_next_go(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "first", "second")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).give_up("closed", expired=False)
        assert await failures(session) == [("Guild", "first", "closed")]
    assert keys(await claimed(units)) == ["second"]


async def test_a_long_reason_is_cut_and_not_refused(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).give_up("E" * 400 + "\0", expired=False)
        assert await failures(session) == [("Guild", "hello", "E" * 300)]


async def test_the_oldest_go_first_and_no_more_than_asked_for(units: Units) -> None:
    there = await setting(units)
    for number in range(6):
        await say(units, there, str(number), lane=str(number))
    assert keys(await claimed(units, limit=4)) == ["0", "1", "2", "3"]
    assert keys(await claimed(units, limit=4)) == ["4", "5"]


# time ------------------------------------------------------------------------------------------------


async def test_the_next_time_is_that_of_the_earliest_head(units: Units) -> None:
    there = await setting(units)
    async with units.read() as session:
        assert await next_send(session, ()) is None
    await say(units, there, "first", "second", lane="a")
    await say(units, there, "third", lane="b")
    first, third = await claimed(units)
    async with units.write() as session:
        await DeliveryRecord(session, first).again(NOW + 5 * MINUTE, "busy")
        await DeliveryRecord(session, third).hold(NOW + 3 * MINUTE, "night")
        assert await next_send(session, ()) == NOW + 3 * MINUTE
        await DeliveryRecord(session, third).give_up("stale", expired=True)
        assert await next_send(session, ()) == NOW + 5 * MINUTE


async def test_nothing_goes_before_its_time(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello", at=NOW + MINUTE)
    assert await claimed(units, NOW) == []
    assert keys(await claimed(units, NOW + MINUTE)) == ["hello"]


async def test_after_its_lease_a_message_nobody_spoke_of_is_in_doubt(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    letter = (await claimed(units))[0]
    assert (letter.state, letter.tries) == ("waiting", 0)
    assert await claimed(units, NOW + LEASE) == []
    again = (await claimed(units, NOW + LEASE + timedelta(seconds=1)))[0]
    assert (again.state, again.tries, again.delivery) == ("in_doubt", 1, letter.delivery)


async def test_a_message_in_doubt_keeps_its_lane_shut(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "first", "second")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        await DeliveryRecord(session, letter).again(NOW + MINUTE, "lost", in_doubt=True)
    assert await claimed(units) == []
    again = await claimed(units, NOW + MINUTE)
    assert [(letter.key, letter.state) for letter in again] == [("first", "in_doubt")]


# changes ---------------------------------------------------------------------------------------------


async def test_a_message_revised_while_it_is_sent_goes_out_again(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello", card='"old"')
    letter = (await claimed(units))[0]
    async with units.write() as session:
        assert await Outbox(session, there.community).revise("hello", '"new"', NOW, WEEK)
    await sent(units, letter, "m1")
    again = (await claimed(units))[0]
    assert (again.card, again.receipt, again.revision, again.sent_revision) == ('"new"', "m1", 2, 1)
    await sent(units, again, "m1")
    assert await states(units) == {"hello": "sent"}


async def test_a_message_that_was_said_is_changed_where_it_stands(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    await sent(units, (await claimed(units))[0], "m1", "m2")
    async with units.write() as session:
        assert await Outbox(session, there.community).revise("hello", '"new"', NOW + MINUTE, WEEK)
    assert await claimed(units, NOW) == []
    again = (await claimed(units, NOW + MINUTE))[0]
    assert (again.card, again.receipt_place, again.receipt) == ('"new"', "C1", "m1\nm2")


async def test_a_message_revised_before_it_is_said_is_said_once_as_it_should_be(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello", card='"old"')
    async with units.write() as session:
        assert await Outbox(session, there.community).revise("hello", '"new"', NOW, WEEK)
    letter = (await claimed(units))[0]
    assert letter.card == '"new"'
    await sent(units, letter)
    assert await claimed(units) == []


async def test_a_revision_does_not_make_an_unsaid_message_live_longer(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello", stale=2 * MINUTE)
    async with units.write() as session:
        await Outbox(session, there.community).revise("hello", '"new"', NOW + MINUTE, WEEK)
    assert (await claimed(units, NOW + MINUTE))[0].expires_at == NOW + 2 * MINUTE


async def test_what_is_withdrawn_before_it_was_said_is_claimed_as_such(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    async with units.write() as session:
        assert await Outbox(session, there.community).withdraw("hello", NOW, WEEK)
    letter = (await claimed(units))[0]
    assert letter.withdrawn
    assert not letter.receipt


async def test_what_is_withdrawn_or_given_up_or_unknown_cannot_be_changed(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "gone", lane="a")
    await say(units, there, "failed", lane="b")
    failed = next(letter for letter in await claimed(units) if letter.key == "failed")
    async with units.write() as session:
        outbox = Outbox(session, there.community)
        await DeliveryRecord(session, failed).give_up("closed", expired=False)
        assert await outbox.withdraw("gone", NOW, WEEK)
        assert not await outbox.revise("gone", '"new"', NOW, WEEK)
        assert not await outbox.withdraw("gone", NOW, WEEK)
        assert not await outbox.revise("failed", '"new"', NOW, WEEK)
        assert not await outbox.revise("never said", '"new"', NOW, WEEK)


async def test_a_change_to_a_held_message_does_not_wake_it(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    letter = (await claimed(units))[0]
    async with units.write() as session:
        outbox = Outbox(session, there.community)
        await DeliveryRecord(session, letter).hold(NOW + MINUTE, "night")
        await outbox.revise("hello", '"new"', NOW, WEEK)
    assert await claimed(units) == []
    assert (await claimed(units, NOW + MINUTE))[0].card == '"new"'


# what stands where -----------------------------------------------------------------------------------


async def test_a_message_is_found_again_by_any_of_its_parts(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    await sent(units, (await claimed(units))[0], "m1", "m2")
    async with units.write() as session:
        outbox = Outbox(session, there.community)
        assert await outbox.key_at(there.space, "C1", "m1") == "hello"
        assert await outbox.key_at(there.space, "C1", "m2") == "hello"
        assert await outbox.key_at(there.space, "C1", "m") is None
        assert await outbox.key_at(there.space, "C2", "m1") is None
        assert await outbox.receipt("hello") == (there.space, "C1", "m1")
        await outbox.withdraw("hello", NOW, WEEK)
        assert await outbox.key_at(there.space, "C1", "m1") is None


async def test_what_was_not_said_has_no_receipt(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")
    async with units.read() as session:
        outbox = Outbox(session, there.community)
        assert await outbox.receipt("hello") is None
        assert await outbox.receipt("never") is None
        assert await outbox.is_open("hello")
        assert not await outbox.is_open("never")


async def test_a_message_is_open_until_it_is_said_or_given_up(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello", "later", lane="a")
    letter = (await claimed(units))[0]
    async with units.read() as session:
        assert await Outbox(session, there.community).is_open("hello")
    await sent(units, letter)
    async with units.write() as session:
        outbox = Outbox(session, there.community)
        assert not await outbox.is_open("hello")
        await outbox.revise("hello", '"new"', NOW, WEEK)
        assert not await outbox.is_open("hello")
        assert await outbox.is_open("later")


async def test_a_conversation_once_opened_is_known_for_its_lane(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "one", "two", lane="group:pair")
    await sent(units, (await claimed(units))[0], place="G77")
    async with units.read() as session:
        outbox = Outbox(session, there.community)
        assert await outbox.opened("group:pair") == "G77"
        assert await outbox.opened("group:other") is None


# budget ----------------------------------------------------------------------------------------------


async def test_the_budget_counts_what_a_member_got_unasked_in_the_last_week(units: Units) -> None:
    there = await setting(units)
    ines, marek = there.members["ines"], there.members["marek"]
    for key, member, nudge, at in (
        ("long ago", ines, "welcome", NOW - timedelta(days=8)),
        ("this week", ines, "welcome", NOW - timedelta(days=6)),
        ("asked for", ines, "", NOW),
        ("someone else", marek, "welcome", NOW),
    ):
        await say(units, there, key, member=member, nudge=nudge, lane=key, at=at)
        await sent(units, (await claimed(units, at))[0], at=at)
    await say(units, there, "not said yet", member=ines, nudge="help", lane="x")
    async with units.read() as session:
        outbox = Outbox(session, there.community)
        assert len(await outbox.nudges_since(ines, NOW - WEEK)) == 1
        assert len(await outbox.nudges_since(ines, NOW - timedelta(days=9))) == 2
        assert len(await outbox.nudges_since(marek, NOW - WEEK)) == 1


async def test_a_changed_message_counts_once_and_when_it_was_first_said(units: Units) -> None:
    there = await setting(units)
    ines = there.members["ines"]
    await say(units, there, "hello", member=ines, nudge="welcome")
    await sent(units, (await claimed(units))[0])
    later = NOW + timedelta(days=8)
    async with units.write() as session:
        await Outbox(session, there.community).revise("hello", '"new"', later, WEEK)
    await sent(units, (await claimed(units, later))[0], at=later)
    async with units.read() as session:
        assert len(await Outbox(session, there.community).nudges_since(ines, NOW)) == 1
        assert len(await Outbox(session, there.community).nudges_since(ines, later - WEEK)) == 0


# retention -------------------------------------------------------------------------------------------


async def test_only_what_is_settled_is_forgotten(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "said", "waiting")
    await sent(units, (await claimed(units))[0])
    async with units.write() as session:
        await prune(session, NOW)
    assert await states(units) == {"said": "sent", "waiting": "waiting"}
    async with units.write() as session:
        await prune(session, NOW + MINUTE)
    assert await states(units) == {"waiting": "waiting"}


async def test_a_claim_undone_leaves_the_message_for_the_next(units: Units) -> None:
    there = await setting(units)
    await say(units, there, "hello")

    async def die() -> None:
        async with units.write() as session:
            letters = await claim(session, NOW, [], 20)
            await mark_sending(session, [(letters[0], there.space)], NOW + LEASE)
            raise ConnectionError

    with suppress(ConnectionError):
        await die()
    assert [(letter.key, letter.tries) for letter in await claimed(units)] == [("hello", 0)]
