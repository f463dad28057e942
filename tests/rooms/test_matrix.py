"""Every action tried by every kind of person through every door: by typed words, a button and a sent form."""

from typing import Any

import pytest
from sqlalchemy import text

from facilitation.core.ask import Role
from facilitation.core.clock import VirtualClock
from facilitation.core.room import Action
from facilitation.core.surface import Answer
from storage.base import Base
from storage.communities import People
from storage.unit import Units
from tests.rooms.coordinating import coordinators
from tests.rooms.matrix import (
    HOUSE,
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


_scene: list[Scene] = []
"""Set once, since that takes as long as a hundred requests."""


@pytest.fixture
async def stage(sqlite_units: Units, clock: VirtualClock) -> Scene:
    if not _scene:
        _scene.append(await scene(sqlite_units, clock))
    return _scene[0].on(sqlite_units, clock)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_who_may_may_and_nobody_else(stage: Scene, action: Action) -> None:
    wrong: list[str] = []
    before = await everything(stage.bed)
    for kind in (one for one in KINDS if not may(one, action)):
        for door in doors(kind, action):
            answer = await knock(stage, kind, action, door)
            is_form = door == "button" and opens_before_it_is_judged(kind, action, stage.args(action))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{kind} may, by {door}: {words_of(answer)}")
    assert await everything(stage.bed) == before, "who may not has changed something"
    for kind in (one for one in KINDS if may(one, action)):
        for door in doors(kind, action):
            answer = await knock(stage, kind, action, door)
            stage.anew()
            if not is_let_in(answer):
                wrong.append(f"{kind} may not, by {door}: {words_of(answer)}")
    assert wrong == []


def doors(kind: str, action: Action) -> list[str]:
    """Where somebody can ask this; typed words act in the channel's community, hence not from elsewhere."""
    is_typed = action.command and kind != "coordinator elsewhere"
    return [*(["words"] if is_typed else []), "button", "form"]


async def knock(stage: Scene, kind: str, action: Action, door: str) -> Answer:
    """What somebody is answered at a door."""
    bed, args, here = stage.bed, stage.args(action), stage.here.id
    if door == "words":
        words = f"{action.command} <@{args['who']}>" if "who" in args else action.command
        return await bed.ask(kind, words, root=action.root)
    if door == "button":
        return await bed.ask(kind, ask=action.id, args=args, via="button", community=here)
    return await bed.ask(kind, ask=action.id, args=args, via="form", submitted=True, community=here)


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


async def test_a_manager_may_add_the_first_coordinator_and_nothing_else(stage: Scene) -> None:
    async with stage.bed.units.write() as session:
        people = People(session, stage.here.id)
        for holder in await people.holders(Role.COORDINATOR):
            await people.revoke(holder.id, Role.COORDINATOR)
    stage.bed.house.intake.forget()
    add = HOUSE.actions["coordination.add_coordinator"]
    wrong: list[str] = []
    for action in (one for one in ACTIONS if one is not add and not may("manager", one)):
        for door in doors("manager", action):
            answer = await knock(stage, "manager", action, door)
            is_form = door == "button" and opens_before_it_is_judged("manager", action, stage.args(action))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{action.id} by {door}: {words_of(answer)}")
    assert wrong == []
    assert not is_let_in(await knock(stage, "member", add, "form"))
    assert is_let_in(await knock(stage, "manager", add, "form"))
    assert await coordinators(stage.bed) == ["Member"]
    assert not is_let_in(await knock(stage, "manager", add, "form"))
