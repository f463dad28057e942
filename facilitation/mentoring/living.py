"""What the two say while they are a pair: how it goes, how it should go on, and how it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.ask import Ask, Call, Hidden, LongText
from facilitation.core.effects import Effects, Open, Reply, Revise
from facilitation.core.errors import Refusal
from facilitation.core.speech import card, say
from facilitation.mentoring import cards, keys, moving, times
from facilitation.mentoring.answering import asked_about
from facilitation.mentoring.planning import Ground
from facilitation.mentoring.room import room
from facilitation.mentoring.walking import next_check
from storage.mentoring import DONE, LONGEST_WORDS, Feedback, Pair, Pairs, Rounds, Stage

How = Literal["met", "planned", "not yet", "could not"]
Wish = Literal["stay", "later", "leave"]
_OVER = "That pair is over by now. Thank you all the same."


# Check-ins -----------------------------------------------------------------------------------------------


class TellHow(Ask):
    """Say how it goes with my mentor pair."""

    pair: Annotated[int, Hidden]
    number: Annotated[int, Hidden]
    how: Annotated[How, Hidden]


@room.action()
async def tell(ask: TellHow, call: Call, on: Ground) -> Effects:
    """One of the two is enough; the last check-in counts, and once."""
    pair = await asked_about(ask.pair, call, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if ask.number != pair.checks or pair.answered >= ask.number:
        return [Reply(card("", "I have an answer to that one already. Thank you."))]
    is_met = ask.how == "met"
    await on.pairs.put(
        replace(
            pair,
            answered=ask.number,
            how=ask.how,
            how_at=call.at,
            quiet=pair.quiet + 1 if ask.how == "could not" else 0,
            met_at=(pair.met_at or call.at) if is_met else pair.met_at,
        )
    )
    zones = await on.zones(pair)
    reply = cards.heard(pair, ask.how, times.first_meeting(call.at, zones), zones)
    return [Reply(reply), Revise(keys.check(pair.id, ask.number), cards.checked(ask.how))]


# How to go on --------------------------------------------------------------------------------------------


class Extend(Ask):
    """Go on for longer with my mentor pair."""

    pair: Annotated[int, Hidden]


@room.action()
async def extend(ask: Extend, call: Call, on: Ground) -> Effects:
    """As many weeks again as coordinators chose."""
    pair = await asked_about(ask.pair, call, on)
    if pair.stage is not Stage.ACTIVE or pair.ends_at is None:
        return [Reply(card("", _OVER))]
    if pair.ends_at > call.at:
        return [Reply(cards.extended(pair.ends_at))]
    more = (await on.rounds.wishes()).weeks
    key = keys.close(pair.id, pair.weeks)
    longer = replace(
        pair,
        weeks=pair.weeks + more,
        ends_at=call.at + timedelta(weeks=more),
        quiet=0,
        answered=pair.checks,
        post="",
    )
    assert longer.ends_at is not None
    await on.pairs.put(longer)
    shown = cards.extended(longer.ends_at)
    return [Reply(shown), Revise(key, shown), await next_check(on, longer, times.BETWEEN_CHECKS)]


class Complete(Ask):
    """We are done, and it was good."""

    pair: Annotated[int, Hidden]


@room.action()
async def complete(ask: Complete, call: Call, on: Ground) -> Effects:
    """The end that was meant: both are thanked, and may be matched again."""
    pair = await asked_about(ask.pair, call, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    return [Reply(card("", "Lovely. I write to you both.", tone="good")), *await moving.complete(on, pair)]


class EndPair(Ask):
    """End my mentor pair, without a reason."""

    pair: Annotated[int, Hidden]


@room.action()
async def end_pair(ask: EndPair, call: Call, on: Ground) -> Effects:
    """Without fault: the other one is told kindly."""
    pair = await asked_about(ask.pair, call, on)
    if pair.stage not in (Stage.ACCEPTED, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    return [Reply(cards.said_goodbye(pair, call.who.id)), *await _leave(on, pair, call)]


class Stay(Ask):
    """Say how my mentor pair should go on."""

    pair: Annotated[int, Hidden]
    how: Annotated[Wish, Hidden]


@room.action()
async def stay(ask: Stay, call: Call, on: Ground) -> Effects:
    """Both are asked; it goes on when both wish it to, and is over when one of them does not."""
    pair = await asked_about(ask.pair, call, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if pair.post != keys.stay(pair.id, pair.checks):
        return [Reply(card("", "I have your word on that already. Thank you."))]
    settled = Revise(keys.stay(pair.id, pair.checks, call.who.id), cards.settled())
    if ask.how == "leave":
        return [Reply(cards.said_goodbye(pair, call.who.id)), settled, *await _leave(on, pair, call)]
    pair = _said(pair, call.who.id, ask.how)
    says = {pair.mentor_says, pair.mentee_says}
    if "" in says:
        await on.pairs.put(pair)
        return [Reply(card("", "Good. I wait for the other one’s word, and tell you.")), settled]
    pair = replace(pair, quiet=0, answered=pair.checks, post="", mentor_says="", mentee_says="")
    await on.pairs.put(pair)
    wait = times.LATER if "later" in says else times.BETWEEN_CHECKS
    words = (
        say("Then you go on, and I come back in four weeks.")
        if "later" in says
        else say("Then you go on. A good moment to find a time for each other.")
    )
    return [Reply(card("", words, tone="good")), settled, await next_check(on, pair, wait)]


async def _leave(on: Ground, pair: Pair, call: Call) -> Effects:
    pair = _said(pair, call.who.id, "leave")
    return await moving.end(on, pair, Stage.ENDED, "parted")


def _said(pair: Pair, member: int, wish: Wish) -> Pair:
    if member == pair.mentor:
        return replace(pair, mentor_says=wish)
    return replace(pair, mentee_says=wish)


# How it was ----------------------------------------------------------------------------------------------


class TellFeedback(Ask):
    """Two lines on how it was."""

    heading: ClassVar[str] = "How was it?"
    submit: ClassVar[str] = "Send"

    pair: Annotated[int, Hidden]
    words: LongText = Field(
        title="Two lines", description="what helped, and what would have helped", max_length=LONGEST_WORDS
    )
    shared: bool = Field(
        default=False,
        title="Coordinators may read it",
        description="else only you do; your mentor or mentee never does",
    )


@room.opening(TellFeedback)
async def open_feedback(call: Call, pairs: Pairs) -> Effects:
    """The form, empty: it opens behind a button."""
    return [Open(TellFeedback, {})]


@room.action()
async def feedback(ask: TellFeedback, call: Call, pairs: Pairs, rounds: Rounds) -> Effects:
    """Kept as it is said; said again, it is that."""
    await rounds.hold()
    pair = await pairs.get(ask.pair)
    if pair is None or not pair.has(call.who.id):
        raise Refusal("That question is for somebody else.")
    if pair.stage not in (*DONE, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    await pairs.note(Feedback(pair.id, call.who.id, ask.words.strip(), ask.shared))
    whose = say("The coordinators can read it.") if ask.shared else say("Nobody but you can read it.")
    return [Reply(card("Thank you", whose, tone="good"))]
