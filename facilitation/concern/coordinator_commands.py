"""Coordinators' commands: read a concern, take it in hand, answer, close.

Each checks at that moment whether the concern leaves the sender out.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.concern import cards
from facilitation.concern.feature import feature
from facilitation.concern.services import ConcernServices, to_reporter
from facilitation.concern.values import MAX_LENGTH
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card
from storage.concern import ConcernState, Remark


class ShowConcern(Command):
    """Show me a concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@feature.action(id="concern.show", role=Role.COORDINATOR, confidential=True, read_only=True)
async def show(command: ShowConcern, context: Context, services: ConcernServices) -> Effects:
    """Show the whole concern to the sender alone."""
    return [Reply(cards.full_concern(await services.readable_concern(command.concern, context)))]


class TakeConcern(Command):
    """Take a concern in hand."""

    concern: Annotated[str, Hidden] = Field(max_length=16)


@feature.action(id="concern.take", role=Role.COORDINATOR, confidential=True)
async def take(command: TakeConcern, context: Context, services: ConcernServices) -> Effects:
    """Put the concern into the sender's hands, unless another coordinator who may know of it has it."""
    found = await services.coordinators_concern(command.concern, context)
    assignee = found.matter.assignee
    able = {one.id: one for one in await services.informed(found.matter.excluded)}
    if found.state is ConcernState.IN_HAND and assignee in able:
        who = "You have" if assignee == context.member.id else f"{able[assignee].name} has"
        raise Refusal(f"{who} it in hand already.")
    await services.concerns.take(found.token, local_date(context.at, context.community.zone))
    await services.concerns.change(found.token, found.matter.assigned_to(context.member.id))
    return [
        Reply(
            card("", "It is in your hands, and the person who raised it hears so. Thank you.", tone="good")
        ),
        to_reporter(found, cards.in_hand(found, context.member), f"taken:{context.member.id}"),
    ]


class AnswerConcern(Command):
    """Answer the person who raised a concern."""

    heading: ClassVar[str] = "Answer a concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your answer", description="they see your name, and can answer back", max_length=MAX_LENGTH
    )


@feature.action(id="concern.answer", role=Role.COORDINATOR, confidential=True)
async def answer(command: AnswerConcern, context: Context, services: ConcernServices) -> Effects:
    """Pass an answer on to the reporter, who may stay anonymous."""
    found = await services.coordinators_concern(command.concern, context)
    remark = Remark(local_date(context.at, context.community.zone), context.member.id, command.words)
    await services.concerns.change(found.token, found.matter.with_remark(remark))
    message = cards.answered(found, context.member, command.words)
    return [
        Reply(card("", "Passed on.", tone="good")),
        to_reporter(found, message, f"answered:{len(found.matter.remarks)}"),
    ]


class CloseConcern(Command):
    """Close a concern, which erases it."""

    heading: ClassVar[str] = "Close the concern"
    submit: ClassVar[str] = "Close and erase"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        default="",
        title="Last words to the person",
        description="what was done; or leave it empty",
        max_length=MAX_LENGTH,
    )


@feature.form(CloseConcern)
async def open_close(context: Context) -> Effects:
    """Open a form even though nothing is required: a slip of the finger must not erase anything."""
    return [OpenForm(CloseConcern, {})]


@feature.action(id="concern.close", role=Role.COORDINATOR, confidential=True)
async def close(command: CloseConcern, context: Context, services: ConcernServices) -> Effects:
    """Erase words and people; that there was a concern, and three days, remain."""
    found = await services.coordinators_concern(command.concern, context)
    await services.concerns.close(found.token, local_date(context.at, context.community.zone))
    return [
        Reply(card("", "Closed and erased. Thank you for looking after it.", tone="good")),
        to_reporter(found, cards.closed(found, command.words), "closed"),
    ]
