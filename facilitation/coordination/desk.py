"""The desk: what waits for coordinators, on request and on Monday morning; and hush."""

from datetime import date, datetime, time

from pydantic import Field

from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import Contributions, DeskItem
from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Button, Buttons, Card, Items, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Due, Role
from facilitation.core.values.effects import Effects, Later, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.local_time import instant_of, next_weekly
from facilitation.core.values.speech import card, say
from storage.communities import Community, People, Use

DESK_AT = time(9)


class Desk(Command):
    """What waits for coordinators."""


@feature.command("desk", id="coordination.desk", role=Role.COORDINATOR)
async def desk(command: Desk, context: Context, contributions: Contributions) -> Effects:
    """All that waits, and what happens if it is ignored."""
    return [Reply(_desk_card(await contributions.desk(context)))]


class MondayDesk(Command):
    """The desk, in the coordinators' channel on Monday morning."""


@feature.action(id="coordination.monday_desk")
async def monday_desk(command: MondayDesk, due: Due, people: People, contributions: Contributions) -> Effects:
    """One summary a week; nothing at all when nothing waits."""
    effects: Effects = [next_desk(due.community, due.at)]
    waiting = await contributions.desk()
    if waiting:
        effects += await to_coordinators(people, _desk_card(waiting), f"desk:{due.due:%Y-%m-%d}")
    return effects


def _desk_card(waiting: list[DeskItem]) -> Card:
    if not waiting:
        return card("The desk", "Nothing waits for you. Enjoy your hour.")
    return card("The desk", Items(tuple(item.item() for item in waiting)))


def next_desk(community: Community, now: datetime) -> Later:
    return Later(next_weekly(now, community.zone, 0, DESK_AT), MondayDesk(), "desk")


@feature.desk("setup")
async def first_steps(community: Community, people: People, clock: Clock) -> list[DeskItem]:
    """What is missing before the bot can do its work."""
    if community.begun_at is None:
        first = "coordination.begin" if community.configured else "coordination.settings"
        label = "Begin" if community.configured else "Settings"
        return [
            DeskItem(
                say("We have not begun yet."),
                say("If ignored: I stay silent."),
                (Button(label, first, style="primary"),),
            )
        ]
    uses = {use for spot in await people.spots() if not spot.archived for use in spot.uses}
    items: list[DeskItem] = []
    if Use.RECAP not in uses:
        items.append(
            DeskItem(
                say("No channel is set for the weekly recap."),
                say("If ignored: there is no recap."),
                (Button("Settings", "coordination.settings"),),
            )
        )
    if community.is_hushed(clock.now()):
        items.append(
            DeskItem(
                say("I am hushed."), _hush_end(community), (Button("Speak again", "coordination.speak"),)
            )
        )
    return items


# Hush ----------------------------------------------------------------------------------------------


class Hush(Command):
    """Stop prompts, recaps and unasked messages at once, until a date or until you lift it."""

    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-03-09; or leave it open"
    )


@feature.command("hush", id="coordination.hush", role=Role.COORDINATOR)
async def hush(command: Hush, context: Context, people: People) -> Effects:
    """Silence, now. What is missed is skipped, not made up for."""
    until = instant_of(command.until, time(0), context.community.zone) if command.until else None
    if until is not None and until <= context.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    community = await people.configure(hushed=True, hush_until=until)
    lift = Buttons((Button("Speak again", "coordination.speak"),))
    return [
        Reply(
            card(
                "Hushed",
                "No prompts, no recaps, nothing unasked. I still answer, and what is missed is skipped.",
                _hush_end(community),
                lift,
            )
        )
    ]


class Speak(Command):
    """Lift the hush."""


@feature.action(id="coordination.speak", role=Role.COORDINATOR)
async def speak(command: Speak, context: Context, people: People) -> Effects:
    """Go on with the next thing due; nothing is made up for."""
    if not context.community.is_hushed(context.at):
        raise Refusal("I am not hushed.")
    await people.configure(hushed=False, hush_until=None)
    return [Reply(card("", "I am back, from the next thing due on.", tone="good"))]


def _hush_end(community: Community) -> Text:
    if community.hush_until is None:
        return say("Until you lift it.")
    return say("Until {day}.", day=community.hush_until)
