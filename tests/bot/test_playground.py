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


def said(stage: Playground) -> list[tuple[str, str]]:
    """What the bot said in places that anybody can see, by place and title."""
    found = []
    for handle_, spot in stage.square.places.items():
        if spot.kind == "channel":
            talk = stage.square.board.talk(handle_, "nobody")
            found += [(spot.name, one.renderable.card.title) for one in talk if one.renderable is not None]
    return found


def sample() -> SampleArchive:
    return sample_archive()


# The sample, lived through -----------------------------------------------------------------------


def test_it_opens_on_a_monday_at_five_to_nine(lived: tuple[asyncio.Runner, Playground]) -> None:
    _, stage = lived
    local = stage.now().astimezone(ZoneInfo(stage.zone))
    assert (local.weekday(), f"{local:%H:%M}") == (0, "08:55")


def test_twenty_four_people_in_five_zones_talk_in_five_channels(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    _, stage = lived
    assert len(stage.square.persons()) == 24
    assert len({profile.zone for profile in stage.square.persons()}) == 5
    assert len([spot for spot in stage.square.places.values() if spot.kind == "channel"]) == 5


def test_the_bot_said_hello_first_and_a_recap_nearly_every_week(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    _, stage = lived
    posts = said(stage)
    assert posts[0] == ("general", "Hello")
    recaps = [place for place, title in posts if title.startswith("This week")]
    assert len(recaps) >= 6
    assert set(recaps) == {"general"}


def test_there_is_a_coordinator_and_a_newcomer(lived: tuple[asyncio.Runner, Playground]) -> None:
    runner, stage = lived
    standings = runner.run(stage.standings())
    assert {who for who, standing in standings.items() if standing == "coordinator"} == set(
        sample().community.coordinators
    )
    assert "newcomer" in standings.values()
    assert len(standings) < 24, "whoever is missing is a member"


def test_todays_newcomer_has_her_welcome(lived: tuple[asyncio.Runner, Playground]) -> None:
    """Whoever came before has had a part of the journey, and those who answered are told of."""
    _, stage = lived
    talk = stage.square.board.talk("D-halima", "halima")
    titles = [message.renderable.card.title for message in talk if message.renderable]
    assert titles == ["Welcome to The Backfill"]
    told = [
        words_of(one.renderable) for one in stage.square.board.talk("coordinators", "ines") if one.renderable
    ]
    assert "Mei-Lin Chow would like to learn; in Toronto." in told
    assert "Oskar Nowicki would like to share what they know; in Warsaw." in told
    introduced = [spot for spot in stage.square.places_of("oskar") if spot.kind == "group"]
    assert len(introduced) == 1


def test_the_menu_on_messages_is_that_of_the_rooms(lived: tuple[asyncio.Runner, Playground]) -> None:
    _, stage = lived
    found = {endpoint.label: endpoint for endpoint in stage.actions}
    assert found["Take back"].coordinators
    assert found["Take back"].on == "bot"
    assert set(found["Take back"].carries) == {"place", "message"}
    assert not found["Save to shelf"].coordinators
    assert found["Save to shelf"].on == "people"


def test_time_moves_when_told_to_and_things_happen_on_the_way(
    lived: tuple[asyncio.Runner, Playground],
) -> None:
    runner, stage = lived
    before = len(said(stage))
    end = stage.now() + timedelta(days=7)
    runner.run(stage.move(end))
    assert stage.now() == end
    assert len(said(stage)) > before


# Before the first run ----------------------------------------------------------------------------


def test_before_begin_nothing_was_said_and_the_settings_wait(
    silent: tuple[asyncio.Runner, Playground],
) -> None:
    runner, stage = silent
    assert said(stage) == []
    me = sample().community.coordinators[0]
    interaction = Interaction(stage.square.space, me, "coordinate", "desk", direct=True)
    answer = runner.run(stage.gateway.handle(interaction))
    assert "We have not begun yet." in words_of(answer)
    runner.run(stage.move(stage.now() + timedelta(days=14)))
    assert said(stage) == []


# A real community --------------------------------------------------------------------------------


def test_a_history_opens_begun_on_the_monday_after_its_last_message(
    history: tuple[asyncio.Runner, Playground],
) -> None:
    runner, stage = history
    local = stage.now().astimezone(ZoneInfo(stage.zone))
    assert (local.weekday(), f"{local:%H:%M}") == (0, "08:55")
    assert stage.now() - (MONDAY + timedelta(weeks=WEEKS)) < timedelta(days=7)
    assert said(stage) == [("general", "Hello")]
    assert runner.run(stage.standings()) == {handle("ines"): "coordinator"}


def test_what_was_written_in_a_history_is_there_to_read(history: tuple[asyncio.Runner, Playground]) -> None:
    _, stage = history
    texts = [message.text for message in stage.square.board.talk("C0HELP", handle("ines"))]
    assert any("How do you name your tests?" in text for text in texts)
