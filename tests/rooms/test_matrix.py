"""Every action tried by every kind of person through every door: by typed words, a button and a sent form."""

from typing import Any

import pytest
from sqlalchemy import text

from facilitation.core.clock import VirtualClock
from facilitation.core.happenings import Profile
from facilitation.core.room import Action
from facilitation.core.surface import Answer
from storage.base import Base
from storage.unit import Units
from tests.rooms.coordinating import ask_of, coordinators, house_of
from tests.rooms.matrix import (
    HOUSE,
    INSIDE,
    KINDS,
    MAY,
    OUTSIDE,
    Scene,
    is_let_in,
    may,
    opens_before_it_is_judged,
    scene,
)
from tests.testbed import Testbed, words_of

ACTIONS = tuple(HOUSE.actions.values())


def test_every_action_is_listed_with_who_may() -> None:
    assert [f"{one.id}: say in MAY who may" for one in ACTIONS if one.id not in MAY] == []
    assert MAY.keys() - HOUSE.actions.keys() == set(), "these are no longer there"


def test_what_the_clock_asks_is_nobodys() -> None:
    assert {one.id for one in ACTIONS if one.by_clock} == {name for name, kinds in MAY.items() if not kinds}


def test_outside_nobody_may_anything() -> None:
    assert [name for name, kinds in MAY.items() if kinds & OUTSIDE.keys()] == []


def test_an_action_that_nobody_listed_is_nobodys() -> None:
    unlisted = Action("nowhere.new", HOUSE.actions["charter.home"].ask, HOUSE.actions["charter.home"].handler)
    assert not any(may(kind, unlisted) for kind in KINDS)


@pytest.fixture
async def stage(sqlite_units: Units, clock: VirtualClock) -> Scene:
    return await scene(sqlite_units, clock)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_who_may_may_and_nobody_else(stage: Scene, action: Action) -> None:
    wrong: list[str] = []
    before = await everything(stage.bed)
    kinds = sorted(KINDS, key=lambda kind: may(kind, action))
    for kind in (one for one in kinds if not may(one, action)):
        for door, answer in await knocked(stage, kind, action):
            is_form = door == "button" and opens_before_it_is_judged(kind, action, stage.args(action))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{kind} may, by {door}: {words_of(answer)}")
    assert await everything(stage.bed) == before, "who may not has changed something"
    for kind in (one for one in kinds if may(one, action)):
        for door, answer in await knocked(stage, kind, action):
            if not is_let_in(answer):
                wrong.append(f"{kind} may not, by {door}: {words_of(answer)}")
    assert wrong == []


async def knocked(stage: Scene, kind: str, action: Action) -> list[tuple[str, Answer]]:
    """What somebody is answered, door by door; typed words act in the channel's community."""
    bed, args = stage.bed, stage.args(action)
    answers: list[tuple[str, Answer]] = []
    if action.command and kind != "coordinator elsewhere":
        words = f"{action.command} <@{args['who']}>" if "who" in args else action.command
        answers.append(("words", await bed.ask(kind, words, root=action.root)))
    here = stage.here.id
    answers.append(("button", await bed.ask(kind, ask=action.id, args=args, via="button", community=here)))
    sent = await bed.ask(kind, ask=action.id, args=args, via="form", submitted=True, community=here)
    return [*answers, ("form", sent)]


@pytest.mark.parametrize("action", [one for one in ACTIONS if one.command], ids=lambda action: action.command)
async def test_who_coordinates_elsewhere_acts_there_whatever_they_type_here(
    stage: Scene, action: Action
) -> None:
    before = await of_community(stage.bed, stage.here.id)
    answer = await stage.bed.ask("coordinator elsewhere", action.command, root=action.root)
    assert is_let_in(answer)
    assert answer.community in (stage.elsewhere.id, 0)
    assert await of_community(stage.bed, stage.here.id) == before


async def everything(bed: Testbed) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with bed.units.read() as session:
        found: dict[str, list[Any]] = {}
        for name in Base.metadata.tables:
            rows = await session.execute(text(f'SELECT * FROM "{name}"'))
            found[name] = sorted(str(row) for row in rows)
        return found


async def of_community(bed: Testbed, community: int) -> dict[str, list[Any]]:
    """The rows of one community."""
    async with bed.units.read() as session:
        found: dict[str, list[Any]] = {}
        for name, table in Base.metadata.tables.items():
            if "community_id" in table.columns:
                query = text(f'SELECT * FROM "{name}" WHERE community_id = :id')
                found[name] = sorted(str(row) for row in await session.execute(query, {"id": community}))
        return found


# Rights are those of the moment ----------------------------------------------------------------------


async def test_a_manager_may_add_the_first_coordinator_and_nothing_else(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    people = (Profile("boss", "Boss", manager=True), Profile("marek", "Marek"))
    bed = await house_of(sqlite_units, clock, people=people, first=())
    for name, kinds in MAY.items():
        if kinds >= INSIDE.keys() or name == "coordination.add_coordinator":
            continue
        for via in ("button", "form"):
            args = {"concern": "0" * 16} if name.startswith("concern.") else {}
            args |= {"words": "x"} if name in ("concern.add", "concern.answer") else {}
            args |= {"role": "keeper", "note": "x"} if name == "coordination.leave_note" else {}
            answer = await bed.ask("boss", ask=name, args=args, via=via, submitted=via == "form")
            assert not is_let_in(answer), f"{name} by {via}"
    assert not is_let_in(await ask_of(bed, "marek", "coordination.add_coordinator", who="marek"))
    await ask_of(bed, "boss", "coordination.add_coordinator", who="marek")
    assert await coordinators(bed) == ["Marek"]
    assert not is_let_in(await ask_of(bed, "boss", "coordination.add_coordinator", who="boss"))
