"""Members' commands while they are a pair: answer check-ins, extend or end the pair, and give feedback."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.speech import card, say
from facilitation.mentoring import cards, keys, schedule, times, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.selection import NOT_YOURS, own_pair
from facilitation.mentoring.services import PairServices
from storage.mentoring import DONE, LONGEST_WORDS, Feedback, Pair, Pairs, Rounds, Stage

CheckinAnswer = Literal["met", "planned", "not_yet", "could_not"]
Continuation = Literal["stay", "later", "leave"]
_OVER = "That pair is over by now. Thank you all the same."


# Check-ins -----------------------------------------------------------------------------------------------


class AnswerCheckin(Command):
    """Say how it goes with my mentor pair."""

    pair: Annotated[int, Hidden]
    number: Annotated[int, Hidden]
    how: Annotated[CheckinAnswer, Hidden]


@feature.action(id="mentoring.answer_checkin")
async def answer_checkin(command: AnswerCheckin, context: Context, services: PairServices) -> Effects:
    """Store the answer to the latest check-in. The first answer of either member counts."""
    pair = await own_pair(command.pair, context, services)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if command.number != pair.checkins or pair.answered_checkin >= command.number:
        return [Reply(card("", "I have an answer to that one already. Thank you."))]
    is_met = command.how == "met"
    await services.pairs.put(
        replace(
            pair,
            answered_checkin=command.number,
            checkin_answer=command.how,
            checkin_answered_at=context.at,
            unmet_checkins=pair.unmet_checkins + 1 if command.how == "could_not" else 0,
            met_at=(pair.met_at or context.at) if is_met else pair.met_at,
        )
    )
    zones = await services.zones(pair)
    reply = cards.checkin_reply(pair, command.how, times.first_meeting(context.at, zones), zones)
    return [Reply(reply), Revise(keys.checkin(pair.id, command.number), cards.checkin_answered(command.how))]


class AnswerStayOrLeave(Command):
    """Say how my mentor pair should go on."""

    pair: Annotated[int, Hidden]
    how: Annotated[Continuation, Hidden]


@feature.action(id="mentoring.answer_stay_or_leave")
async def answer_stay_or_leave(
    command: AnswerStayOrLeave, context: Context, services: PairServices
) -> Effects:
    """End the pair if one member leaves. It goes on once both have answered otherwise."""
    pair = await own_pair(command.pair, context, services)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    if pair.post_key != keys.stay_or_leave(pair.id, pair.checkins):
        return [Reply(card("", "I have your word on that already. Thank you."))]
    settled = Revise(keys.stay_or_leave(pair.id, pair.checkins, context.member.id), cards.settled())
    if command.how == "leave":
        return [
            Reply(cards.parting_reply(pair, context.member.id)),
            settled,
            *await _leave(pair, context, services),
        ]
    pair = _with_answer(pair, context.member.id, command.how)
    answers = {pair.mentor_says, pair.mentee_says}
    if "" in answers:
        await services.pairs.put(pair)
        return [Reply(card("", "Good. I wait for the other one’s word, and tell you.")), settled]
    pair = replace(
        pair, unmet_checkins=0, answered_checkin=pair.checkins, post_key="", mentor_says="", mentee_says=""
    )
    await services.pairs.put(pair)
    wait = times.BETWEEN_CHECKS_LATER if "later" in answers else times.BETWEEN_CHECKS
    words = (
        say("Then you go on, and I come back in four weeks.")
        if "later" in answers
        else say("Then you go on. A good moment to find a time for each other.")
    )
    return [
        Reply(card("", words, tone="good")),
        settled,
        await schedule.next_check(services, pair, wait),
    ]


# Extend and end ------------------------------------------------------------------------------------------


class ExtendPair(Command):
    """Go on for longer with my mentor pair."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.extend_pair")
async def extend_pair(command: ExtendPair, context: Context, services: PairServices) -> Effects:
    """Extend a pair whose weeks are over by as many weeks as coordinators chose."""
    pair = await own_pair(command.pair, context, services)
    if pair.stage is not Stage.ACTIVE or pair.ends_at is None:
        return [Reply(card("", _OVER))]
    if pair.ends_at > context.at:
        return [Reply(cards.extended(pair.ends_at))]
    more = (await services.rounds.settings()).weeks
    key = keys.closing_question(pair.id, pair.weeks)
    ends_at = context.at + timedelta(weeks=more)
    extended = replace(
        pair,
        weeks=pair.weeks + more,
        ends_at=ends_at,
        unmet_checkins=0,
        answered_checkin=pair.checkins,
        post_key="",
    )
    await services.pairs.put(extended)
    message = cards.extended(ends_at)
    return [
        Reply(message),
        Revise(key, message),
        await schedule.next_check(services, extended, times.BETWEEN_CHECKS),
    ]


class CompletePair(Command):
    """We are done, and it was good."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.complete_pair")
async def complete_pair(command: CompletePair, context: Context, services: PairServices) -> Effects:
    """End a pair as planned, and thank both."""
    pair = await own_pair(command.pair, context, services)
    if pair.stage is not Stage.ACTIVE:
        return [Reply(card("", _OVER))]
    return [
        Reply(card("", "Lovely. I write to you both.", tone="good")),
        *await transitions.complete(services, pair),
    ]


class EndPair(Command):
    """End my mentor pair, without a reason."""

    pair: Annotated[int, Hidden]


@feature.action(id="mentoring.end_pair")
async def end_pair(command: EndPair, context: Context, services: PairServices) -> Effects:
    """End a pair without fault; the other member is told."""
    pair = await own_pair(command.pair, context, services)
    if pair.stage not in (Stage.ACCEPTED, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    return [Reply(cards.parting_reply(pair, context.member.id)), *await _leave(pair, context, services)]


async def _leave(pair: Pair, context: Context, services: PairServices) -> Effects:
    pair = _with_answer(pair, context.member.id, "leave")
    return await transitions.end(services, pair, Stage.ENDED, "parted")


def _with_answer(pair: Pair, member: int, answer: Continuation) -> Pair:
    if member == pair.mentor:
        return replace(pair, mentor_says=answer)
    return replace(pair, mentee_says=answer)


# Feedback ------------------------------------------------------------------------------------------------


class GiveFeedback(Command):
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


@feature.form(GiveFeedback)
async def open_give_feedback(context: Context) -> Effects:
    """The empty form."""
    return [OpenForm(GiveFeedback, {})]


@feature.action(id="mentoring.give_feedback")
async def give_feedback(command: GiveFeedback, context: Context, pairs: Pairs, rounds: Rounds) -> Effects:
    """Store feedback, in place of earlier feedback on the same pair."""
    await rounds.hold()
    pair = await pairs.get(command.pair)
    if pair is None or not pair.has(context.member.id):
        raise Refusal(NOT_YOURS)
    if pair.stage not in (*DONE, Stage.ACTIVE):
        return [Reply(card("", _OVER))]
    await pairs.note(Feedback(pair.id, context.member.id, command.words.strip(), command.shared))
    readers = say("The coordinators can read it.") if command.shared else say("Nobody but you can read it.")
    return [Reply(card("Thank you", readers, tone="good"))]
