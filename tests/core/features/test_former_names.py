"""Buttons, agenda rows and forms that an earlier version stored still work after a rename."""

from datetime import timedelta
from typing import Annotated

from pydantic import AliasChoices, Field

from facilitation.core.features.feature import Feature
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Context, Due, current_names
from facilitation.core.values.effects import Effects, Later, Reply
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.speech import card
from storage.agenda import Agenda
from storage.unit import Units
from tests.conftest import NOW
from tests.testbed import Testbed, make_testbed, words_of

MINUTE = timedelta(minutes=1)


class Paint(Command):
    """Paint a wall."""

    colour: str = Field(max_length=10, title="Colour", validation_alias="color")
    coats: Annotated[int, Hidden] = Field(
        default=1, validation_alias=AliasChoices("layers", "times"), title="Coats"
    )


class Dry(Command):
    """A wall is dry."""

    painter: MemberId = Field(validation_alias="who")


class Plan(Command):
    """Plan to look at it later."""


feature = Feature("walls", "Walls, under their present names")


@feature.command("paint", id="walls.paint", former_ids=("walls.brush", "brushes.use"))
async def paint(command: Paint, context: Context) -> Effects:
    return [Reply(card("", f"{command.coats} × {command.colour}"))]


@feature.action(id="walls.check", former_ids=("walls.look",))
async def check(command: Dry, due: Due) -> Effects:
    PAINTERS.append(command.painter)
    return []


@feature.action(id="walls.plan")
async def plan(command: Plan, context: Context) -> Effects:
    return [Later(context.at + MINUTE, Dry(painter=context.member.id), "walls")]


PAINTERS: list[int] = []


async def _bed(units: Units, clock: VirtualClock) -> Testbed:
    PAINTERS.clear()
    bed = await make_testbed(units, clock, [feature])
    await bed.begin()
    return bed


async def test_a_button_with_former_names_reaches_the_endpoint(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await _bed(sqlite_units, clock)
    for command in ("walls.paint", "walls.brush", "brushes.use"):
        for args in (
            {"colour": "red", "coats": 3},
            {"color": "red", "layers": 3},
            {"color": "red", "times": 3},
        ):
            assert words_of(await bed.send("ines", command=command, args=args, via="button")) == "3 × red"


async def test_a_form_with_former_names_keeps_what_was_filled_in(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await _bed(sqlite_units, clock)
    answer = await bed.submit("ines", "walls.brush", color="ultramarine blue", times=2)
    assert answer.form is not None
    assert answer.form.command == "walls.paint"
    assert answer.form.kept == {"coats": 2}
    assert answer.form.errors == {"colour": "at most 10 characters, please"}
    assert [field.value for field in answer.form.fields] == ["ultramarine blue"]


async def test_an_agenda_row_with_former_names_is_done(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await _bed(sqlite_units, clock)
    ines = (await bed.member("ines")).id
    async with sqlite_units.write() as session:
        agenda = Agenda(session, (await bed.community()).id)
        await agenda.put("walls:1", "walls.look", f'{{"who": {ines}}}', NOW)
        await agenda.put("walls:2", "walls.check", f'{{"painter": {ines}}}', NOW)
    await bed.settle()
    assert [ines, ines] == PAINTERS


async def test_an_agenda_row_with_former_names_goes_with_the_person_it_needs(
    sqlite_units: Units, clock: VirtualClock
) -> None:
    bed = await _bed(sqlite_units, clock)
    ines, community = (await bed.member("ines")).id, (await bed.community()).id
    async with sqlite_units.write() as session:
        agenda = Agenda(session, community)
        await agenda.put("walls:1", "walls.look", f'{{"who": {ines}}}', NOW)
        await PersonalData(session, community, Registry([feature])).forget(ines, NOW)
        assert await agenda.entries() == []


async def test_what_is_planned_now_has_the_present_names(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await _bed(sqlite_units, clock)
    await bed.send("ines", command="walls.plan", via="button")
    ines = (await bed.member("ines")).id
    async with sqlite_units.read() as session:
        entries = await Agenda(session, (await bed.community()).id).entries()
    assert entries == [("walls", "walls.check", f'{{"painter":{ines}}}')]


def test_former_names_are_taken_for_the_present_ones() -> None:
    assert current_names(Paint, {"color": "red", "times": 2}) == {"colour": "red", "coats": 2}
    assert current_names(Paint, {"colour": "red", "other": 1}) == {"colour": "red", "other": 1}
