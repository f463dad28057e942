"""The side of coordinators: what they may know of is asked at each press, and of nothing else they learn."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.concern import cards
from facilitation.concern.feature import LONGEST, UNKNOWN, day_in_words, feature, hearers
from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, say
from storage.communities import People
from storage.concern import Concern, Concerns, ConcernState, Remark


class Look(Command):
    """Show me a concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@feature.action(id="concern.look", role=Role.COORDINATOR, confidential=True)
async def look(command: Look, context: Context, concerns: Concerns) -> Effects:
    """All of it, for the asker alone."""
    return [Reply(cards.whole(await _meant_for(concerns, command.concern, context)))]


class Take(Command):
    """Take a concern in hand."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@feature.action(id="concern.take", role=Role.COORDINATOR, confidential=True)
async def take(command: Take, context: Context, concerns: Concerns, people: People) -> Effects:
    """One coordinator looks after it; from whoever can no longer, another takes over."""
    found = await _meant_for(concerns, command.concern, context)
    keeper = found.matter.keeper
    able = {one.id: one for one in await hearers(people, found.matter.left_out)}
    if found.state is ConcernState.IN_HAND and keeper in able:
        who = "You have" if keeper == context.member.id else f"{able[keeper].name} has"
        raise Refusal(f"{who} it in hand already.")
    await concerns.take(found.token, local_date(context.at, context.community.zone))
    await concerns.change(found.token, found.matter.kept_by(context.member.id))
    return [
        Reply(
            card("", "It is in your hands, and whoever raised it hears so. Thank you.", tone="good"),
        ),
        cards.to_reporter(found, cards.in_hand(found, context.member), f"taken:{context.member.id}"),
    ]


class AnswerConcern(Command):
    """Answer whoever raised a concern."""

    heading: ClassVar[str] = "Answer a concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your answer", description="they see your name, and can answer back", max_length=LONGEST
    )


@feature.action(id="concern.answer", role=Role.COORDINATOR, confidential=True)
async def answer(command: AnswerConcern, context: Context, concerns: Concerns) -> Effects:
    """Passed on by the bot, so that who raised it can stay anonymous."""
    found = await _meant_for(concerns, command.concern, context)
    remark = Remark(local_date(context.at, context.community.zone), context.member.id, command.words)
    await concerns.change(found.token, found.matter.with_remark(remark))
    message = cards.answered(found, context.member, command.words)
    return [
        Reply(card("", "Passed on.", tone="good")),
        cards.to_reporter(found, message, f"answered:{len(found.matter.remarks)}"),
    ]


class Close(Command):
    """Close a concern, which erases it."""

    heading: ClassVar[str] = "Close the concern"
    submit: ClassVar[str] = "Close and erase"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        default="",
        title="Last words to whoever raised it",
        description="what was done; or leave it empty",
        max_length=LONGEST,
    )


@feature.form(Close)
async def open_close(context: Context) -> Effects:
    """The form, so that nothing is erased by a slip."""
    return [OpenForm(Close, {})]


@feature.action(id="concern.close", role=Role.COORDINATOR, confidential=True)
async def close(command: Close, context: Context, concerns: Concerns) -> Effects:
    """Erase words and persons; a count and days are left."""
    found = await _meant_for(concerns, command.concern, context)
    await concerns.close(found.token, local_date(context.at, context.community.zone))
    return [
        Reply(card("", "Closed and erased. Thank you for looking after it.", tone="good")),
        cards.to_reporter(found, cards.closed(found, command.words), "closed"),
    ]


@feature.personal_desk("concerns")
async def waits(context: Context, concerns: Concerns) -> list[DeskItem]:
    """What is open or in hand, for who may know of it; their channel never hears of it."""
    return [
        DeskItem(
            say("A concern of {day} is {state}.", day=day_in_words(one.opened_on), state=one.state.value),
            say("If ignored: I remind you, and tell whoever raised it whom else to turn to.")
            if one.state is ConcernState.OPEN
            else say("If ignored: I remind you once a month."),
            (Button("Open it", "concern.look", {"concern": one.token}, style="primary"),),
        )
        for one in await concerns.running()
        if one.is_for(context.member.id)
    ]


async def _meant_for(concerns: Concerns, token: str, context: Context) -> Concern:
    """A concern that a coordinator may know of; of any other they do not even learn that it is there."""
    found = await concerns.get(token)
    if found is None or not found.is_for(context.member.id):
        raise Refusal(UNKNOWN)
    return found
