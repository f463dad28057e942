"""Coordinators' commands: show, edit, preview and reset the welcome, and show the progress of newcomers."""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Direct
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Post, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, count, say
from facilitation.welcome import coordinator_cards, keys
from facilitation.welcome.feature import feature
from facilitation.welcome.schedule import replan
from facilitation.welcome.services import JourneyServices
from facilitation.welcome.templates import Template
from storage.welcome import Plan, Via

MAX_LENGTH = 1000
"""Characters of the first message, and of a step."""
Manner = Literal["as usual on the platform", "direct message", "button"]
MANNERS: dict[Manner, Via] = {
    "as usual on the platform": Via.PLATFORM,
    "direct message": Via.DIRECT,
    "button": Via.BUTTON,
}

# Showing and editing -------------------------------------------------------------------------------


class ShowWelcome(Command):
    """Show how newcomers are welcomed."""


@feature.command("welcome show", id="welcome.show", role=Role.COORDINATOR, read_only=True)
async def show(command: ShowWelcome, context: Context, services: JourneyServices) -> Effects:
    """Show the first message and every step, as they were written."""
    return [Reply(coordinator_cards.overview(await services.plan.settings(), await services.steps()))]


class EditWelcome(Command):
    """Change how newcomers are welcomed."""


@feature.command("welcome edit", id="welcome.edit", role=Role.COORDINATOR, read_only=True)
async def edit(command: EditWelcome, context: Context, services: JourneyServices) -> Effects:
    """Show the editor: every step with buttons to change it."""
    return [await editor(services)]


async def editor(services: JourneyServices, *, done: str = "") -> Reply:
    """The editor as a reply; `done` says what has just been changed."""
    settings, steps = await services.plan.settings(), await services.steps()
    return Reply(coordinator_cards.editor(settings, steps, done=done))


class ResetWelcome(Command):
    """Go back to the built-in welcome."""

    sure: Annotated[bool, Hidden] = False


@feature.action(id="welcome.reset", role=Role.COORDINATOR)
async def reset(command: ResetWelcome, context: Context, services: JourneyServices) -> Effects:
    """Ask once more, then delete the coordinators' own steps and first message."""
    plan = services.plan
    if not command.sure:
        steps = len(await plan.steps())
        what = count(steps, "Your one step", "Your {n} steps")
        words = say("{what} and your first message would be gone. Shall I?", what=what)
        if not steps:
            words = say("Your first message would be gone. Shall I?")
        sure = Buttons((Button("Yes, the built-in one", "welcome.reset", {"sure": True}, style="danger"),))
        return [Reply(card("", words, sure))]
    await plan.clear()
    await plan.put_settings(replace(await plan.settings(), words="", edited=False))
    return [await editor(services, done="The built-in welcome is back."), *await replan(services)]


# The first message ---------------------------------------------------------------------------------


class EditFirstMessage(Command):
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
        max_length=MAX_LENGTH,
    )


@feature.form(EditFirstMessage)
async def open_first_message(context: Context, plan: Plan) -> Effects:
    """Open the form with what is saved."""
    settings = await plan.settings()
    manner = next(name for name, via in MANNERS.items() if via is settings.via)
    return [OpenForm(EditFirstMessage, {"manner": manner, "words": settings.words})]


@feature.action(id="welcome.edit_first_message", role=Role.COORDINATOR)
async def edit_first_message(
    command: EditFirstMessage, context: Context, services: JourneyServices
) -> Effects:
    """Save how newcomers are greeted."""
    settings = await services.plan.settings()
    await services.plan.put_settings(replace(settings, via=MANNERS[command.manner], words=command.words))
    return [await editor(services, done="Saved.")]


# Preview and progress ------------------------------------------------------------------------------


class PreviewWelcome(Command):
    """Play the whole welcome on me, now."""


@feature.command("welcome preview", id="welcome.preview", role=Role.COORDINATOR)
async def preview(command: PreviewWelcome, context: Context, services: JourneyServices) -> Effects:
    """Send the sender every message at once; the buttons of a preview change nothing."""
    member = context.member.id
    settings, steps, facts = await services.plan.settings(), await services.steps(), await services.facts()
    posts = [
        Post(Direct(member), message, keys.preview(member, context.at, number))
        for number, message in enumerate(coordinator_cards.preview(settings, steps, facts, member))
    ]
    words = count(len(posts), "I am writing you one message.", "I am writing you {n} messages, all at once.")
    return [*posts, Reply(card("", words, tone="good"))]


class ShowProgress(Command):
    """Show how far newcomers come on their way."""


@feature.command("welcome progress", id="welcome.show_progress", role=Role.COORDINATOR, read_only=True)
async def show_progress(command: ShowProgress, context: Context, services: JourneyServices) -> Effects:
    """Show the number of newcomers who have reached each stage of the journey."""
    found = await services.journeys.progress()
    steps = await services.steps() if found.arrived else []
    return [Reply(coordinator_cards.progress(found, steps))]
