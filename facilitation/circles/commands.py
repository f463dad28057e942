"""Members' commands: join a circle, skip a round, leave, keep apart from somebody, report a meeting."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.circles import cards, keys
from facilitation.circles.dates import RoundDate
from facilitation.circles.feature import feature
from facilitation.circles.schedule import next_round
from facilitation.circles.selection import CIRCLE, WHICH, get_circle, matching_circles
from facilitation.core.values.cards import Button, Buttons, Part, Text
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, MemberId
from facilitation.core.values.local_time import moment_in_words
from facilitation.core.values.speech import card, say
from storage.circles import Circle, CircleRounds, Circles, MeetingAnswer
from storage.communities import People

# Take part -----------------------------------------------------------------------------------------


class JoinCircle(Command):
    """Join a circle: a coffee with somebody new, each round."""

    which: str = WHICH
    circle: Annotated[int, Hidden] = 0


@feature.command("circle join", id="circles.join")
async def join(command: JoinCircle, context: Context, circles: Circles, people: People) -> Effects:
    """Join, or take back a skip of the next round."""
    found = await matching_circles(circles, command.circle, command.which)
    if len(found) > 1:
        return [Reply(CIRCLE.menu(found, "circles.join"))]
    [circle] = found
    if not (await people.names([context.member.id], circle.space)).get(context.member.id, ("", ""))[1]:
        raise Refusal(f"“{circle.name}” meets in another space of ours. Please join it there.")
    is_new = await circles.join(circle.id, context.member.id, context.at)
    await circles.skip(circle.id, context.member.id, None)
    parts: list[Part] = [
        say("You are in **{name}**.", name=circle.name)
        if is_new
        else say("You are in **{name}** already. Good to have you.", name=circle.name),
        _next_groups(circle, context),
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
async def skip_round(command: SkipRound, context: Context, circles: Circles) -> Effects:
    """Skip one round, and say when the member takes part again."""
    mine = await _matching_own(command.circle, command.which, context, circles)
    if len(mine) > 1:
        return [Reply(CIRCLE.menu(mine, "circles.skip_round"))]
    [circle] = mine
    coming = next_round(circle, context.community)
    if coming is None:
        raise Refusal(f"“{circle.name}” rests at the moment, so there is nothing to skip.")
    await circles.skip(circle.id, context.member.id, coming.day)
    after = _back_in(coming, circle, context)
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
    """Leave future rounds; a group that exists already stays as it is."""
    mine = await _matching_own(command.circle, command.which, context, circles)
    if len(mine) > 1:
        return [Reply(CIRCLE.menu(mine, "circles.leave"))]
    [circle] = mine
    await circles.leave(circle.id, context.member.id)
    again = Button("Join again", "circles.join", {"circle": circle.id})
    words = say("You are out of **{name}**. Come back whenever you like.", name=circle.name)
    return [Reply(card("", words, Buttons((again,)), tone="good"))]


async def _matching_own(id_: int, name: str, context: Context, circles: Circles) -> list[Circle]:
    """The sender's own circles that a command may mean. Raises Refusal if they are in none of them."""
    joined = await circles.joined(context.member.id)
    mine = [one for one in await circles.running() if one.id in joined]
    if id_:
        circle = await get_circle(circles, id_)
        if circle not in mine:
            raise Refusal(f"You are not in “{circle.name}”, so there is nothing to do.")
        return [circle]
    if not mine:
        raise Refusal("You are in no circle. /cop circle join gets you in.")
    return CIRCLE.by_name(mine, name)


def _next_groups(circle: Circle, context: Context) -> Text:
    coming = next_round(circle, context.community)
    if coming is None:
        return say("It rests at the moment; when it goes on, you are in.")
    return say(
        "The next groups are made on {when}, and you need not do anything.",
        when=moment_in_words(coming.at, circle.zone),
    )


def _back_in(skipped: RoundDate, circle: Circle, context: Context) -> Text:
    """When a member takes part again who skips one round."""
    coming = next_round(circle, context.community, except_day=skipped.day)
    if coming is None:
        return say("When it goes on after that, you are in again.")
    return say("On {when} you are in again.", when=moment_in_words(coming.at, circle.zone))


# Keep apart ----------------------------------------------------------------------------------------


class KeepApart(Command):
    """Say privately whom you would rather not be in a group with."""

    heading: ClassVar[str] = "Rather not with"

    not_with: MemberId | None = Field(
        default=None, title="Rather not with", description="only the grouping sees this, and nobody is told"
    )
    nor_with: MemberId | None = Field(default=None, title="Nor with", description="if there is somebody else")
    nor_either: MemberId | None = Field(default=None, title="Nor with", description="and somebody else")


@feature.form(KeepApart)
async def open_keep_apart(context: Context, circles: Circles, people: People) -> Effects:
    """The form, filled with the stored choice."""
    avoided = await circles.avoided_by(context.member.id)
    # A form shows a person by the platform's handle.
    known = await people.names(avoided, context.space)
    handles = [handle for _, handle in known.values() if handle]
    return [OpenForm(KeepApart, dict(zip(KeepApart.model_fields, handles, strict=False)))]


@feature.action(id="circles.keep_apart")
async def keep_apart(command: KeepApart, context: Context, circles: Circles) -> Effects:
    """Store the choice, which replaces an earlier one and holds in all circles and both ways."""
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


# Did you meet? -------------------------------------------------------------------------------------


class ReportMeeting(Command):
    """Say whether your group met."""

    group: Annotated[int, Hidden]
    answer: Annotated[Literal["met", "planned", "could_not"], Hidden]


@feature.action(id="circles.report_meeting")
async def report_meeting(
    command: ReportMeeting, context: Context, circles: Circles, rounds: CircleRounds
) -> Effects:
    """Store the answer of a group. Any of its members may change it later, except after `met`."""
    group = await rounds.group(command.group)
    if group is None or context.member.id not in group.members:
        raise Refusal("That question is for the people of that group.")
    answer = MeetingAnswer(command.answer)
    circle = await circles.get(group.circle)
    assert circle is not None
    if not await rounds.answer(group.id, answer):
        return [Reply(card("", say("I know already. Thank you.")))]
    revised = cards.meeting_answer(group, answer, circle, next_round(circle, context.community))
    thanks = card("", say("Thank you for telling me."), tone="good")
    return [Revise(keys.question(group.id), revised), Reply(thanks)]
