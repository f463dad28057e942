"""Coordinators' commands: the desk, the hush, and taking back one of the bot's posts."""

from datetime import date
from typing import Annotated

from pydantic import Field

from facilitation.coordination import cards
from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import Contributions, Posts
from facilitation.core.values.cards import Button, Buttons
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply, Retract
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import start_of_coming_day
from facilitation.core.values.speech import card
from storage.communities import People

# The desk ------------------------------------------------------------------------------------------


class ShowDesk(Command):
    """What waits for coordinators."""


@feature.command("desk", id="coordination.show_desk", role=Role.COORDINATOR, read_only=True)
async def show_desk(command: ShowDesk, context: Context, contributions: Contributions) -> Effects:
    """Show everything that waits, and what happens if it is ignored."""
    return [Reply(cards.desk(await contributions.desk(context)))]


# Hush ----------------------------------------------------------------------------------------------


class Hush(Command):
    """Stop prompts, recaps and unasked messages at once, until a date or until you lift it."""

    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-03-09; or leave it open"
    )


@feature.command("hush", id="coordination.hush", role=Role.COORDINATOR)
async def hush(command: Hush, context: Context, people: People) -> Effects:
    """Stop at once. Posts that fall due meanwhile are skipped."""
    zone = context.community.zone
    until = start_of_coming_day(command.until, zone, context.at) if command.until else None
    community = await people.configure(hushed=True, hush_until=until)
    lift = Buttons((Button("Speak again", "coordination.lift_hush"),))
    return [
        Reply(
            card(
                "Hushed",
                "No prompts, no recaps, nothing unasked. I still answer, and what is missed is skipped.",
                cards.hush_end(community),
                lift,
            )
        )
    ]


class LiftHush(Command):
    """Lift the hush."""


@feature.action(id="coordination.lift_hush", role=Role.COORDINATOR)
async def lift_hush(command: LiftHush, context: Context, people: People) -> Effects:
    """Continue with the next post that falls due."""
    if not context.community.is_hushed(context.at):
        raise Refusal("I am not hushed.")
    await people.configure(hushed=False, hush_until=None)
    return [Reply(card("", "I am back, from the next thing due on.", tone="good"))]


# Taking back ---------------------------------------------------------------------------------------


class TakeBack(Command):
    """Remove one of my messages."""

    place: Annotated[str, Hidden]
    message: Annotated[str, Hidden]


@feature.action(id="coordination.take_back", role=Role.COORDINATOR, label="Take back")
async def take_back(command: TakeBack, context: Context, posts: Posts) -> Effects:
    """Retract a post of the bot, of any feature."""
    key = await posts.key_at(context.space, command.place, command.message)
    if key is None:
        raise Refusal("That is not a message of mine that I could take back.")
    return [Retract(key), Reply(card("", "Taken back.", tone="good"))]
