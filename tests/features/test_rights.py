"""Every endpoint tried by every kind of person in every way: typed words, a button and a submitted form."""

from typing import Any

import pytest
from sqlalchemy import text

from facilitation.core.features.feature import Endpoint
from facilitation.core.platforms.surface import Response
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from storage.base import Base
from storage.communities import People
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import coordinators
from tests.features.rights import (
    KINDS,
    MAY,
    OUTSIDE,
    REGISTRY,
    Scene,
    is_let_in,
    may,
    opens_before_it_is_judged,
    scene,
)
from tests.testbed import Testbed, words_of

ENDPOINTS = tuple(REGISTRY.endpoints.values())


def test_every_action_is_listed_with_who_may() -> None:
    assert [f"{one.id}: say in MAY who may" for one in ENDPOINTS if one.id not in MAY] == []
    assert MAY.keys() - REGISTRY.endpoints.keys() == set(), "these are no longer there"


def test_what_the_clock_asks_is_nobodys() -> None:
    assert {one.id for one in ENDPOINTS if one.by_clock} == {name for name, kinds in MAY.items() if not kinds}


def test_outside_nobody_may_anything() -> None:
    assert [name for name, kinds in MAY.items() if kinds & OUTSIDE.keys()] == []


def test_an_action_that_nobody_listed_is_nobodys() -> None:
    unlisted = Endpoint(
        "nowhere.new",
        "nowhere",
        REGISTRY.endpoints["charter.show_home"].command,
        REGISTRY.endpoints["charter.show_home"].handler,
    )
    assert not any(may(kind, unlisted) for kind in KINDS)


_scene: list[Scene] = []
"""Set once, since that takes as long as a hundred requests."""


@pytest.fixture
async def stage(sqlite_units: Units, clock: VirtualClock) -> Scene:
    if not _scene:
        _scene.append(await scene(sqlite_units, clock))
    return _scene[0].on(sqlite_units, clock)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
async def test_who_may_may_and_nobody_else(stage: Scene, endpoint: Endpoint) -> None:
    wrong: list[str] = []
    before = await everything(stage.bed)
    for kind in (one for one in KINDS if not may(one, endpoint)):
        for way in ways_to_send(kind, endpoint):
            answer = await interaction(stage, kind, endpoint, way)
            is_form = way == "button" and opens_before_it_is_judged(kind, endpoint, stage.args(endpoint))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{kind} may, by {way}: {words_of(answer)}")
    assert await everything(stage.bed) == before, "who may not has changed something"
    for kind in (one for one in KINDS if may(one, endpoint)):
        for way in ways_to_send(kind, endpoint):
            answer = await interaction(stage, kind, endpoint, way)
            stage.anew()
            if not is_let_in(answer):
                wrong.append(f"{kind} may not, by {way}: {words_of(answer)}")
    assert wrong == []


def ways_to_send(kind: str, endpoint: Endpoint) -> list[str]:
    """How somebody can send this. Typed words act in the channel's community, so not from elsewhere."""
    is_typed = endpoint.words and kind != "coordinator elsewhere"
    return [*(["words"] if is_typed else []), "button", "form"]


async def interaction(stage: Scene, kind: str, endpoint: Endpoint, way: str) -> Response:
    """What somebody is answered who sends a command in one of the ways."""
    bed, args, here = stage.bed, stage.args(endpoint), stage.here.id
    if way == "words":
        words = f"{endpoint.words} <@{args['who']}>" if "who" in args else endpoint.words
        return await bed.send(kind, words, root=endpoint.root)
    if way == "button":
        return await bed.send(kind, command=endpoint.id, args=args, via="button", community=here)
    return await bed.send(kind, command=endpoint.id, args=args, via="form", submitted=True, community=here)


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.words], ids=lambda endpoint: endpoint.words
)
async def test_a_coordinator_of_another_community_acts_there_with_any_command_typed_here(
    stage: Scene, endpoint: Endpoint
) -> None:
    before = await of_community(stage.bed, stage.here.id)
    answer = await stage.bed.send("coordinator elsewhere", endpoint.words, root=endpoint.root)
    assert is_let_in(answer)
    assert answer.community in (stage.elsewhere.id, 0)
    assert await of_community(stage.bed, stage.here.id) == before


async def everything(bed: Testbed) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with bed.units.read() as session:
        found: dict[str, list[Any]] = {}
        for name in Base.metadata.tables:
            rows = await orm_of(session).execute(text(f'SELECT * FROM "{name}"'))
            found[name] = sorted(str(row) for row in rows)
        return found


async def of_community(bed: Testbed, community: int) -> dict[str, list[Any]]:
    """The rows of one community."""
    async with bed.units.read() as session:
        found: dict[str, list[Any]] = {}
        for name, table in Base.metadata.tables.items():
            if "community_id" in table.columns:
                query = text(f'SELECT * FROM "{name}" WHERE community_id = :id')
                found[name] = sorted(
                    str(row) for row in await orm_of(session).execute(query, {"id": community})
                )
        return found


# Rights are those of the moment ----------------------------------------------------------------------


async def test_a_manager_may_add_the_first_coordinator_and_nothing_else(stage: Scene) -> None:
    async with stage.bed.units.write() as session:
        people = People(session, stage.here.id)
        for holder in await people.holders(Role.COORDINATOR):
            await people.revoke(holder.id, Role.COORDINATOR)
    stage.bed.dispatcher.intake.invalidate()
    add = REGISTRY.endpoints["coordination.add_coordinator"]
    wrong: list[str] = []
    for endpoint in (one for one in ENDPOINTS if one is not add and not may("manager", one)):
        for way in ways_to_send("manager", endpoint):
            answer = await interaction(stage, "manager", endpoint, way)
            is_form = way == "button" and opens_before_it_is_judged("manager", endpoint, stage.args(endpoint))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{endpoint.id} by {way}: {words_of(answer)}")
    assert wrong == []
    assert not is_let_in(await interaction(stage, "member", add, "form"))
    assert is_let_in(await interaction(stage, "manager", add, "form"))
    assert await coordinators(stage.bed) == ["Member"]
    assert not is_let_in(await interaction(stage, "manager", add, "form"))
