"""Coordinators make the journey theirs: the first message, and steps added, changed, moved and removed."""

from dataclasses import replace
from datetime import time
from typing import Annotated, ClassVar, Literal

from pydantic import Field, HttpUrl

from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Item,
    Items,
    Part,
    Small,
    Text,
)
from facilitation.core.values.commands import Command, Context, Prefill, Role
from facilitation.core.values.effects import Effect, Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ChannelHandle, Hidden, MemberId, TimeOfDay
from facilitation.core.values.speech import card, count, say
from facilitation.welcome.feature import feature
from facilitation.welcome.jobs import replanned, steps_of
from facilitation.welcome.journey import HELLO, WISHES, Kind, Whom, ordered
from facilitation.welcome.templates import ACCEPTED, Template
from storage.communities import People
from storage.welcome import Journeys, Plan, Step, Via, Wishes

LONGEST = 1000
"""Characters of a step's words."""
AT_MOST = 20
"""Steps of a journey."""
LAST_DAY = 365
Manner = Literal["as usual on the platform", "direct message", "button"]
MANNERS: dict[str, Via] = {
    "as usual on the platform": Via.PLATFORM,
    "direct message": Via.DIRECT,
    "button": Via.BUTTON,
}
KINDS: dict[str, str] = {
    "text": "a few words",
    "question": "a question",
    "task": "something to do",
    "person": "a person to meet",
    "channel": "a channel to visit",
    "resource": "something to read",
}


# Showing -------------------------------------------------------------------------------------------


class ShowWelcome(Command):
    """Show how newcomers are welcomed."""


@feature.command("welcome show", id="welcome.show", role=Role.COORDINATOR)
async def show(command: ShowWelcome, context: Context, plan: Plan) -> Effects:
    """The first message and every step, as they were written."""
    wishes, steps = await plan.wishes(), await steps_of(plan)
    lines = Items(tuple(Item(_when(step), _words(step)) for step in ordered(steps)))
    more = Buttons(
        (
            Button("Change it", "welcome.edit", style="primary"),
            Button("Try it on me", "welcome.preview"),
            Button("How far people come", "welcome.progress"),
        )
    )
    return [Reply(card("The welcome", *_opening(wishes), lines, more))]


class EditWelcome(Command):
    """Change how newcomers are welcomed."""


@feature.command("welcome edit", id="welcome.edit", role=Role.COORDINATOR)
async def edit(command: EditWelcome, context: Context, plan: Plan) -> Effects:
    """Every step with what can be done to it."""
    return [Reply(await _editor(plan))]


async def _editor(plan: Plan, *, done: str = "") -> Card:
    wishes, steps = await plan.wishes(), ordered(await steps_of(plan))
    items = tuple(Item(_when(step), _words(step), _tools(step, steps)) for step in steps)
    below = [Button("Add a step", "welcome.add_step", style="primary")]
    below += [Button("First message", "welcome.first_message"), Button("Try it on me", "welcome.preview")]
    if wishes.edited or wishes.words:
        below.append(Button("Back to the built-in one", "welcome.reset", style="danger"))
    parts: list[Part] = [say("{done}", done=done)] if done else []
    parts += [*_opening(wishes), Divider(), Items(items), Buttons(tuple(below))]
    parts.append(Small(say("Words may contain {accepted}.", accepted=_accepted())))
    return card("Change the welcome", *parts, tone="good" if done else "plain")


def _tools(step: Step, steps: list[Step]) -> tuple[Button, ...]:
    tools = [Button("Change", "welcome.edit_step", {"step": step.id})]
    if step.id != steps[0].id:
        tools.append(Button("Earlier", "welcome.move_step", {"step": step.id, "earlier": True}))
    if step.id != steps[-1].id:
        tools.append(Button("Later", "welcome.move_step", {"step": step.id, "earlier": False}))
    return (*tools, Button("Remove", "welcome.remove_step", {"step": step.id}, style="danger"))


def _opening(wishes: Wishes) -> list[Part]:
    manner = {
        Via.PLATFORM: say(
            "by direct message, or with a button in the welcome channel where bots must not write first"
        ),
        Via.DIRECT: say("by direct message"),
        Via.BUTTON: say("with a button in the welcome channel"),
    }[wishes.via]
    whose = say("your own") if wishes.edited else say("the built-in ones")
    return [
        say("Newcomers are greeted once, {manner}. The steps are {whose}.", manner=manner, whose=whose),
        say("**First message:** {words}", words=wishes.words or HELLO),
    ]


def _when(step: Step) -> Text:
    when = say("**Day {day} at {at}:** {kind}", day=step.day, at=f"{step.at:%H:%M}", kind=KINDS[step.kind])
    if step.whom == "everyone":
        return say("{when}, for everyone", when=when)
    return say("{when}, for those who would like to {wish}", when=when, wish=WISHES[step.whom])


def _words(step: Step) -> Text:
    return say("{words}", words=step.words)


def _accepted() -> str:
    return " ".join(f"{{{name}}}" for name in ACCEPTED)


# Steps ---------------------------------------------------------------------------------------------


class AddStep(Command):
    """Add a step to the welcome."""

    heading: ClassVar[str] = "Add a step"

    kind: Kind = Field(title="What it is", description="a task has a Done button, a question an answer")
    words: Template = Field(
        title="Words",
        description="{name}, {community}, {channel}, {help}, {coordinators} and others stand for themselves",
        max_length=LONGEST,
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
async def add_step(
    command: AddStep, context: Context, journeys: Journeys, plan: Plan, people: People
) -> Effects:
    """One more step, in its place in time."""
    if len(await steps_of(plan)) >= AT_MOST:
        raise Refusal(f"A journey has at most {AT_MOST} steps. Newcomers have other things to read, too.")
    await _own(plan)
    await plan.put(await _written(command, context, people))
    return await _changed("Added.", context, journeys, plan, people)


@feature.form(EditStep)
async def open_step(context: Context, given: Prefill, plan: Plan, people: People) -> Effects:
    """The form as the step stands."""
    found = await _step(given.values.get("step"), plan)
    handles = {spot.id: spot.handle for spot in await people.spots() if spot.space == context.space}
    filled = {
        "kind": found.kind,
        "words": found.words,
        "day": found.day,
        "at": found.at,
        "whom": found.whom,
        "person": found.person,
        "channel": handles.get(found.channel) if found.channel is not None else None,
        "link": found.link or None,
    }
    return [OpenForm(EditStep, filled)]


@feature.action(id="welcome.edit_step", role=Role.COORDINATOR)
async def edit_step(
    command: EditStep, context: Context, journeys: Journeys, plan: Plan, people: People
) -> Effects:
    """A step says something else, or at another time."""
    found = await _step(command.step, plan)
    ids = await _own(plan)
    written = await _written(command, context, people)
    await plan.put(replace(written, id=ids.get(found.id, found.id)))
    return await _changed("Changed.", context, journeys, plan, people)


class MoveStep(Command):
    """Move a step of the welcome."""

    step: Annotated[int, Hidden]
    earlier: Annotated[bool, Hidden]


@feature.action(id="welcome.move_step", role=Role.COORDINATOR)
async def move_step(
    command: MoveStep, context: Context, journeys: Journeys, plan: Plan, people: People
) -> Effects:
    """A step and its neighbour exchange their times."""
    found = await _step(command.step, plan)
    steps = ordered(await steps_of(plan))
    number = next(number for number, step in enumerate(steps) if step.id == found.id)
    other = number - 1 if command.earlier else number + 1
    if not 0 <= other < len(steps):
        raise Refusal("It is the first one already." if command.earlier else "It is the last one already.")
    ids = await _own(plan)
    neighbour = steps[other].id
    await plan.swap(ids.get(found.id, found.id), ids.get(neighbour, neighbour))
    return await _changed("Moved.", context, journeys, plan, people)


class RemoveStep(Command):
    """Take a step out of the welcome."""

    step: Annotated[int, Hidden]


@feature.action(id="welcome.remove_step", role=Role.COORDINATOR)
async def remove_step(
    command: RemoveStep, context: Context, journeys: Journeys, plan: Plan, people: People
) -> Effects:
    """A step comes no more."""
    found = await _step(command.step, plan)
    ids = await _own(plan)
    await plan.remove(ids.get(found.id, found.id))
    return await _changed("Removed.", context, journeys, plan, people)


class Reset(Command):
    """Go back to the built-in welcome."""

    sure: Annotated[bool, Hidden] = False


@feature.action(id="welcome.reset", role=Role.COORDINATOR)
async def reset(command: Reset, context: Context, journeys: Journeys, plan: Plan, people: People) -> Effects:
    """Asked twice, since what coordinators wrote is gone then."""
    if not command.sure:
        steps = len(await plan.steps())
        what = count(steps, "Your one step", "Your {n} steps")
        words = say("{what} and your first message would be gone. Shall I?", what=what)
        if not steps:
            words = say("Your first message would be gone. Shall I?")
        sure = Buttons((Button("Yes, the built-in one", "welcome.reset", {"sure": True}, style="danger"),))
        return [Reply(card("", words, sure))]
    await plan.clear()
    await plan.wish(replace(await plan.wishes(), words="", edited=False))
    return await _changed("The built-in welcome is back.", context, journeys, plan, people)


async def _own(plan: Plan) -> dict[int, int]:
    """The steps become the coordinators' own; returns the new ids of the built-in ones by the old."""
    wishes = await plan.wishes()
    if wishes.edited:
        return {}
    built_in = await steps_of(plan)
    await plan.clear()
    await plan.wish(replace(wishes, edited=True))
    return await plan.adopt(ordered(built_in))


async def _step(number: object, plan: Plan) -> Step:
    for step in await steps_of(plan):
        if str(step.id) == str(number):
            return step
    raise Refusal("That step is not there any more. /coordinate welcome edit shows what is.")


async def _written(command: AddStep, context: Context, people: People) -> Step:
    """A step as the form has it. Refuses what would leave a gap in its words."""
    spots = {spot.handle: spot.id for spot in await people.spots() if spot.space == context.space}
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
        spots[command.channel] if command.channel else None,
        str(command.link) if command.link else "",
    )


async def _changed(done: str, context: Context, journeys: Journeys, plan: Plan, people: People) -> Effects:
    """The list as it is now; whoever is on the journey goes on with it so."""
    following: list[Effect] = [*await replanned(journeys, plan, people, context.community)]
    return [Reply(await _editor(plan, done=done)), *following]


# The first message ---------------------------------------------------------------------------------


class FirstMessage(Command):
    """Change how newcomers are greeted first."""

    heading: ClassVar[str] = "First message"

    manner: Manner = Field(
        default="as usual on the platform",
        title="How",
        description="as usual: a direct message, or a button where bots must not write first",
    )
    words: Template = Field(
        default="",
        title="Words",
        description="a line before the charter and the question; empty: the built-in one",
        max_length=LONGEST,
    )


@feature.form(FirstMessage)
async def open_first_message(context: Context, plan: Plan) -> Effects:
    """The form as it was saved."""
    wishes = await plan.wishes()
    manner = next(name for name, via in MANNERS.items() if via is wishes.via)
    return [OpenForm(FirstMessage, {"manner": manner, "words": wishes.words})]


@feature.action(id="welcome.first_message", role=Role.COORDINATOR)
async def first_message(command: FirstMessage, context: Context, plan: Plan) -> Effects:
    """Keep how newcomers are greeted."""
    await plan.wish(replace(await plan.wishes(), via=MANNERS[command.manner], words=command.words))
    return [Reply(await _editor(plan, done="Saved."))]
