"""The two who are asked: the mentee says *fine* or *someone else*, then the mentor accepts or not."""

from typing import Annotated

from facilitation.core.values.cards import Card, Name, Text
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from facilitation.mentoring import cards, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import Pair, Stage

NOT_YOURS = "That question is for somebody else."


class Fine(Command):
    """This mentor would be fine."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.accept_mentor")
async def fine(command: Fine, context: Context, on: PairServices) -> Effects:
    """The mentor is asked next; the mentee hears no more until it is settled."""
    pair = await asked_about(command.pair, context, on)
    if pair.mentee != context.member.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.PROPOSED:
        return [Reply(_over(pair, say("I have it already, thank you. You hear from me.")))]
    words = say("Good. I ask {mentor}, and write to you when it is settled.", mentor=Name(pair.mentor or 0))
    return [Reply(card("", words, tone="good")), *await transitions.offer(on, pair)]


class SomeoneElse(Command):
    """Rather someone else."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.decline_mentor")
async def someone_else(command: SomeoneElse, context: Context, on: PairServices) -> Effects:
    """Down the ranking; nobody hears of it."""
    pair = await asked_about(command.pair, context, on)
    if pair.mentee != context.member.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.PROPOSED:
        return [
            Reply(_over(pair, say("You said it would be fine, and I have asked. `/cop mentor end` ends it.")))
        ]
    effects = await transitions.turn_down(on, pair, "someone else")
    return [Reply(card("", "Of course. I look for someone else, and nobody hears of it.")), *effects]


class Accept(Command):
    """Be this person’s mentor."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.accept_mentee")
async def accept(command: Accept, context: Context, on: PairServices) -> Effects:
    """The two are brought together."""
    pair = await asked_about(command.pair, context, on)
    if pair.mentor != context.member.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.OFFERED:
        return [Reply(_over(pair, say("You have said yes already. Thank you.")))]
    if pair.mentee not in await on.are_here([pair.mentee]):
        effects = await transitions.turn_down(on, pair, "gone")
        return [Reply(cards.settled()), *effects]
    return [Reply(cards.accepted(pair)), *await transitions.agree(on, pair)]


class NotNow(Command):
    """Not now."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.decline_mentee")
async def not_now(command: NotNow, context: Context, on: PairServices) -> Effects:
    """Somebody else is asked; whoever asked does not hear of it."""
    pair = await asked_about(command.pair, context, on)
    if pair.mentor != context.member.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.OFFERED:
        return [
            Reply(_over(pair, say("You have said yes already. `/cop mentor end` ends it, without a reason.")))
        ]
    effects = await transitions.turn_down(on, pair, "not now")
    words = say("That is fine, and nobody is told. For a longer break there is `/cop mentor pause`.")
    return [Reply(card("", words)), *effects]


async def asked_about(pair: int, context: Context, on: PairServices) -> Pair:
    """The pair that a button is about, as it is by now; nobody else can change it meanwhile."""
    await on.rounds.hold()
    found = await on.pairs.get(pair)
    if found is None or not found.has(context.member.id):
        raise Refusal(NOT_YOURS)
    return found


def _over(pair: Pair, so_far: Text) -> Card:
    """A button that is pressed late or twice is answered kindly, and does nothing."""
    if pair.stage in (Stage.OFFERED, Stage.ACCEPTED, Stage.ACTIVE):
        return card("", so_far)
    return card("", "This one is settled by now. Thank you all the same.")
