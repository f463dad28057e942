"""The local page's stage: the sample lived through, before its first run, and a real community's history."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.archive.detection import open_archive
from adapters.archive.sample import SampleArchive, sample_archive
from bot import playground, rehearsal
from bot.playground import Playground
from bot.script import load_script
from facilitation.core.platforms.surface import Interaction
from facilitation.core.values.clock import VirtualClock
from tests.bot.exports import MONDAY, WEEKS, handle
from tests.testbed import words_of

Opening = Callable[[Any, VirtualClock, Any], Any]


def opened(archive: Any, opening: Opening) -> Iterator[tuple[asyncio.Runner, Playground]]:
    """A stage that stands while a test module runs, with the loop that it lives on."""
    clock = VirtualClock(next(iter(archive.events())).at)
    with asyncio.Runner() as runner, rehearsal.scratch_app(playground.settings_for(archive), clock) as app:
        yield runner, runner.run(opening(app, clock, archive))
        runner.run(app.close())
    archive.close()


@pytest.fixture(scope="module")
def lived() -> Iterator[tuple[asyncio.Runner, Playground]]:
    """The sample, with its eight weeks as the bot lived them."""
    steps = load_script(playground.SAMPLE_SCRIPT)
    yield from opened(
        sample_archive(),
        lambda app, clock, archive: playground.open_sample(app, clock, archive, steps, silent=False),
    )


@pytest.fixture
def silent() -> Iterator[tuple[asyncio.Runner, Playground]]:
    """The sample before its Begin."""
    yield from opened(
        sample_archive(),
        lambda app, clock, archive: playground.open_sample(app, clock, archive, (), silent=True),
    )


@pytest.fixture
def history(club: Path) -> Iterator[tuple[asyncio.Runner, Playground]]:
    """The small export of the club."""
    yield from opened(open_archive(club), playground.open_history)


def said(backend: Playground) -> list[tuple[str, str]]:
    """What the bot said in places that anybody can see, by place and title."""
    found = []
    for handle_, spot in backend.platform.places.items():
        if spot.kind == "channel":
            talk = backend.platform.messages.in_place(handle_, "nobody")
            found += [(spot.name, one.renderable.card.title) for one in talk if one.renderable is not None]
    return found


def sample() -> SampleArchive:
    return sample_archive()


# The sample, lived through -----------------------------------------------------------------------


def test_it_opens_on_a_monday_at_five_to_nine(lived: tuple[asyncio.Runner, Playground]) -> None:
    _, backend = lived
    local = backend.now().astimezone(ZoneInfo(backend.zone))
    assert (local.weekday(), f"{local:%H:%M}") == (0, "08:55")


def test_twenty_four_people_in_five_zones_talk_in_five_channels(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    _, backend = lived
    assert len(backend.platform.persons()) == 24
    assert len({profile.zone for profile in backend.platform.persons()}) == 5
    assert len([spot for spot in backend.platform.places.values() if spot.kind == "channel"]) == 5


def test_the_bot_said_hello_first_and_a_recap_nearly_every_week(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    _, backend = lived
    posts = said(backend)
    assert posts[0] == ("general", "Hello")
    recaps = [place for place, title in posts if title.startswith("This week")]
    assert len(recaps) >= 6
    assert set(recaps) == {"general"}


def test_there_is_a_coordinator_and_a_newcomer(lived: tuple[asyncio.Runner, Playground]) -> None:
    runner, backend = lived
    statuses = runner.run(backend.statuses())
    assert {who for who, status in statuses.items() if status == "coordinator"} == set(
        sample().community.coordinators
    )
    assert "newcomer" in statuses.values()
    assert len(statuses) < 24, "whoever is missing is a member"


def test_todays_newcomer_has_her_welcome(lived: tuple[asyncio.Runner, Playground]) -> None:
    """Whoever came before has had a part of the journey, and those who answered are told of."""
    _, backend = lived
    talk = backend.platform.messages.in_place("D-halima", "halima")
    titles = [message.renderable.card.title for message in talk if message.renderable]
    assert titles == ["Welcome to The Backfill"]
    told = [
        words_of(one.renderable)
        for one in backend.platform.messages.in_place("coordinators", "ines")
        if one.renderable
    ]
    assert "Mei-Lin Chow would like to learn; in Toronto." in told
    assert "Oskar Nowicki would like to share what they know; in Warsaw." in told
    introduced = [spot for spot in backend.platform.places_of("oskar") if spot.kind == "group"]
    assert len(introduced) == 1


def test_the_menu_on_messages_is_that_of_the_rooms(lived: tuple[asyncio.Runner, Playground]) -> None:
    _, backend = lived
    found = {endpoint.label: endpoint for endpoint in backend.actions}
    assert found["Take back"].coordinators
    assert found["Take back"].on == "bot"
    assert set(found["Take back"].carries) == {"place", "message"}
    assert not found["Save to shelf"].coordinators
    assert found["Save to shelf"].on == "people"


def test_time_moves_when_told_to_and_things_happen_on_the_way(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    runner, backend = lived
    before = len(said(backend))
    end = backend.now() + timedelta(days=7)
    runner.run(backend.advance_to(end))
    assert backend.now() == end
    assert len(said(backend)) > before


# Before the first run ----------------------------------------------------------------------------


def test_before_begin_nothing_was_said_and_the_settings_wait(
    silent: tuple[asyncio.Runner, Playground],
) -> None:
    runner, backend = silent
    assert said(backend) == []
    me = sample().community.coordinators[0]
    interaction = Interaction(backend.platform.space, me, "coordinate", "desk", direct=True)
    answer = runner.run(backend.gateway.handle(interaction))
    assert "We have not begun yet." in words_of(answer)
    runner.run(backend.advance_to(backend.now() + timedelta(days=14)))
    assert said(backend) == []


# A real community --------------------------------------------------------------------------------


def test_a_history_opens_begun_on_the_monday_after_its_last_message(
    history: tuple[asyncio.Runner, Playground],
) -> None:
    runner, backend = history
    local = backend.now().astimezone(ZoneInfo(backend.zone))
    assert (local.weekday(), f"{local:%H:%M}") == (0, "08:55")
    assert backend.now() - (MONDAY + timedelta(weeks=WEEKS)) < timedelta(days=7)
    assert said(backend) == [("general", "Hello")]
    assert runner.run(backend.statuses()) == {handle("ines"): "coordinator"}


def test_what_was_written_in_a_history_is_there_to_read(history: tuple[asyncio.Runner, Playground]) -> None:
    _, backend = history
    texts = [message.text for message in backend.platform.messages.in_place("C0HELP", handle("ines"))]
    assert any("How do you name your tests?" in text for text in texts)
