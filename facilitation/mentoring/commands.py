"""What members do: offer, ask for a mentor, take a break, end it, and see how they stand."""

from dataclasses import replace
from datetime import date, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Small
from facilitation.core.values.commands import Command, Context, Prefill
from facilitation.core.values.effects import Cancel, Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ByName, Hidden, LongText, MemberId, Tags
from facilitation.core.values.local_time import instant_of
from facilitation.core.values.speech import card, count, say
from facilitation.mentoring import keys, services, transitions
from facilitation.mentoring.feature import feature
from facilitation.mentoring.services import PairServices
from storage.mentoring import (
    COMING,
    LIVE,
    LONGEST_WORDS,
    Offer,
    Pair,
    Pairs,
    Request,
    Rounds,
    Seeking,
    Stage,
    Standing,
)

Often = Literal["weekly", "fortnightly", "monthly"]
MOST_PLACES = 5
_ALONE = (
    "Whom you would rather not be matched with is for the form alone: type the command without a name, and "
    "choose there. Nobody sees it."
)


# Offering ------------------------------------------------------------------------------------------------


class OfferToMentor(Command):
    """Offer to be somebody’s mentor."""

    heading: ClassVar[str] = "Offer to be a mentor"

    topics: Tags = Field(title="I can help with", description="topics, separated by commas")
    capacity: Annotated[int, ByName] = Field(
        default=1, ge=1, le=MOST_PLACES, title="So many at a time", description="one is plenty; five at most"
    )
    languages: Annotated[Tags, ByName] = Field(
        default=(), title="Languages", description="such as English, Portuguese"
    )
    enjoys: Annotated[LongText, ByName] = Field(
        default="",
        title="What I enjoy",
        description="a line that your mentee reads before they say yes",
        max_length=LONGEST_WORDS,
    )
    not_with: MemberId | None = Field(
        default=None, title="Not with", description="nobody sees this; your list is in /cop mentor status"
    )


@feature.form(OfferToMentor)
async def open_offer(context: Context, given: Prefill, seeking: Seeking) -> Effects:
    """The form as it was filled in last."""
    _only_in_the_form(given)
    known = await seeking.offer(context.member.id)
    if known is None:
        return [OpenForm(OfferToMentor, {})]
    filled = {"topics": known.topics, "capacity": known.capacity, "languages": known.languages}
    return [OpenForm(OfferToMentor, {**filled, "enjoys": known.enjoys})]


@feature.command("mentor offer", id="mentoring.offer")
async def offer(command: OfferToMentor, context: Context, on: PairServices) -> Effects:
    """Keep it; whoever fits is asked about it first."""
    await on.rounds.hold()
    if not command.topics:
        raise Refusal("Which topics? One is enough.", "topics")
    await on.seeking.put_offer(
        Offer(
            context.member.id,
            command.topics,
            command.capacity,
            context.at,
            command.languages,
            command.enjoys.strip(),
        )
    )
    effects = await _avoid(command.not_with, context.member.id, on)
    taken = (await on.pairs.loads()).get(context.member.id, 0)
    message = card(
        "Thank you",
        count(command.capacity, "You have room for one mentee.", "You have room for {n} mentees."),
        say("When somebody fits, I ask you first, and “not now” is always a good answer."),
        *([count(taken, "One place is taken just now.", "{n} places are taken just now.")] if taken else []),
        *await _what_next(on),
        tone="good",
    )
    return [Reply(message), *effects, *await _soon(on)]


# Asking --------------------------------------------------------------------------------------------------


class AskForMentor(Command):
    """Ask for a mentor."""

    heading: ClassVar[str] = "Ask for a mentor"

    topics: Tags = Field(title="I would like to learn", description="topics, separated by commas")
    goal: Annotated[LongText, ByName] = Field(
        default="",
        title="What for",
        description="a line that your mentor reads; half a goal is fine",
        max_length=LONGEST_WORDS,
    )
    often: Annotated[Often, ByName] = Field(
        default="fortnightly", title="How often", description="as a wish, not a promise"
    )
    languages: Annotated[Tags, ByName] = Field(
        default=(), title="Languages", description="such as English, Portuguese"
    )
    not_with: MemberId | None = Field(
        default=None, title="Not with", description="nobody sees this; your list is in /cop mentor status"
    )


@feature.form(AskForMentor)
async def open_request(context: Context, given: Prefill, seeking: Seeking) -> Effects:
    """The form as it was filled in last."""
    _only_in_the_form(given)
    known = await seeking.request_of(context.member.id)
    if known is None:
        return [OpenForm(AskForMentor, {})]
    filled = {"topics": known.topics, "goal": known.goal, "languages": known.languages}
    return [OpenForm(AskForMentor, {**filled, "often": known.often or "fortnightly"})]


@feature.command("mentor request", id="mentoring.request")
async def request(command: AskForMentor, context: Context, on: PairServices) -> Effects:
    """Keep it; asked again, it is what was asked last, and no earlier than it was."""
    await on.rounds.hold()
    if not command.topics:
        raise Refusal("Which topics? One is enough.", "topics")
    known = await on.seeking.request_of(context.member.id)
    by_hand = next(
        (one for one in await on.pairs.of(context.member.id) if _is_made_for(one, context.member.id)), None
    )
    if (known is not None and known.standing is Standing.MATCHED) or (
        by_hand is not None and by_hand.stage in (Stage.ACCEPTED, Stage.ACTIVE)
    ):
        raise Refusal("You have a mentor. /cop mentor status shows who, and /cop mentor end ends it.")
    fresh = Request(0, context.member.id, command.topics, context.at)
    kept = replace(known, topics=command.topics) if known else fresh
    kept = replace(kept, goal=command.goal.strip(), often=command.often, languages=command.languages)
    if by_hand is not None:
        kept = replace(kept, standing=Standing.IN_HAND)
    number = await on.seeking.put_request(kept)
    if by_hand is not None:
        await on.pairs.put(replace(by_hand, request=number))
    effects = await _avoid(command.not_with, context.member.id, on)
    message = card(
        "I am looking for somebody",
        say("I suggest somebody, you say whether that is fine, and only then do I ask them."),
        *await _what_next(on),
        tone="good",
    )
    return [Reply(message), *effects, *await _soon(on)]


# A break, and back ---------------------------------------------------------------------------------------


class Pause(Command):
    """Take a break from mentoring, until a date or until you say so."""

    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-03-09; or leave it open"
    )


@feature.command("mentor pause", id="mentoring.pause")
async def pause(command: Pause, context: Context, seeking: Seeking, rounds: Rounds) -> Effects:
    """Nothing new comes, and check-ins rest."""
    await rounds.hold()
    until = instant_of(command.until, time(0), context.community.zone) if command.until else None
    if until is not None and until <= context.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    await seeking.pause(context.member.id, until)
    ends = say("Until {day}.", day=until) if until else say("Until you come back.")
    back = Buttons((Button("I am back", "mentoring.resume"),))
    return [
        Reply(
            card("Enjoy your break", "Nothing new comes your way, and I do not ask how it goes.", ends, back)
        )
    ]


class Resume(Command):
    """Take part in mentoring again."""


@feature.action(id="mentoring.resume")
async def resume(command: Resume, context: Context, on: PairServices) -> Effects:
    """As before the break."""
    await on.rounds.hold()
    if not await on.seeking.resume(context.member.id):
        return [Reply(card("", "You are not on a break."))]
    return [
        Reply(card("", say("Good to have you back, {who}.", who=context.member), tone="good")),
        *await _soon(on),
    ]


# The end -------------------------------------------------------------------------------------------------


class End(Command):
    """End my mentor pair, or take back my offer or my request."""


@feature.command("mentor end", id="mentoring.end")
async def end(command: End, context: Context, pairs: Pairs, seeking: Seeking) -> Effects:
    """Which of them, with a button for each."""
    mine = [one for one in await pairs.of(context.member.id) if one.stage in (Stage.ACCEPTED, Stage.ACTIVE)]
    buttons = [Button("End my pair", "mentoring.end_pair", {"pair": one.id}) for one in mine]
    if len(mine) > 1:
        names = await seeking.names([one.other(context.member.id) or 0 for one in mine])
        buttons = [
            Button(
                f"End it with {names.get(one.other(context.member.id) or 0, 'someone')}"[:75],
                "mentoring.end_pair",
                {"pair": one.id},
            )
            for one in mine
        ]
    if await seeking.offer(context.member.id) is not None:
        buttons.append(Button("Take back my offer", "mentoring.withdraw_offer"))
    wanted = await seeking.request_of(context.member.id)
    if wanted is not None and wanted.standing is not Standing.MATCHED:
        buttons.append(Button("Take back my request", "mentoring.withdraw_request"))
    if not buttons:
        return [Reply(card("", "There is nothing to end: you have no pair, no offer and no request."))]
    return [
        Reply(
            card(
                "What shall end?",
                "It needs no reason, and nobody thinks less of you.",
                Buttons(tuple(buttons)),
                Small(say("A break may do as well: `/cop mentor pause`.")),
            )
        )
    ]


class WithdrawOffer(Command):
    """Take back my offer to be a mentor."""


@feature.action(id="mentoring.withdraw_offer")
async def withdraw_offer(command: WithdrawOffer, context: Context, on: PairServices) -> Effects:
    """No new ones; pairs that there are go on."""
    await on.rounds.hold()
    if not await on.seeking.drop_offer(context.member.id):
        return [Reply(card("", "You have no offer just now."))]
    effects: Effects = []
    for pair in await on.pairs.of(context.member.id):
        if pair.mentor == context.member.id and pair.stage in COMING and pair.stage is not Stage.ACCEPTED:
            effects += await transitions.turn_down(on, pair, "withdrawn")
    words = say("Your offer is taken back. Thank you for having made it; you are welcome any time.")
    return [*effects, Reply(card("", words, tone="good"))]


class WithdrawRequest(Command):
    """Take back my request for a mentor."""


@feature.action(id="mentoring.withdraw_request")
async def withdraw_request(command: WithdrawRequest, context: Context, on: PairServices) -> Effects:
    """I look no further."""
    await on.rounds.hold()
    known = await on.seeking.request_of(context.member.id)
    if known is None or known.standing is Standing.MATCHED:
        return [Reply(card("", "You have no open request."))]
    effects: Effects = [Cancel(keys.unserved(known.id))]
    await on.seeking.put_request(replace(known, standing=Standing.OVER))
    for pair in await on.pairs.of_request(known.id):
        if pair.stage in COMING:
            effects += await transitions.drop(on, pair, "withdrawn")
    words = say("I look no further. Whenever you like, `/cop mentor request` begins again.")
    return [*effects, Reply(card("", words, tone="good"))]


class Allow(Command):
    """Take somebody off my list of people not to be matched with."""

    who: Annotated[MemberId, Hidden]


@feature.action(id="mentoring.allow_member")
async def allow(command: Allow, context: Context, seeking: Seeking, rounds: Rounds) -> Effects:
    """Only their own list."""
    await rounds.hold()
    if not await seeking.allow(context.member.id, command.who):
        return [Reply(card("", "They are not on your list."))]
    return [Reply(card("", "Taken off your list.", tone="good"))]


# Small parts ---------------------------------------------------------------------------------------------


def _only_in_the_form(given: Prefill) -> None:
    """A name that is typed after the command could as well be whom somebody wishes for."""
    if given.values.get("not_with"):
        raise Refusal(_ALONE)


async def _avoid(other: int | None, me: int, on: PairServices) -> Effects:
    """From now on they are not matched; what was on its way between them is dropped."""
    if other is None or not await on.seeking.avoid(me, other):
        return []
    return await transitions.keep_apart(on, me, other)


def _is_made_for(pair: Pair, mentee: int) -> bool:
    """Whether coordinators pair somebody who had not asked for it."""
    is_live = pair.stage in LIVE and pair.why != transitions.APART
    return is_live and pair.mentee == mentee and pair.request is None


async def _soon(on: PairServices) -> Effects:
    """Somebody takes part: the mornings are looked at, and requests matched at once if that is set."""
    effects: Effects = [services.tomorrow(on.community, on.at)]
    is_begun = on.community.begun_at is not None
    if is_begun and (await on.rounds.wishes()).at_once and await on.rounds.current() is None:
        effects.append(services.match_now(on.at))
    return effects


async def _what_next(on: PairServices) -> list[Small]:
    """When they hear from me."""
    wishes, current = await on.rounds.wishes(), await on.rounds.current()
    if current is not None:
        return [Small(say("This round’s sign-up closes on {when}.", when=current.closes_at))]
    if wishes.at_once:
        return []
    if wishes.rounds:
        upcoming = services.upcoming(on, wishes)
        return [Small(say("The next round begins on {when}.", when=upcoming))]
    return [Small(say("The coordinators see it on their desk, and let me know when to match."))]
