"""Coordinators' commands: list circles, pause and resume them, and end one. `forms.py` makes them."""

from typing import Annotated

from facilitation.circles.cards import MIN_PEOPLE_SHOWN, MIX_IN_WORDS
from facilitation.circles.dates import recurrence_in_words
from facilitation.circles.feature import feature
from facilitation.circles.schedule import cancel_plans, next_in_words
from facilitation.circles.selection import CIRCLE, WHICH, get_circle, matching_circles
from facilitation.core.features.schedules import PauseUntil, Pausing
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Item, Items, Small, Text
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import short_day_in_words
from facilitation.core.values.speech import card, count, join, say
from storage.circles import Circle, CircleRounds, Circles, Figures, Mix, Round, RoundOutcome

# List ----------------------------------------------------------------------------------------------


class ListCircles(Command):
    """The circles: when they meet, and how it goes."""


@feature.command("circles list", id="circles.list", role=Role.COORDINATOR, read_only=True)
async def list_circles(
    command: ListCircles, context: Context, circles: Circles, rounds: CircleRounds
) -> Effects:
    """Every circle with its schedule, its next round and its figures."""
    running = await circles.running()
    if not running:
        return [Reply(_none_yet())]
    items = []
    for circle in running:
        seats = len(await circles.seats(circle.id))
        latest = await rounds.latest(circle.id, 1)
        items.append(_item(circle, seats, await rounds.figures(circle.id), latest, context))
    more = Buttons((Button("New circle", "circles.draft"),))
    return [Reply(card("Circles", Items(tuple(items)), more))]


def _none_yet() -> Card:
    return card(
        "No circle yet",
        "A circle brings people together in small groups for a coffee, with somebody new each time.",
        Buttons((Button("New circle", "circles.draft", style="primary"),)),
        Small(say("You see it in words, with its next dates, before anything is saved.")),
    )


def _item(circle: Circle, seats: int, figures: Figures, latest: list[Round], context: Context) -> Item:
    lines = [
        say(
            "{words}, in groups of {size}; invitations in {place}",
            words=recurrence_in_words(circle),
            size=circle.size,
            place=Channel(circle.space, circle.place),
        ),
        say("{next}", next=next_in_words(circle, context.community)),
        say("{n} people are in.", n=seats)
        if seats >= MIN_PEOPLE_SHOWN
        else say("Fewer than three people are in so far."),
        *_figures_in_words(figures),
        *_why_no_round(latest),
    ]
    if circle.mix is not Mix.NOTHING:
        lines.insert(1, say("It brings together {mixed}.", mixed=MIX_IN_WORDS[circle.mix]))
    if circle.gone:
        lines.insert(1, say("Its channel is gone, so nobody is invited there."))
    toggle = (
        Button("Resume", "circles.resume", {"circle": circle.id})
        if circle.is_paused(context.at)
        else Button("Pause", "circles.pause", {"circle": circle.id})
    )
    return Item(say("**{name}**", name=circle.name), join(lines, "\n"), (toggle,))


def _figures_in_words(figures: Figures) -> list[Text]:
    """The figures of a circle. Those of fewer than three people are unknown and omitted."""
    if figures.new is None or figures.repeats is None:
        return []
    lines = [
        count(
            figures.rounds,
            "One round so far: {new} pairs met for the first time, {again} again.",
            "{n} rounds so far: {new} pairs met for the first time, {again} again.",
            new=figures.new,
            again=figures.repeats,
        )
    ]
    if figures.met is not None:
        lines.append(say("Of the groups that answered, {share} met.", share=f"{figures.met:.0%}"))
    return lines


def _why_no_round(latest: list[Round]) -> list[Text]:
    """Why the latest date had no round, if it had none."""
    for one in latest:
        if one.outcome is RoundOutcome.SKIPPED:
            return [say("Skipped {day}: {why}.", day=short_day_in_words(one.day), why=one.why)]
        if one.outcome is RoundOutcome.MISSED:
            return [say("Missed {day}: I was away.", day=short_day_in_words(one.day))]
    return []


# Pause, resume and end -----------------------------------------------------------------------------

PAUSING = Pausing(
    CIRCLE,
    pause="circles.pause",
    pause_until="circles.pause_until",
    resume="circles.resume",
    end="circles.end",
    end_label="End it",
    consequence=say("Its rounds are skipped, and everybody stays in."),
)


class PauseCircle(Command):
    """Let a circle rest; its rounds are skipped, not made up for."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circles pause", id="circles.pause", role=Role.COORDINATOR)
async def pause(command: PauseCircle, context: Context, circles: Circles) -> Effects:
    """Pause until somebody resumes it."""
    return await PAUSING.pause_now(circles, await matching_circles(circles, command.circle, command.which))


class PauseCircleUntil(PauseUntil):
    """Let a circle rest until a date."""

    circle: Annotated[int, Hidden]


@feature.action(id="circles.pause_until", role=Role.COORDINATOR)
async def pause_until(command: PauseCircleUntil, context: Context, circles: Circles) -> Effects:
    """Pause until a day begins; then the circle goes on by itself."""
    circle = await get_circle(circles, command.circle)
    return await PAUSING.pause_until_day(circles, circle, command.until, context.at)


class ResumeCircle(Command):
    """Go on with a circle that rests."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circles resume", id="circles.resume", role=Role.COORDINATOR)
async def resume(command: ResumeCircle, context: Context, circles: Circles) -> Effects:
    """Go on with the next round; skipped ones are not made up for."""
    found = await matching_circles(circles, command.circle, command.which)
    return await PAUSING.resume_now(
        circles, found, context.at, lambda circle: next_in_words(circle, context.community)
    )


class EndCircle(Command):
    """End a circle; groups that were made stand."""

    circle: Annotated[int, Hidden]


@feature.action(id="circles.end", role=Role.COORDINATOR)
async def end(command: EndCircle, context: Context, circles: Circles) -> Effects:
    """End the rounds. Who has met whom is kept for other circles."""
    circle = await get_circle(circles, command.circle)
    await circles.end(circle.id)
    words = say("**{name}** has ended. Thank you for having kept it going.", name=circle.name)
    return [*cancel_plans(circle.id), Reply(card("", words, tone="good"))]
