"""The heartbeat wakes the house and forgets what is past its time; stopped, it finishes what is under way."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot import heartbeat as beating
from bot.app import App
from bot.config import Settings
from bot.heartbeat import Heartbeat
from bot.runner import Runner
from facilitation import recap
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Roster, SpaceLost
from storage.agenda import Agenda, claim
from storage.communities import AccountRow, Directory
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import FEATURES, begin, excerpts, make_community
from tests.testbed import Testbed


@pytest.fixture
async def bed(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    return await make_community(sqlite_units, clock, features=(*FEATURES, recap.feature))


def app_of(bed: Testbed, steps: Any = None) -> App:
    steps = steps or Runner(bed.dispatcher, bed.courier)
    return App(Settings(), bed.clock, bed.units, bed.dispatcher, bed.courier, cast(Runner, steps))


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "BEAT", timedelta(seconds=0.02))


async def test_what_is_due_later_is_done_at_its_time(bed: Testbed) -> None:
    await begin(bed)
    heart = Heartbeat(app_of(bed))
    bed.clock.advance(timedelta(seconds=30))
    heart.start()
    async with asyncio.timeout(20):
        while not bed.posts:  # noqa: ASYNC110  # nothing announces it
            await asyncio.sleep(0.01)
    await heart.stop()
    assert [post.card.title for post in bed.posts] == ["Hello"]


async def test_a_failed_beat_is_no_beat_and_the_next_one_tries_again(bed: Testbed) -> None:
    heart = Heartbeat(app_of(bed))
    first, wake = heart.last_beat, heart.workers.wake_for_pending

    async def fail() -> None:
        raise RuntimeError("the database is away")

    bed.clock.advance(timedelta(seconds=1))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(heart.workers, "wake_for_pending", fail)
        await heart.beat()
    assert heart.last_beat == first
    assert heart.workers.wake_for_pending == wake
    await heart.beat()
    assert heart.last_beat == bed.clock.now()


@pytest.mark.usefixtures("_quick")
async def test_it_beats_by_itself_until_it_is_stopped(bed: Testbed) -> None:
    heart = Heartbeat(app_of(bed))
    beats = 0

    async def count() -> None:
        nonlocal beats
        beats += 1

    with pytest.MonkeyPatch.context() as counted:
        counted.setattr(heart.workers, "wake_for_pending", count)
        heart.start()
        async with asyncio.timeout(20):
            while beats < 3:  # noqa: ASYNC110  # likewise
                await asyncio.sleep(0.01)
        await heart.stop()
        before = beats
        await asyncio.sleep(0.1)
        assert beats == before


async def test_a_lost_space_is_erased_after_thirty_days_and_not_before(bed: Testbed) -> None:
    await bed.receive(SpaceLost(bed.clock.now()))
    heart = Heartbeat(app_of(bed))
    for days, left in ((29, 1), (2, 0)):
        bed.clock.advance(timedelta(days=days))
        await heart.upkeep()
        async with bed.units.read() as session:
            assert len(await Directory(session).spaces()) == left


async def test_a_space_to_which_we_were_invited_again_stays(bed: Testbed) -> None:
    await bed.receive(SpaceLost(bed.clock.now()))
    bed.clock.advance(timedelta(days=20))
    await bed.dispatcher.sync_roster(Roster(bed.space, "Test community"))
    bed.clock.advance(timedelta(days=20))
    await Heartbeat(app_of(bed)).upkeep()
    async with bed.units.read() as session:
        assert await Directory(session).space("page", "T1") is not None


async def test_upkeep_forgets_what_people_wrote_in_time(bed: Testbed) -> None:
    await begin(bed)
    await bed.write("marek", "to be forgotten")
    heart = Heartbeat(app_of(bed))
    bed.clock.advance(timedelta(days=34))
    await heart.upkeep()
    assert await excerpts(bed) == ["to be forgotten"]
    bed.clock.advance(timedelta(days=2))
    await heart.upkeep()
    assert await excerpts(bed) == [""]


async def test_upkeep_lets_the_words_in_what_was_said_go_with_the_excerpts(bed: Testbed) -> None:
    await begin(bed)
    for who in ("marek", "nadia", "kofi"):
        await bed.write(who, f"Something worth catching up on, says {who}")
    bed.clock.advance(timedelta(minutes=1))
    await bed.send("ines", "/coordinate recap post")
    await bed.settle()
    heart = Heartbeat(app_of(bed))

    async def quoted() -> int:
        async with bed.units.read() as session:
            found = await orm_of(session).scalars(
                select(OutboxRow.id).where(OutboxRow.card.contains('"by":'))
            )
            return len(list(found))

    bed.clock.advance(timedelta(days=34))
    await heart.upkeep()
    assert await quoted() == 1
    bed.clock.advance(timedelta(days=2))
    await heart.upkeep()
    assert await quoted() == 0


async def test_upkeep_forgets_what_was_set_aside_after_thirteen_months(bed: Testbed) -> None:
    community = await bed.community()
    heart = Heartbeat(app_of(bed))
    async with bed.units.write() as session:
        agenda = Agenda(session, community.id)
        await agenda.put("stuck", "room.ask", "{}", bed.clock.now())
        entry = await claim(session, bed.clock.now())
        assert entry is not None
        await agenda.failed(entry, "no", None)
        await agenda.put("waits", "room.ask", "{}", bed.clock.now() + timedelta(days=1000))
    for days, kept in ((390, ["stuck", "waits"]), (10, ["waits"])):
        bed.clock.advance(timedelta(days=days))
        await heart.upkeep()
        async with bed.units.read() as session:
            assert [key for key, _, _ in await Agenda(session, community.id).entries()] == kept


async def test_upkeep_that_fails_stops_nothing(bed: Testbed) -> None:
    class Broken:
        def write(self) -> Any:
            raise RuntimeError("the disk is full")

    app = replace(app_of(bed), units=cast(Units, Broken()))
    await Heartbeat(app).upkeep()


async def test_who_was_seen_is_stored_when_it_stops(bed: Testbed) -> None:
    await begin(bed)
    heart = Heartbeat(app_of(bed))
    heart.start()
    assert bed.units.last_seen.unwritten(), "a command was sent"
    await heart.stop()
    assert not bed.units.last_seen.unwritten()
    async with bed.units.read() as session:
        seen = await orm_of(session).scalars(select(AccountRow.seen_at).where(AccountRow.handle == "ines"))
        assert seen.one() == bed.clock.now()


async def test_what_cannot_be_stored_now_is_logged_and_stored_next_time(
    bed: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(bed)
    heart = Heartbeat(app_of(bed))
    with monkeypatch.context() as broken:
        broken.setattr(Directory, "seen", None)
        await heart.write_last_seen()
    assert bed.units.last_seen.unwritten()
    await heart.write_last_seen()
    assert not bed.units.last_seen.unwritten()
