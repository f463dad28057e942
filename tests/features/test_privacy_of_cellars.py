"""Every cellar shows, exports and forgets a person: nothing of them is left but what the core keeps."""

from typing import Any

import pytest
from sqlalchemy import String, Text, select

from bot.features import FEATURES as EVERY_FEATURE
from facilitation.core.values.clock import VirtualClock
from storage.base import Repository
from storage.sealing import Seals
from storage.session import orm_of
from storage.unit import Units
from tests.features.coordinating import KEY, ask_of, running
from tests.features.mentoring.mentoring import pair_of
from tests.snapshots import remembered
from tests.test_shape import FORGOTTEN_BY_THE_CORE, repositories, tables
from tests.testbed import Testbed, words_of

FORGETTING = [repository for repository in repositories() if "forget" in vars(repository)]
NOTHING_OF_PEOPLE = {"Recaps"}
"""Cellars that keep nothing about a person, and say so."""
WITHOUT_WORDS = {"Circles"}
"""Cellars that keep something about a person, and none of their words."""
MARK = "zebrafinch"
"""A word that only marek uses."""


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    """A community of all features in which marek, and likewise nadia, did a little of everything."""
    units.seals = Seals([KEY])
    return await lived_a_while(units, clock)


@remembered
async def lived_a_while(units: Units, clock: VirtualClock) -> Testbed:
    bed = await running(units, clock, features=EVERY_FEATURE, people=("ines", "kofi", "lena"))
    args = {"channel": "general", "deck": "Visits", "when": "tue at 10:00"}
    await bed.press("ines", await ask_of(bed, "ines", "rhythm.draft", name="Round", **args), "Save")
    turns = {"rhythm": 1, "leader": "rotating", **args}
    await bed.press("ines", await ask_of(bed, "ines", "rhythm.draft_change", name="Round", **turns), "Save")
    coffee = {"channel": "general"}
    await bed.press("ines", await ask_of(bed, "ines", "circles.draft", name="Coffee", **coffee), "Save")
    for who, word in (("marek", MARK), ("nadia", "waxwing")):
        await bed.join(who)
        about = {"interests": word, "expertise": f"{word}-keeping", "line": f"I am a {word}."}
        await ask_of(bed, who, "charter.edit_profile", **about, buddy=True)
        await ask_of(
            bed, who, "resources.share", url=f"https://{who}.example/", note=f"All about the {word}."
        )
        await ask_of(bed, who, "resources.share", url="https://shared.example/", note=f"A {word} told me.")
        message = await bed.write(who, f"{word}: https://a.example/{who} or https://b.example/{who}?")
        saved = {"place": "general", "message": message.message, "text": message.text, "author": who}
        await ask_of(bed, who, "resources.save_from_message", **saved)
        await ask_of(bed, "kofi", "resources.save_from_message", **saved)
        await ask_of(bed, who, "rhythm.suggest_prompt", words=f"Why a {word}?", deck="Visits")
        await bed.press(who, await bed.send(who, "/cop home"), "Facilitate Round")
        for step in ("add_role", "remove_role"):
            await ask_of(bed, "ines", f"coordination.{step}", who=who, role="keeper")
        await ask_of(bed, who, "coordination.leave_note", role="keeper", note=f"Mind the {word}.")
        await ask_of(bed, who, "concern.submit", words=f"A {word} troubles me.")
        await ask_of(bed, who, "welcome.take_part", choice="learn")
        await ask_of(bed, who, "welcome.introduce", words=f"Hello, I keep a {word}.")
        await ask_of(bed, who, "circles.join", circle=1)
        await ask_of(bed, who, "circles.skip_round", circle=1)
        await ask_of(bed, who, "mentoring.request", topics=word, goal=f"To keep a {word}.")
    await ask_of(bed, "marek", "circles.keep_apart", not_with="kofi")
    for mentor, who, word in (("kofi", "marek", MARK), ("lena", "nadia", "waxwing")):
        await ask_of(bed, mentor, "mentoring.offer", topics="birds")
        await ask_of(bed, "ines", "mentoring.propose_pair", mentor=mentor, mentee=who)
        await bed.settle()
        pair = (await pair_of(bed, who)).id
        await ask_of(bed, who, "mentoring.accept_mentor", pair=pair)
        await bed.settle()
        await ask_of(bed, mentor, "mentoring.accept_mentee", pair=pair)
        await bed.settle()
        await ask_of(bed, who, "mentoring.give_feedback", pair=pair, words=f"A {word} of a mentor.")
    await ask_of(bed, "nadia", "welcome.find_buddy")
    meeting = {"kind": "person", "words": "Meet {person}.", "day": 2, "person": "marek"}
    await ask_of(bed, "ines", "welcome.add_step", **meeting)
    await bed.settle()
    return bed


async def kept(bed: Testbed, repository: type[Repository], who: str) -> tuple[list[str], dict[str, Any]]:
    """What a cellar shows and exports about a member."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        opened: Any = repository(session, member.community)
        return await opened.show(member.id), await opened.export(member.id)


async def forget(bed: Testbed, who: str) -> None:
    """Every cellar forgets a member."""
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


async def test_what_a_member_did_is_shown_and_exported(bed: Testbed) -> None:
    for repository in FORGETTING:
        shown, exported = await kept(bed, repository, "marek")
        name = repository.__name__
        assert "waxwing" not in f"{shown} {exported}", f"{name}: somebody else's words"
        if name in NOTHING_OF_PEOPLE:
            assert (shown, values_in(exported)) == ([], []), name
            continue
        assert shown, f"{name}: the life that these tests lead does not reach this cellar"
        assert values_in(exported), name
        assert name in WITHOUT_WORDS or MARK in " ".join(shown), name
        assert name in WITHOUT_WORDS or MARK in str(exported), name


async def test_after_forgetting_no_repository_knows_the_member_and_all_know_the_others(bed: Testbed) -> None:
    before = {repository: await kept(bed, repository, "nadia") for repository in FORGETTING}
    await forget(bed, "marek")
    for repository in FORGETTING:
        shown, exported = await kept(bed, repository, "marek")
        assert (shown, values_in(exported)) == ([], []), repository.__name__
        assert await kept(bed, repository, "nadia") == before[repository], repository.__name__


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
    assert await _tables_with(bed, "waxwing") > set()


async def _tables_with(bed: Testbed, word: str) -> set[str]:
    """The columns of rooms' tables in which a word stands, the folded words that are searched included."""
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
