"""Every endpoint tried by every kind of person in every way: typed words, a button and a submitted form."""

from collections.abc import AsyncIterator

import pytest

from facilitation.core.features.feature import Endpoint
from facilitation.core.platforms.surface import Response
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Role
from storage.communities import People
from tests.conftest import units_on
from tests.features.community import coordinators
from tests.features.discovery import declared, path_of
from tests.features.kinds import KINDS, OUTSIDE
from tests.features.rights import (
    LISTED,
    MAY,
    REGISTRY,
    is_let_in,
    may,
    missing,
    opens_before_it_is_judged,
)
from tests.features.scene import Scene, scene
from tests.samples import WAYS_OF_THOSE_WHO_MAY, sampled
from tests.sqlite import empty_database
from tests.testbed import words_of


def test_every_command_is_listed_with_who_may() -> None:
    gone = [
        f"{command} is no command of {feature}: remove it from MAY in {path_of(feature, 'rights')}"
        for feature, rows in declared("rights", "MAY").items()
        for command in rows
        if command not in REGISTRY.endpoints or REGISTRY.endpoints[command].feature != feature
    ]
    assert not (wrong := missing() + gone), "\n".join(wrong)


def test_what_the_clock_sends_is_nobodys() -> None:
    assert {one.id for one in LISTED if one.by_clock} == {name for name, kinds in MAY.items() if not kinds}


def test_each_table_names_kinds_of_people_that_there_are() -> None:
    assert {name: kinds - KINDS.keys() for name, kinds in MAY.items() if kinds - KINDS.keys()} == {}


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
"""Set once in a process, since that takes as long as a hundred requests."""


@pytest.fixture(scope="module")
def scene_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file for the scene, which every test leaves as it was."""
    path = tmp_path_factory.mktemp("scene") / "tertulia.db"
    path.write_bytes(empty_database())
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def stage(scene_url: str, clock: VirtualClock) -> AsyncIterator[Scene]:
    """The scene, as nobody has sent anything yet."""
    async with units_on(scene_url, on_loop_thread=True) as units:
        if not _scene:
            _scene.append(await scene(units, clock))
            _scene[0].close()
        stage = _scene[0].on(units, clock)
        yield stage
        stage.anew()
        stage.close()


@pytest.mark.parametrize("endpoint", LISTED, ids=lambda endpoint: endpoint.id)
@sampled("ways_tried", WAYS_OF_THOSE_WHO_MAY)
async def test_who_may_may_and_nobody_else(stage: Scene, endpoint: Endpoint, ways_tried: int) -> None:
    """All ways are tried by those who may not, and by the others so many of them, in turn."""
    wrong: list[str] = []
    for kind in (one for one in KINDS if not may(one, endpoint)):
        for way in ways_to_send(kind, endpoint):
            answer = await interaction(stage, kind, endpoint, way)
            is_form = way == "button" and opens_before_it_is_judged(kind, endpoint, stage.args(endpoint))
            if is_let_in(answer) and not is_form:
                wrong.append(f"{kind} may, by {way}: {words_of(answer)}")
    assert stage.changed_tables() == [], "who may not has changed something"
    for number, kind in enumerate(one for one in KINDS if may(one, endpoint)):
        ways = ways_to_send(kind, endpoint)
        first = number % len(ways)
        for way in (ways[first:] + ways[:first])[:ways_tried]:
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
    "endpoint", [one for one in LISTED if one.words], ids=lambda endpoint: endpoint.words
)
async def test_a_coordinator_of_another_community_acts_there_with_any_command_typed_here(
    stage: Scene, endpoint: Endpoint
) -> None:
    answer = await stage.bed.send("coordinator elsewhere", endpoint.words, root=endpoint.root)
    assert is_let_in(answer)
    assert answer.community in (stage.elsewhere.id, 0)
    assert stage.changed_tables(stage.here.id) == []


async def test_the_scene_notices_what_is_changed_and_forgets_it(stage: Scene) -> None:
    assert not stage.is_changed()
    await stage.bed.submit("member", "charter.edit_profile", line="I was here.")
    assert "about_me" in stage.changed_tables()
    assert "about_me" in stage.changed_tables(stage.here.id)
    assert stage.changed_tables(stage.elsewhere.id) == []
    stage.anew()
    assert not stage.is_changed()
    assert stage.changed_tables() == []


# Rights are those of the moment ----------------------------------------------------------------------


async def test_a_manager_may_add_the_first_coordinator_and_nothing_else(stage: Scene) -> None:
    async with stage.bed.units.write() as session:
        people = People(session, stage.here.id)
        for holder in await people.holders(Role.COORDINATOR):
            await people.revoke(holder.id, Role.COORDINATOR)
    stage.bed.dispatcher.intake.invalidate()
    add = REGISTRY.endpoints["coordination.add_coordinator"]
    wrong: list[str] = []
    for endpoint in (one for one in LISTED if one is not add and not may("manager", one)):
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
