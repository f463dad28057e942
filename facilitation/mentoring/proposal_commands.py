"""Members' replies to proposals: the mentee accepts or declines the mentor, then the mentor the mentee."""

from typing import Annotated

from facilitation.core.values.cards import Card, Name, Text
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from facilitation.mentoring import cards, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.selection import NOT_YOURS, own_pair
from facilitation.mentoring.services import PairServices
from storage.mentoring import Pair, Stage

# The mentee ----------------------------------------------------------------------------------------------


class AcceptMentor(Command):
    """This mentor would be fine."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.accept_mentor")
async def accept_mentor(command: AcceptMentor, context: Context, services: PairServices) -> Effects:
    """Ask the mentor next."""
    pair = await _pair_of_mentee(command.pair, context, services)
    if pair.stage is not Stage.PROPOSED:
        return [Reply(_late(pair, say("I have it already, thank you. You hear from me.")))]
    words = say("Good. I ask {mentor}, and write to you when it is settled.", mentor=Name(pair.mentor or 0))
    return [Reply(card("", words, tone="good")), *await transitions.offer(services, pair)]


class DeclineMentor(Command):
    """Rather someone else."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.decline_mentor")
async def decline_mentor(command: DeclineMentor, context: Context, services: PairServices) -> Effects:
    """Propose the next best mentor, without telling anybody."""
    pair = await _pair_of_mentee(command.pair, context, services)
    if pair.stage is not Stage.PROPOSED:
        words = say("You said it would be fine, and I have asked. `/cop mentor end` ends it.")
        return [Reply(_late(pair, words))]
    effects = await transitions.turn_down(services, pair, "someone else")
    return [Reply(card("", "Of course. I look for someone else, and nobody hears of it.")), *effects]


async def _pair_of_mentee(pair: int, context: Context, services: PairServices) -> Pair:
    found = await own_pair(pair, context, services)
    if found.mentee != context.member.id:
        raise Refusal(NOT_YOURS)
    return found


# The mentor ----------------------------------------------------------------------------------------------


class AcceptMentee(Command):
    """Be this person’s mentor."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.accept_mentee")
async def accept_mentee(command: AcceptMentee, context: Context, services: PairServices) -> Effects:
    """Introduce the two to each other."""
    pair = await _pair_of_mentor(command.pair, context, services)
    if pair.stage is not Stage.OFFERED:
        return [Reply(_late(pair, say("You have said yes already. Thank you.")))]
    if pair.mentee not in await services.present([pair.mentee]):
        effects = await transitions.turn_down(services, pair, "gone")
        return [Reply(cards.settled()), *effects]
    return [Reply(cards.mentor_accepted(pair)), *await transitions.agree(services, pair)]


class DeclineMentee(Command):
    """Not now."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.decline_mentee")
async def decline_mentee(command: DeclineMentee, context: Context, services: PairServices) -> Effects:
    """Propose another mentor to the mentee, without telling anybody."""
    pair = await _pair_of_mentor(command.pair, context, services)
    if pair.stage is not Stage.OFFERED:
        words = say("You have said yes already. `/cop mentor end` ends it, without a reason.")
        return [Reply(_late(pair, words))]
    effects = await transitions.turn_down(services, pair, "not now")
    words = say("That is fine, and nobody is told. For a longer break there is `/cop mentor pause`.")
    return [Reply(card("", words)), *effects]


async def _pair_of_mentor(pair: int, context: Context, services: PairServices) -> Pair:
    found = await own_pair(pair, context, services)
    if found.mentor != context.member.id:
        raise Refusal(NOT_YOURS)
    return found


def _late(pair: Pair, words: Text) -> Card:
    """The reply to a button that is pressed late or twice; `words` if the pair still goes on."""
    if pair.stage in (Stage.OFFERED, Stage.ACCEPTED, Stage.ACTIVE):
        return card("", words)
    return card("", "This one is settled by now. Thank you all the same.")
