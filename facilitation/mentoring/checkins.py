"""What the two say while they are a pair: how it goes, how it should go on, and how it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, say
from facilitation.mentoring import cards, keys, times, transitions
from facilitation.mentoring.answers import asked_about
from facilitation.mentoring.feature import feature
from facilitation.mentoring.jobs import next_check
from facilitation.mentoring.services import PairServices
from storage.mentoring import DONE, LONGEST_WORDS, Feedback, Pair, Pairs, Rounds, Stage

How = Literal["met", "planned", "not yet", "could not"]
Wish = Literal["stay", "later", "leave"]
_OVER = "That pair is over by now. Thank you all the same."


# Check-ins -----------------------------------------------------------------------------------------------


class TellHow(Command):
    """Say how it goes with my mentor pair."""

    pair: Annotated[int, Hidden]
    number: Annotated[int, Hidden]
    how: Annotated[How, Hidden]


@feature.action(id="mentoring.answer_checkin")
async def tell(command: TellHow, context: Context, on: PairServices) -> Effects:
    """One of the two is enough; the last check-in counts, and once."""
    pair = await asked_about(command.pair, context, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if command.number != pair.checks or pair.answered >= command.number:
        return [Reply(card("", "I have an answer to that one already. Thank you."))]
    is_met = command.how == "met"
    await on.pairs.put(
        replace(
            pair,
            answered=command.number,
            how=command.how,
            how_at=context.at,
            quiet=pair.quiet + 1 if command.how == "could not" else 0,
            met_at=(pair.met_at or context.at) if is_met else pair.met_at,
        )
    )
    zones = await on.zones(pair)
    reply = cards.event(pair, command.how, times.first_meeting(context.at, zones), zones)
    return [Reply(reply), Revise(keys.check(pair.id, command.number), cards.checked(command.how))]


# How to go on --------------------------------------------------------------------------------------------


class Extend(Command):
    """Go on for longer with my mentor pair."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.extend_pair")
async def extend(command: Extend, context: Context, on: PairServices) -> Effects:
    """As many weeks again as coordinators chose."""
    pair = await asked_about(command.pair, context, on)
    if pair.stage is not Stage.ACTIVE or pair.ends_at is None:
        return [Reply(card("", _OVER))]
    if pair.ends_at > context.at:
        return [Reply(cards.extended(pair.ends_at))]
    more = (await on.rounds.wishes()).weeks
    key = keys.close(pair.id, pair.weeks)
    longer = replace(
        pair,
        weeks=pair.weeks + more,
        ends_at=context.at + timedelta(weeks=more),
        quiet=0,
        answered=pair.checks,
        post="",
    )
    assert longer.ends_at is not None
    await on.pairs.put(longer)
    shown = cards.extended(longer.ends_at)
    return [Reply(shown), Revise(key, shown), await next_check(on, longer, times.BETWEEN_CHECKS)]


class Complete(Command):
    """We are done, and it was good."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.complete_pair")
async def complete(command: Complete, context: Context, on: PairServices) -> Effects:
    """The end that was meant: both are thanked, and may be matched again."""
    pair = await asked_about(command.pair, context, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    return [
        Reply(card("", "Lovely. I write to you both.", tone="good")),
        *await transitions.complete(on, pair),
    ]


class EndPair(Command):
    """End my mentor pair, without a reason."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.end_pair")
async def end_pair(command: EndPair, context: Context, on: PairServices) -> Effects:
    """Without fault: the other one is told kindly."""
    pair = await asked_about(command.pair, context, on)
    if pair.stage not in (Stage.ACCEPTED, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    return [Reply(cards.said_goodbye(pair, context.member.id)), *await _leave(on, pair, context)]


class Stay(Command):
    """Say how my mentor pair should go on."""

    pair: Annotated[int, Hidden]
    how: Annotated[Wish, Hidden]


@feature.action(id="mentoring.answer_stay_or_leave")
async def stay(command: Stay, context: Context, on: PairServices) -> Effects:
    """Both are asked; it goes on when both wish it to, and is over when one of them does not."""
    pair = await asked_about(command.pair, context, on)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if pair.post != keys.stay(pair.id, pair.checks):
        return [Reply(card("", "I have your word on that already. Thank you."))]
    settled = Revise(keys.stay(pair.id, pair.checks, context.member.id), cards.settled())
    if command.how == "leave":
        return [Reply(cards.said_goodbye(pair, context.member.id)), settled, *await _leave(on, pair, context)]
    pair = _said(pair, context.member.id, command.how)
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


async def _leave(on: PairServices, pair: Pair, context: Context) -> Effects:
    pair = _said(pair, context.member.id, "leave")
    return await transitions.end(on, pair, Stage.ENDED, "parted")


def _said(pair: Pair, member: int, wish: Wish) -> Pair:
    if member == pair.mentor:
        return replace(pair, mentor_says=wish)
    return replace(pair, mentee_says=wish)


# How it was ----------------------------------------------------------------------------------------------


class TellFeedback(Command):
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


@feature.form(TellFeedback)
async def open_feedback(context: Context, pairs: Pairs) -> Effects:
    """The form, empty: it opens behind a button."""
    return [OpenForm(TellFeedback, {})]


@feature.action(id="mentoring.give_feedback")
async def feedback(command: TellFeedback, context: Context, pairs: Pairs, rounds: Rounds) -> Effects:
    """Kept as it is said; said again, it is that."""
    await rounds.hold()
    pair = await pairs.get(command.pair)
    if pair is None or not pair.has(context.member.id):
        raise Refusal("That question is for somebody else.")
    if pair.stage not in (*DONE, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    await pairs.note(Feedback(pair.id, context.member.id, command.words.strip(), command.shared))
    whose = say("The coordinators can read it.") if command.shared else say("Nobody but you can read it.")
    return [Reply(card("Thank you", whose, tone="good"))]
