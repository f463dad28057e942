"""The steps that a heartbeat, a rehearsal and the local page all run: settled, and played through time."""

from datetime import timedelta

import pytest

from bot.runner import Runner
from facilitation.core.values.clock import VirtualClock
from storage.unit import Units
from tests.features.community import begin, channel_messages, make_community
from tests.testbed import Testbed


@pytest.fixture
async def bed(sqlite_units: Units, clock: VirtualClock) -> Testbed:
    bed = await make_community(sqlite_units, clock)
    await begin(bed, recap="")
    return bed


async def test_settling_says_all_that_waits_and_returns_what_comes_next(bed: Testbed) -> None:
    steps = Runner(bed.dispatcher, bed.courier)
    assert await steps.settle() == bed.clock.now() + timedelta(minutes=5), "the desk, at nine"
    assert [post.card.title for post in bed.posts] == ["Hello"]
    assert await steps.settle() == await steps.next_at()
    assert len(bed.posts) == 1


async def test_everything_due_on_the_way_happens_at_its_own_time(bed: Testbed) -> None:
    steps = Runner(bed.dispatcher, bed.courier)
    seen: list[str] = []
    end = bed.clock.now() + timedelta(days=14)
    await steps.play(bed.clock, end, lambda at: seen.append(f"{at:%d %H:%M}"))
    assert [f"{post.at:%d %H:%M}" for post in channel_messages(bed, "desk")] == ["02 09:00", "09 09:00"]
    assert "02 09:00" in seen
    assert "09 09:00" in seen
    assert bed.clock.now() == end


async def test_playing_to_now_only_settles(bed: Testbed) -> None:
    steps = Runner(bed.dispatcher, bed.courier)
    now = bed.clock.now()
    await steps.play(bed.clock, now)
    assert bed.clock.now() == now
    assert len(bed.posts) == 1


async def test_a_silent_community_has_nothing_to_do(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await make_community(sqlite_units, clock)
    steps = Runner(bed.dispatcher, bed.courier)
    assert await steps.settle() is None
    assert await steps.next_at() is None
