"""Every repository shows, exports and forgets a person: only what the core stores is left of them."""

from typing import Any

import pytest
from sqlalchemy import String, Text, select

from facilitation.core.values.clock import VirtualClock
from storage.base import Repository
from storage.sealing import Seals
from storage.session import orm_of
from storage.unit import Units
from tests.features.community import KEY
from tests.features.discovery import declared, path_of
from tests.features.lived_in import MAREKS_WORD as MARK
from tests.features.lived_in import NADIAS_WORD, lived_in
from tests.shape.tables import FORGOTTEN_BY_THE_CORE, repositories, tables
from tests.testbed import Testbed, words_of

FORGETTING = [repository for repository in repositories() if "forget" in vars(repository)]
NOTHING_OF_PEOPLE = {name for names in declared("lived_in", "NOTHING_OF_PEOPLE").values() for name in names}
"""Repositories that store nothing about a person, and say so."""
WITHOUT_WORDS = {name for names in declared("lived_in", "WITHOUT_WORDS").values() for name in names}
"""Repositories that store something about a person, and none of their words."""


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A community in which marek, and likewise nadia, did a little of everything."""
    units.seals = Seals([KEY])
    return await lived_in(units, clock)


async def kept(bed: Testbed, repository: type[Repository], who: str) -> tuple[list[str], dict[str, Any]]:
    """What a repository shows and exports about a member."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        opened: Any = repository(session, member.community)
        return await opened.show(member.id), await opened.export(member.id)


async def forget(bed: Testbed, who: str) -> None:
    """Every repository forgets a member."""
    member = await bed.member(who)
    async with bed.units.write() as session:
        for repository in FORGETTING:
            opened: Any = repository(session, member.community)
            await opened.forget(member.id)


def values_in(thing: Any) -> list[Any]:
    """Everything in an export that says something."""
    if isinstance(thing, dict):
        return [inner for value in thing.values() for inner in values_in(value)]
    if isinstance(thing, list | tuple):
        return [inner for value in thing for inner in values_in(value)]
    return [thing] if thing else []


async def test_every_repository_that_forgets_stores_something_of_a_member(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    sqlite_units.seals = Seals([KEY])
    bed = await lived_in(sqlite_units, clock)
    unused = [
        f"{one.__name__} stores nothing of them: let marek and nadia use it in live(bed) in "
        + path_of(one.__module__.split(".")[1], "lived_in")
        for one in FORGETTING
        if one.__name__ not in NOTHING_OF_PEOPLE and not (await kept(bed, one, "marek"))[0]
    ]
    assert not unused, "\n".join(unused)


async def test_what_a_member_did_is_shown_and_exported(bed: Testbed) -> None:
    for repository in FORGETTING:
        shown, exported = await kept(bed, repository, "marek")
        name = repository.__name__
        assert NADIAS_WORD not in f"{shown} {exported}", f"{name}: show or export has somebody else's words"
        if name in NOTHING_OF_PEOPLE:
            assert (shown, values_in(exported)) == ([], []), name
            continue
        if not shown:
            continue  # the test above says so
        assert values_in(exported), name
        assert name in WITHOUT_WORDS or MARK in " ".join(shown), name
        assert name in WITHOUT_WORDS or MARK in str(exported), name


async def test_after_forgetting_no_repository_knows_the_member_and_all_know_the_others(bed: Testbed) -> None:
    before = {repository: await kept(bed, repository, "nadia") for repository in FORGETTING}
    await forget(bed, "marek")
    for repository in FORGETTING:
        shown, exported = await kept(bed, repository, "marek")
        assert (shown, values_in(exported)) == ([], []), repository.__name__
        is_kept = await kept(bed, repository, "nadia") == before[repository]
        assert is_kept, f"{repository.__name__}: forgetting marek changed what nadia is shown or exports"


async def test_after_forgetting_no_table_of_a_feature_points_at_the_member(bed: Testbed) -> None:
    await forget(bed, "marek")
    marek = await bed.member("marek")
    left = []
    async with bed.units.read() as session:
        for name, table in tables().items():
            for column in table.columns:
                points = any(key.column.table.name == "member" for key in column.foreign_keys)
                if name in FORGOTTEN_BY_THE_CORE or not points:
                    continue
                if (await orm_of(session).execute(select(column).where(column == marek.id))).first():
                    left.append(f"{name}.{column.name}")
    assert left == []


async def test_after_forgetting_no_table_of_a_feature_has_the_members_words(bed: Testbed) -> None:
    assert await _tables_with(bed, MARK) > set(), "there were none to forget"
    await forget(bed, "marek")
    assert await _tables_with(bed, MARK) == set()
    assert await _tables_with(bed, NADIAS_WORD) > set()


async def _tables_with(bed: Testbed, word: str) -> set[str]:
    """The columns of features' tables that contain a word, including folded words for searches."""
    found = set()
    async with bed.units.read() as session:
        for name, table in tables().items():
            for column in table.columns:
                if name in FORGOTTEN_BY_THE_CORE or not isinstance(column.type, String | Text):
                    continue
                if (await orm_of(session).execute(select(column).where(column.contains(word)))).first():
                    found.add(f"{name}.{column.name}")
    return found


async def test_what_is_forgotten_is_not_found_on_the_shelf(bed: Testbed) -> None:
    assert MARK in words_of(await bed.send("lena", f"/cop find {MARK}"))
    await forget(bed, "marek")
    answer = words_of(await bed.send("lena", f"/cop find {MARK}"))
    assert "told me" not in answer
    assert "marek.example" not in answer


async def test_forgetting_twice_is_forgetting_once(bed: Testbed) -> None:
    await forget(bed, "marek")
    once = {repository: await kept(bed, repository, "nadia") for repository in FORGETTING}
    await forget(bed, "marek")
    assert {repository: await kept(bed, repository, "nadia") for repository in FORGETTING} == once
