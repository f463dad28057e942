"""The two who are asked: the mentee says *fine* or *someone else*, then the mentor accepts or not."""

from typing import Annotated

from facilitation.core.ask import Ask, Call, Hidden
from facilitation.core.cards import Card, Name, Text
from facilitation.core.effects import Effects, Reply
from facilitation.core.errors import Refusal
from facilitation.core.speech import card, say
from facilitation.mentoring import cards, moving
from facilitation.mentoring.planning import Ground
from facilitation.mentoring.room import room
from storage.mentoring import Pair, Stage

NOT_YOURS = "That question is for somebody else."


class Fine(Ask):
    """This mentor would be fine."""

    pair: Annotated[int, Hidden]


@room.action()
async def fine(ask: Fine, call: Call, on: Ground) -> Effects:
    """The mentor is asked next; the mentee hears no more until it is settled."""
    pair = await asked_about(ask.pair, call, on)
    if pair.mentee != call.who.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.PROPOSED:
        return [Reply(_over(pair, say("I have it already, thank you. You hear from me.")))]
    words = say("Good. I ask {mentor}, and write to you when it is settled.", mentor=Name(pair.mentor or 0))
    return [Reply(card("", words, tone="good")), *await moving.offer(on, pair)]


class SomeoneElse(Ask):
    """Rather someone else."""

    pair: Annotated[int, Hidden]


@room.action()
async def someone_else(ask: SomeoneElse, call: Call, on: Ground) -> Effects:
    """Down the ranking; nobody hears of it."""
    pair = await asked_about(ask.pair, call, on)
    if pair.mentee != call.who.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.PROPOSED:
        return [
            Reply(_over(pair, say("You said it would be fine, and I have asked. `/cop mentor end` ends it.")))
        ]
    effects = await moving.turn_down(on, pair, "someone else")
    return [Reply(card("", "Of course. I look for someone else, and nobody hears of it.")), *effects]


class Accept(Ask):
    """Be this person’s mentor."""

    pair: Annotated[int, Hidden]


@room.action()
async def accept(ask: Accept, call: Call, on: Ground) -> Effects:
    """The two are brought together."""
    pair = await asked_about(ask.pair, call, on)
    if pair.mentor != call.who.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.OFFERED:
        return [Reply(_over(pair, say("You have said yes already. Thank you.")))]
    if pair.mentee not in await on.are_here([pair.mentee]):
        effects = await moving.turn_down(on, pair, "gone")
        return [Reply(cards.settled()), *effects]
    return [Reply(cards.accepted(pair)), *await moving.agree(on, pair)]


class NotNow(Ask):
    """Not now."""

    pair: Annotated[int, Hidden]


@room.action()
async def not_now(ask: NotNow, call: Call, on: Ground) -> Effects:
    """Somebody else is asked; whoever asked does not hear of it."""
    pair = await asked_about(ask.pair, call, on)
    if pair.mentor != call.who.id:
        raise Refusal(NOT_YOURS)
    if pair.stage is not Stage.OFFERED:
        return [
            Reply(_over(pair, say("You have said yes already. `/cop mentor end` ends it, without a reason.")))
        ]
    effects = await moving.turn_down(on, pair, "not now")
    words = say("That is fine, and nobody is told. For a longer break there is `/cop mentor pause`.")
    return [Reply(card("", words)), *effects]


async def asked_about(pair: int, call: Call, on: Ground) -> Pair:
    """The pair that a button is about, as it is by now; nobody else can change it meanwhile."""
    await on.rounds.hold()
    found = await on.pairs.get(pair)
    if found is None or not found.has(call.who.id):
        raise Refusal(NOT_YOURS)
    return found


def _over(pair: Pair, so_far: Text) -> Card:
    """A button that is pressed late or twice is answered kindly, and does nothing."""
    if pair.stage in (Stage.OFFERED, Stage.ACCEPTED, Stage.ACTIVE):
        return card("", so_far)
    return card("", "This one is settled by now. Thank you all the same.")
