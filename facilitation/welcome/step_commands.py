"""Coordinators' commands on single steps of the journey: add, edit, move, remove.

The first change copies the built-in steps, so that there are steps of the coordinators' own to change.
"""

from dataclasses import replace
from datetime import time
from typing import Annotated, ClassVar

from pydantic import Field, HttpUrl

from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effects, OpenForm
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, Hidden, MemberId, TimeOfDay
from facilitation.welcome.coordinator_commands import MAX_LENGTH, editor
from facilitation.welcome.feature import feature
from facilitation.welcome.journey import Kind, Whom, ordered
from facilitation.welcome.schedule import replan
from facilitation.welcome.services import JourneyServices
from facilitation.welcome.templates import Template
from storage.welcome import Step

MAX_STEPS = 20
LAST_DAY = 365


class AddStep(Command):
    """Add a step to the welcome."""

    heading: ClassVar[str] = "Add a step"

    kind: Kind = Field(title="What it is", description="a task has a Done button, a question an answer")
    words: Template = Field(
        title="Words",
        description="{name}, {community}, {channel}, {help}, {coordinators} and others stand for themselves",
        max_length=MAX_LENGTH,
    )
    day: int = Field(title="Day", description="so many days after joining", ge=0, le=LAST_DAY)
    at: TimeOfDay = Field(
        default=time(10), title="At", description="in the newcomer’s own time, such as 10:00"
    )
    whom: Whom = Field(
        default="everyone", title="For whom", description="everyone, or who would like to take part so"
    )
    person: MemberId | None = Field(
        default=None, title="Person", description="whom to meet; empty: a buddy is offered"
    )
    channel: ChannelHandle | None = Field(
        default=None, title="Channel", description="where to go; empty: the one for introductions"
    )
    link: HttpUrl | None = Field(default=None, title="Link", description="what to read; empty: the shelf")


class EditStep(AddStep):
    """Change a step of the welcome."""

    heading: ClassVar[str] = "Change a step"

    step: Annotated[int, Hidden]


@feature.action(id="welcome.add_step", role=Role.COORDINATOR)
async def add_step(command: AddStep, context: Context, services: JourneyServices) -> Effects:
    """Add a step, which stands in the order of its day and hour."""
    if len(await services.steps()) >= MAX_STEPS:
        raise Refusal(f"A journey has at most {MAX_STEPS} steps. Newcomers have other things to read, too.")
    await _copy_built_in(services)
    await services.plan.put(await _step_from(command, context, services))
    return await _changed("Added.", services)


@feature.form(EditStep)
async def open_step(context: Context, given: Prefill, services: JourneyServices) -> Effects:
    """Open the form with the step as it is."""
    found = await _step(given.values.get("step"), services)
    spots = await services.people.spots()
    handles = {spot.id: spot.handle for spot in spots if spot.space == context.space}
    filled = {
        "kind": found.kind,
        "words": found.words,
        "day": found.day,
        "at": found.at,
        "whom": found.audience,
        "person": found.person,
        "channel": handles.get(found.channel) if found.channel is not None else None,
        "link": found.link or None,
    }
    return [OpenForm(EditStep, filled)]


@feature.action(id="welcome.edit_step", role=Role.COORDINATOR)
async def edit_step(command: EditStep, context: Context, services: JourneyServices) -> Effects:
    """Save a step that was changed."""
    found = await _step(command.step, services)
    ids = await _copy_built_in(services)
    changed = await _step_from(command, context, services)
    await services.plan.put(replace(changed, id=ids.get(found.id, found.id)))
    return await _changed("Changed.", services)


class MoveStep(Command):
    """Move a step of the welcome."""

    step: Annotated[int, Hidden]
    earlier: Annotated[bool, Hidden]


@feature.action(id="welcome.move_step", role=Role.COORDINATOR)
async def move_step(command: MoveStep, context: Context, services: JourneyServices) -> Effects:
    """Exchange the times of a step and its neighbour."""
    found = await _step(command.step, services)
    steps = ordered(await services.steps())
    number = next(number for number, step in enumerate(steps) if step.id == found.id)
    other = number - 1 if command.earlier else number + 1
    if not 0 <= other < len(steps):
        raise Refusal("It is the first one already." if command.earlier else "It is the last one already.")
    ids = await _copy_built_in(services)
    neighbour = steps[other].id
    await services.plan.swap(ids.get(found.id, found.id), ids.get(neighbour, neighbour))
    return await _changed("Moved.", services)


class RemoveStep(Command):
    """Take a step out of the welcome."""

    step: Annotated[int, Hidden]


@feature.action(id="welcome.remove_step", role=Role.COORDINATOR)
async def remove_step(command: RemoveStep, context: Context, services: JourneyServices) -> Effects:
    """Remove a step; newcomers who have had it have had it."""
    found = await _step(command.step, services)
    ids = await _copy_built_in(services)
    await services.plan.remove(ids.get(found.id, found.id))
    return await _changed("Removed.", services)


async def _copy_built_in(services: JourneyServices) -> dict[int, int]:
    """Store the built-in steps as the coordinators' own, once; returns their new ids by the old ones."""
    plan = services.plan
    settings = await plan.settings()
    if settings.edited:
        return {}
    built_in = await services.steps()
    await plan.clear()
    await plan.put_settings(replace(settings, edited=True))
    return await plan.adopt(ordered(built_in))


async def _step(number: object, services: JourneyServices) -> Step:
    for step in await services.steps():
        if str(step.id) == str(number):
            return step
    raise Refusal("That step is not there any more. /coordinate welcome edit shows what is.")


async def _step_from(command: AddStep, context: Context, services: JourneyServices) -> Step:
    """The step in the form. Raises Refusal if its text names a person and none is chosen."""
    spots = await services.people.spots()
    by_handle = {spot.handle: spot.id for spot in spots if spot.space == context.space}
    if "{person}" in command.words and command.person is None:
        raise Refusal("Your words name a {person}. Please choose one.", "person")
    return Step(
        0,
        command.kind,
        command.words,
        command.day,
        command.at,
        command.whom,
        command.person,
        by_handle[command.channel] if command.channel else None,
        str(command.link) if command.link else "",
    )


async def _changed(done: str, services: JourneyServices) -> Effects:
    """The editor, and the new plans of everybody who is on the journey."""
    plans = await replan(services)
    return [await editor(services, done=done), *plans]
