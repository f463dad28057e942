"""What coordinators ask of circles: see them all, let one rest, and end one."""

from datetime import date, time
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.circles.cards import TELLING
from facilitation.circles.choosing import WHICH, circles_meant, which_circle
from facilitation.circles.dates import day_in_words, in_words
from facilitation.circles.planning import next_in_words, unplanned
from facilitation.circles.proposing import MIXED
from facilitation.circles.room import room
from facilitation.core.ask import Ask, Call, Hidden, Role
from facilitation.core.cards import Button, Buttons, Card, Channel, Item, Items, Small, Text
from facilitation.core.effects import Effects, Reply
from facilitation.core.errors import Refusal
from facilitation.core.local_time import instant_of
from facilitation.core.speech import card, count, say
from storage.circles import Circle, CircleRounds, Circles, Figures, Mix, Outcome, Round

# List ----------------------------------------------------------------------------------------------


class ListCircles(Ask):
    """The circles: when they meet, and how it goes."""


@room.command("circles list", role=Role.COORDINATOR)
async def show_all(ask: ListCircles, call: Call, circles: Circles, rounds: CircleRounds) -> Effects:
    """Every circle in words, what comes next, and its figures."""
    there = await circles.running()
    if not there:
        return [Reply(_none_yet())]
    items = []
    for circle in there:
        seats = len(await circles.seats(circle.id))
        latest = await rounds.latest(circle.id, 1)
        items.append(_item(circle, seats, await rounds.figures(circle.id), latest, call))
    more = Buttons((Button("New circle", "circles.new"),))
    return [Reply(card("Circles", Items(tuple(items)), more))]


def _none_yet() -> Card:
    return card(
        "No circle yet",
        "A circle brings together small groups of who wants to, for a coffee, with somebody new each time.",
        Buttons((Button("New circle", "circles.new", style="primary"),)),
        Small(say("You see it in words, with its next dates, before anything is saved.")),
    )


def _item(circle: Circle, seats: int, figures: Figures, latest: list[Round], call: Call) -> Item:
    lines = [
        say(
            "{words}, in groups of {size}; invitations in {place}",
            words=in_words(circle),
            size=circle.size,
            place=Channel(circle.space, circle.place),
        ),
        say("{next}", next=next_in_words(circle, call.community)),
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
        if circle.is_paused(call.at)
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
        if one.outcome is Outcome.SKIPPED:
            return [say("Skipped {day}: {why}.", day=day_in_words(one.day), why=one.why)]
        if one.outcome is Outcome.MISSED:
            return [say("Missed {day}: I was away.", day=day_in_words(one.day))]
    return []


def _lines(lines: list[Text]) -> Text:
    """One below the other."""
    text = lines[0]
    for line in lines[1:]:
        text = say("{above}\n{line}", above=text, line=line)
    return text


# Pause, resume and end -----------------------------------------------------------------------------


class PauseCircle(Ask):
    """Let a circle rest; its rounds are skipped, not made up for."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@room.command("circles pause", role=Role.COORDINATOR)
async def pause(ask: PauseCircle, call: Call, circles: Circles) -> Effects:
    """From now on, until somebody resumes it."""
    found = await circles_meant(circles, ask.circle, ask.which)
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


class PauseCircleUntil(Ask):
    """Let a circle rest until a date."""

    heading: ClassVar[str] = "Pause until"

    circle: Annotated[int, Hidden]
    until: date = Field(title="Until", description="a date such as 2026-03-09; it goes on that day")


@room.action(role=Role.COORDINATOR)
async def pause_until(ask: PauseCircleUntil, call: Call, circles: Circles) -> Effects:
    """It goes on by itself."""
    [circle] = await circles_meant(circles, ask.circle, "")
    until = instant_of(ask.until, time(0), circle.zone)
    if until <= call.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    await circles.pause(circle.id, paused=True, until=until)
    words = say("**{name}** rests until {day}.", name=circle.name, day=day_in_words(ask.until))
    return [Reply(card("Paused", words, tone="good"))]


class ResumeCircle(Ask):
    """Go on with a circle that rests."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@room.command("circles resume", role=Role.COORDINATOR)
async def resume(ask: ResumeCircle, call: Call, circles: Circles) -> Effects:
    """With its next date; nothing is made up for."""
    found = await circles_meant(circles, ask.circle, ask.which)
    resting = [one for one in found if one.is_paused(call.at)]
    if not resting:
        raise Refusal("It is not paused." if len(found) == 1 else "None of them is paused.")
    if len(resting) > 1:
        return [Reply(which_circle(resting, "circles.resume"))]
    await circles.pause(resting[0].id, paused=False)
    [circle] = await circles_meant(circles, resting[0].id, "")
    words = say("**{name}** goes on. {next}", name=circle.name, next=next_in_words(circle, call.community))
    return [Reply(card("", words, tone="good"))]


class EndCircle(Ask):
    """End a circle; groups that were made stand."""

    circle: Annotated[int, Hidden]


@room.action(role=Role.COORDINATOR)
async def end(ask: EndCircle, call: Call, circles: Circles) -> Effects:
    """No more rounds; who has met whom is remembered for other circles."""
    [circle] = await circles_meant(circles, ask.circle, "")
    await circles.end(circle.id)
    words = say("**{name}** has ended. Thank you for having kept it going.", name=circle.name)
    return [*unplanned(circle.id), Reply(card("", words, tone="good"))]
