"""What coordinators ask of circles: see them all, let one rest, and end one."""

from datetime import date, time
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.circles.cards import TELLING
from facilitation.circles.dates import day_in_words, in_words
from facilitation.circles.feature import feature
from facilitation.circles.forms import MIXED
from facilitation.circles.schedule import next_in_words, unplanned
from facilitation.circles.selection import WHICH, circles_meant, which_circle
from facilitation.core.values.cards import Button, Buttons, Card, Channel, Item, Items, Small, Text
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import instant_of
from facilitation.core.values.speech import card, count, say
from storage.circles import Circle, CircleRounds, Circles, Figures, Mix, Round, RoundOutcome

# List ----------------------------------------------------------------------------------------------


class ListCircles(Command):
    """The circles: when they meet, and how it goes."""


@feature.command("circles list", id="circles.list", role=Role.COORDINATOR)
async def show_all(command: ListCircles, context: Context, circles: Circles, rounds: CircleRounds) -> Effects:
    """Every circle in words, what comes next, and its figures."""
    there = await circles.running()
    if not there:
        return [Reply(_none_yet())]
    items = []
    for circle in there:
        seats = len(await circles.seats(circle.id))
        latest = await rounds.latest(circle.id, 1)
        items.append(_item(circle, seats, await rounds.figures(circle.id), latest, context))
    more = Buttons((Button("New circle", "circles.draft"),))
    return [Reply(card("Circles", Items(tuple(items)), more))]


def _none_yet() -> Card:
    return card(
        "No circle yet",
        "A circle brings together small groups of who wants to, for a coffee, with somebody new each time.",
        Buttons((Button("New circle", "circles.draft", style="primary"),)),
        Small(say("You see it in words, with its next dates, before anything is saved.")),
    )


def _item(circle: Circle, seats: int, figures: Figures, latest: list[Round], context: Context) -> Item:
    lines = [
        say(
            "{words}, in groups of {size}; invitations in {place}",
            words=in_words(circle),
            size=circle.size,
            place=Channel(circle.space, circle.place),
        ),
        say("{next}", next=next_in_words(circle, context.community)),
        say("{n} people are in.", n=seats)
        if seats >= TELLING
        else say("Fewer than three people are in so far."),
        *_so_far(figures),
        *_last(latest),
    ]
    if circle.mix is not Mix.NOTHING:
        lines.insert(1, say("It brings together {mixed}.", mixed=MIXED[circle.mix]))
    if circle.gone:
        lines.insert(1, say("Its channel is gone, so nobody is invited there."))
    held = (
        Button("Resume", "circles.resume", {"circle": circle.id})
        if circle.is_paused(context.at)
        else Button("Pause", "circles.pause", {"circle": circle.id})
    )
    return Item(say("**{name}**", name=circle.name), _lines(lines), (held,))


def _so_far(figures: Figures) -> list[Text]:
    """Its figures, in words; what is known of fewer than three is not told."""
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


def _last(latest: list[Round]) -> list[Text]:
    """Why the last date had no round, if it had none."""
    for one in latest:
        if one.outcome is RoundOutcome.SKIPPED:
            return [say("Skipped {day}: {why}.", day=day_in_words(one.day), why=one.why)]
        if one.outcome is RoundOutcome.MISSED:
            return [say("Missed {day}: I was away.", day=day_in_words(one.day))]
    return []


def _lines(lines: list[Text]) -> Text:
    """One below the other."""
    text = lines[0]
    for line in lines[1:]:
        text = say("{above}\n{line}", above=text, line=line)
    return text


# Pause, resume and end -----------------------------------------------------------------------------


class PauseCircle(Command):
    """Let a circle rest; its rounds are skipped, not made up for."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circles pause", id="circles.pause", role=Role.COORDINATOR)
async def pause(command: PauseCircle, context: Context, circles: Circles) -> Effects:
    """From now on, until somebody resumes it."""
    found = await circles_meant(circles, command.circle, command.which)
    if len(found) > 1:
        return [Reply(which_circle(found, "circles.pause"))]
    [circle] = found
    await circles.pause(circle.id, paused=True)
    buttons = Buttons(
        (
            Button("Only until a date", "circles.pause_until", {"circle": circle.id}),
            Button("Resume", "circles.resume", {"circle": circle.id}),
            Button("End it", "circles.end", {"circle": circle.id}, style="danger"),
        )
    )
    words = say("**{name}** rests. Its rounds are skipped, and everybody stays in.", name=circle.name)
    return [Reply(card("Paused", words, buttons, tone="good"))]


class PauseCircleUntil(Command):
    """Let a circle rest until a date."""

    heading: ClassVar[str] = "Pause until"

    circle: Annotated[int, Hidden]
    until: date = Field(title="Until", description="a date such as 2026-03-09; it goes on that day")


@feature.action(id="circles.pause_until", role=Role.COORDINATOR)
async def pause_until(command: PauseCircleUntil, context: Context, circles: Circles) -> Effects:
    """It goes on by itself."""
    [circle] = await circles_meant(circles, command.circle, "")
    until = instant_of(command.until, time(0), circle.zone)
    if until <= context.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    await circles.pause(circle.id, paused=True, until=until)
    words = say("**{name}** rests until {day}.", name=circle.name, day=day_in_words(command.until))
    return [Reply(card("Paused", words, tone="good"))]


class ResumeCircle(Command):
    """Go on with a circle that rests."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circles resume", id="circles.resume", role=Role.COORDINATOR)
async def resume(command: ResumeCircle, context: Context, circles: Circles) -> Effects:
    """With its next date; nothing is made up for."""
    found = await circles_meant(circles, command.circle, command.which)
    resting = [one for one in found if one.is_paused(context.at)]
    if not resting:
        raise Refusal("It is not paused." if len(found) == 1 else "None of them is paused.")
    if len(resting) > 1:
        return [Reply(which_circle(resting, "circles.resume"))]
    await circles.pause(resting[0].id, paused=False)
    [circle] = await circles_meant(circles, resting[0].id, "")
    words = say("**{name}** goes on. {next}", name=circle.name, next=next_in_words(circle, context.community))
    return [Reply(card("", words, tone="good"))]


class EndCircle(Command):
    """End a circle; groups that were made stand."""

    circle: Annotated[int, Hidden]


@feature.action(id="circles.end", role=Role.COORDINATOR)
async def end(command: EndCircle, context: Context, circles: Circles) -> Effects:
    """No more rounds; who has met whom is remembered for other circles."""
    [circle] = await circles_meant(circles, command.circle, "")
    await circles.end(circle.id)
    words = say("**{name}** has ended. Thank you for having kept it going.", name=circle.name)
    return [*unplanned(circle.id), Reply(card("", words, tone="good"))]
