"""Joining a circle, sitting one round out, leaving, and whom somebody would rather not meet."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.circles.dates import Date, moment_in_words
from facilitation.circles.feature import feature
from facilitation.circles.schedule import coming_date
from facilitation.circles.selection import WHICH, circles_meant, of_name, which_circle
from facilitation.core.values.cards import Button, Buttons, Part, Text
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.speech import card, say
from storage.circles import Circle, Circles
from storage.communities import People


class JoinCircle(Command):
    """Join a circle: a coffee with somebody new, each round."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circle join", id="circles.join")
async def join(command: JoinCircle, context: Context, circles: Circles, people: People) -> Effects:
    """From now on in each round; who sat the next one out is in again."""
    found = await circles_meant(circles, command.circle, command.which)
    if len(found) > 1:
        return [Reply(which_circle(found, "circles.join"))]
    [circle] = found
    if not (await people.names([context.member.id], circle.space)).get(context.member.id, ("", ""))[1]:
        raise Refusal(f"“{circle.name}” meets in another space of ours. Please join it there.")
    is_new = await circles.join(circle.id, context.member.id, context.at)
    await circles.skip(circle.id, context.member.id, None)
    parts: list[Part] = [
        say("You are in **{name}**.", name=circle.name)
        if is_new
        else say("You are in **{name}** already. Good to have you.", name=circle.name),
        _when(circle, context),
    ]
    if context.member.quiet:
        parts.append(
            say("You asked me not to write to you, so I leave you out. `/cop privacy quiet` changes that.")
        )
    buttons = [Button("Skip this time", "circles.skip_round", {"circle": circle.id})]
    buttons.append(Button("Rather not with …", "circles.keep_apart"))
    return [Reply(card("", *parts, Buttons(tuple(buttons)), tone="good"))]


class SkipRound(Command):
    """Sit out the next round of a circle, this time only."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circle skip", id="circles.skip_round")
async def skip(command: SkipRound, context: Context, circles: Circles) -> Effects:
    """This time only, and it is said when they are in again."""
    mine = await _mine(command.circle, command.which, context, circles)
    if len(mine) > 1:
        return [Reply(which_circle(mine, "circles.skip_round"))]
    [circle] = mine
    coming = coming_date(circle, context.community)
    if coming is None:
        raise Refusal(f"“{circle.name}” rests at the moment, so there is nothing to skip.")
    await circles.skip(circle.id, context.member.id, coming.day)
    after = _after(coming, circle, context)
    again = Button("I can come after all", "circles.join", {"circle": circle.id})
    words = say(
        "You sit out **{name}** on {when}.",
        name=circle.name,
        when=moment_in_words(coming.at, circle.zone),
    )
    return [Reply(card("", words, after, Buttons((again,)), tone="good"))]


class LeaveCircle(Command):
    """Leave a circle."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circle leave", id="circles.leave")
async def leave(command: LeaveCircle, context: Context, circles: Circles) -> Effects:
    """No more rounds; a group that was made already stands."""
    mine = await _mine(command.circle, command.which, context, circles)
    if len(mine) > 1:
        return [Reply(which_circle(mine, "circles.leave"))]
    [circle] = mine
    await circles.leave(circle.id, context.member.id)
    again = Button("Join again", "circles.join", {"circle": circle.id})
    words = say("You are out of **{name}**. Come back whenever you like.", name=circle.name)
    return [Reply(card("", words, Buttons((again,)), tone="good"))]


class KeepApart(Command):
    """Say privately whom you would rather not be in a group with."""

    heading: ClassVar[str] = "Rather not with"

    not_with: MemberId | None = Field(
        default=None, title="Rather not with", description="only the grouping sees this, and nobody is told"
    )
    nor_with: MemberId | None = Field(default=None, title="Nor with", description="if there is somebody else")
    nor_either: MemberId | None = Field(default=None, title="Nor with", description="and somebody else")


@feature.form(KeepApart)
async def open_apart(context: Context, circles: Circles, people: People) -> Effects:
    """As they said before."""
    avoided = await circles.avoided_by(context.member.id)
    # A form shows a person by the platform's handle.
    known = await people.names(avoided, context.space)
    handles = [handle for _, handle in known.values() if handle]
    return [OpenForm(KeepApart, dict(zip(KeepApart.model_fields, handles, strict=False)))]


@feature.action(id="circles.keep_apart")
async def keep_apart(command: KeepApart, context: Context, circles: Circles) -> Effects:
    """In all circles, whoever of the two asked for it."""
    named = [one for one in (command.not_with, command.nor_with, command.nor_either) if one is not None]
    if context.member.id in named:
        raise Refusal("You are always with yourself. Please choose somebody else.", "not_with")
    await circles.keep_apart(context.member.id, named)
    words = (
        say("Noted. Nobody is told, and you will not be in a group together.")
        if named
        else say("Noted: nobody in particular.")
    )
    return [Reply(card("", words, tone="good"))]


# Small parts ---------------------------------------------------------------------------------------


async def _mine(number: int, name: str, context: Context, circles: Circles) -> list[Circle]:
    """The circles of who asks that may be meant. Refuses when they are in none of them."""
    joined = await circles.joined(context.member.id)
    mine = [one for one in await circles.running() if one.id in joined]
    if number:
        [circle] = await circles_meant(circles, number, "")
        if circle not in mine:
            raise Refusal(f"You are not in “{circle.name}”, so there is nothing to do.")
        return [circle]
    if not mine:
        raise Refusal("You are in no circle. /cop circle join gets you in.")
    return of_name(mine, name)


def _when(circle: Circle, context: Context) -> Text:
    date_of = coming_date(circle, context.community)
    if date_of is None:
        return say("It rests at the moment; when it goes on, you are in.")
    return say(
        "The next groups are made on {when}, and you need not do anything.",
        when=moment_in_words(date_of.at, circle.zone),
    )


def _after(coming: Date, circle: Circle, context: Context) -> Text:
    """When they are in again: the round after the one they sit out."""
    date_of = coming_date(circle, context.community, but=coming.day)
    if date_of is None:
        return say("When it goes on after that, you are in again.")
    return say("On {when} you are in again.", when=moment_in_words(date_of.at, circle.zone))
