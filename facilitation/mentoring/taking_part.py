"""What members do: offer, ask for a mentor, take a break, end it, and see how they stand."""

from dataclasses import replace
from datetime import date, time
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.ask import Ask, Call, Given, Hidden, LongText, Person, Tags
from facilitation.core.cards import Button, Buttons, Small
from facilitation.core.effects import Cancel, Effects, Open, Reply
from facilitation.core.errors import Refusal
from facilitation.core.local_time import instant_of
from facilitation.core.speech import card, count, say
from facilitation.mentoring import keys, moving, planning
from facilitation.mentoring.planning import Ground
from facilitation.mentoring.room import room
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


class OfferToMentor(Ask):
    """Offer to be somebody’s mentor."""

    heading: ClassVar[str] = "Offer to be a mentor"

    topics: Tags = Field(title="I can help with", description="topics, separated by commas")
    capacity: int = Field(
        default=1, ge=1, le=MOST_PLACES, title="So many at a time", description="one is plenty; five at most"
    )
    languages: Tags = Field(default=(), title="Languages", description="such as English, Portuguese")
    enjoys: LongText = Field(
        default="",
        title="What I enjoy",
        description="a line that your mentee reads before they say yes",
        max_length=LONGEST_WORDS,
    )
    not_with: Person | None = Field(
        default=None, title="Not with", description="nobody sees this; your list is in /cop mentor status"
    )


@room.opening(OfferToMentor)
async def open_offer(call: Call, given: Given, seeking: Seeking) -> Effects:
    """The form as it was filled in last."""
    _only_in_the_form(given)
    known = await seeking.offer(call.who.id)
    if known is None:
        return [Open(OfferToMentor, {})]
    filled = {"topics": known.topics, "capacity": known.capacity, "languages": known.languages}
    return [Open(OfferToMentor, {**filled, "enjoys": known.enjoys})]


@room.command("mentor offer")
async def offer(ask: OfferToMentor, call: Call, on: Ground) -> Effects:
    """Keep it; whoever fits is asked about it first."""
    await on.rounds.hold()
    if not ask.topics:
        raise Refusal("Which topics? One is enough.", "topics")
    await on.seeking.put_offer(
        Offer(call.who.id, ask.topics, ask.capacity, call.at, ask.languages, ask.enjoys.strip())
    )
    effects = await _avoid(ask.not_with, call.who.id, on)
    taken = (await on.pairs.loads()).get(call.who.id, 0)
    message = card(
        "Thank you",
        count(ask.capacity, "You have room for one mentee.", "You have room for {n} mentees."),
        say("When somebody fits, I ask you first, and “not now” is always a good answer."),
        *([count(taken, "One place is taken just now.", "{n} places are taken just now.")] if taken else []),
        *await _what_next(on),
        tone="good",
    )
    return [Reply(message), *effects, *await _soon(on)]


# Asking --------------------------------------------------------------------------------------------------


class AskForMentor(Ask):
    """Ask for a mentor."""

    heading: ClassVar[str] = "Ask for a mentor"

    topics: Tags = Field(title="I would like to learn", description="topics, separated by commas")
    goal: LongText = Field(
        default="",
        title="What for",
        description="a line that your mentor reads; half a goal is fine",
        max_length=LONGEST_WORDS,
    )
    often: Often = Field(default="fortnightly", title="How often", description="as a wish, not a promise")
    languages: Tags = Field(default=(), title="Languages", description="such as English, Portuguese")
    not_with: Person | None = Field(
        default=None, title="Not with", description="nobody sees this; your list is in /cop mentor status"
    )


@room.opening(AskForMentor)
async def open_request(call: Call, given: Given, seeking: Seeking) -> Effects:
    """The form as it was filled in last."""
    _only_in_the_form(given)
    known = await seeking.request_of(call.who.id)
    if known is None:
        return [Open(AskForMentor, {})]
    filled = {"topics": known.topics, "goal": known.goal, "languages": known.languages}
    return [Open(AskForMentor, {**filled, "often": known.often or "fortnightly"})]


@room.command("mentor request")
async def request(ask: AskForMentor, call: Call, on: Ground) -> Effects:
    """Keep it; asked again, it is what was asked last, and no earlier than it was."""
    await on.rounds.hold()
    if not ask.topics:
        raise Refusal("Which topics? One is enough.", "topics")
    known = await on.seeking.request_of(call.who.id)
    by_hand = next((one for one in await on.pairs.of(call.who.id) if _is_made_for(one, call.who.id)), None)
    if (known is not None and known.standing is Standing.MATCHED) or (
        by_hand is not None and by_hand.stage in (Stage.ACCEPTED, Stage.ACTIVE)
    ):
        raise Refusal("You have a mentor. /cop mentor status shows who, and /cop mentor end ends it.")
    fresh = Request(0, call.who.id, ask.topics, call.at)
    kept = replace(known, topics=ask.topics) if known else fresh
    kept = replace(kept, goal=ask.goal.strip(), often=ask.often, languages=ask.languages)
    if by_hand is not None:
        kept = replace(kept, standing=Standing.IN_HAND)
    number = await on.seeking.put_request(kept)
    if by_hand is not None:
        await on.pairs.put(replace(by_hand, request=number))
    effects = await _avoid(ask.not_with, call.who.id, on)
    message = card(
        "I am looking for somebody",
        say("I suggest somebody, you say whether that is fine, and only then do I ask them."),
        *await _what_next(on),
        tone="good",
    )
    return [Reply(message), *effects, *await _soon(on)]


# A break, and back ---------------------------------------------------------------------------------------


class Pause(Ask):
    """Take a break from mentoring, until a date or until you say so."""

    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-03-09; or leave it open"
    )


@room.command("mentor pause")
async def pause(ask: Pause, call: Call, seeking: Seeking, rounds: Rounds) -> Effects:
    """Nothing new comes, and check-ins rest."""
    await rounds.hold()
    until = instant_of(ask.until, time(0), call.community.zone) if ask.until else None
    if until is not None and until <= call.at:
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    await seeking.pause(call.who.id, until)
    ends = say("Until {day}.", day=until) if until else say("Until you come back.")
    back = Buttons((Button("I am back", "mentoring.resume"),))
    return [
        Reply(
            card("Enjoy your break", "Nothing new comes your way, and I do not ask how it goes.", ends, back)
        )
    ]


class Resume(Ask):
    """Take part in mentoring again."""


@room.action()
async def resume(ask: Resume, call: Call, on: Ground) -> Effects:
    """As before the break."""
    await on.rounds.hold()
    if not await on.seeking.resume(call.who.id):
        return [Reply(card("", "You are not on a break."))]
    return [
        Reply(card("", say("Good to have you back, {who}.", who=call.who), tone="good")),
        *await _soon(on),
    ]


# The end -------------------------------------------------------------------------------------------------


class End(Ask):
    """End my mentor pair, or take back my offer or my request."""


@room.command("mentor end")
async def end(ask: End, call: Call, pairs: Pairs, seeking: Seeking) -> Effects:
    """Which of them, with a button for each."""
    mine = [one for one in await pairs.of(call.who.id) if one.stage in (Stage.ACCEPTED, Stage.ACTIVE)]
    buttons = [Button("End my pair", "mentoring.end_pair", {"pair": one.id}) for one in mine]
    if len(mine) > 1:
        names = await seeking.names([one.other(call.who.id) or 0 for one in mine])
        buttons = [
            Button(
                f"End it with {names.get(one.other(call.who.id) or 0, 'someone')}"[:75],
                "mentoring.end_pair",
                {"pair": one.id},
            )
            for one in mine
        ]
    if await seeking.offer(call.who.id) is not None:
        buttons.append(Button("Take back my offer", "mentoring.withdraw_offer"))
    wanted = await seeking.request_of(call.who.id)
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


class WithdrawOffer(Ask):
    """Take back my offer to be a mentor."""


@room.action()
async def withdraw_offer(ask: WithdrawOffer, call: Call, on: Ground) -> Effects:
    """No new ones; pairs that there are go on."""
    await on.rounds.hold()
    if not await on.seeking.drop_offer(call.who.id):
        return [Reply(card("", "You have no offer just now."))]
    effects: Effects = []
    for pair in await on.pairs.of(call.who.id):
        if pair.mentor == call.who.id and pair.stage in COMING and pair.stage is not Stage.ACCEPTED:
            effects += await moving.turn_down(on, pair, "withdrawn")
    words = say("Your offer is taken back. Thank you for having made it; you are welcome any time.")
    return [*effects, Reply(card("", words, tone="good"))]


class WithdrawRequest(Ask):
    """Take back my request for a mentor."""


@room.action()
async def withdraw_request(ask: WithdrawRequest, call: Call, on: Ground) -> Effects:
    """I look no further."""
    await on.rounds.hold()
    known = await on.seeking.request_of(call.who.id)
    if known is None or known.standing is Standing.MATCHED:
        return [Reply(card("", "You have no open request."))]
    effects: Effects = [Cancel(keys.unserved(known.id))]
    await on.seeking.put_request(replace(known, standing=Standing.OVER))
    for pair in await on.pairs.of_request(known.id):
        if pair.stage in COMING:
            effects += await moving.drop(on, pair, "withdrawn")
    words = say("I look no further. Whenever you like, `/cop mentor request` begins again.")
    return [*effects, Reply(card("", words, tone="good"))]


class Allow(Ask):
    """Take somebody off my list of people not to be matched with."""

    who: Annotated[Person, Hidden]


@room.action()
async def allow(ask: Allow, call: Call, seeking: Seeking, rounds: Rounds) -> Effects:
    """Only their own list."""
    await rounds.hold()
    if not await seeking.allow(call.who.id, ask.who):
        return [Reply(card("", "They are not on your list."))]
    return [Reply(card("", "Taken off your list.", tone="good"))]


# Small parts ---------------------------------------------------------------------------------------------


def _only_in_the_form(given: Given) -> None:
    """A name that is typed after the command could as well be whom somebody wishes for."""
    if given.values.get("not_with"):
        raise Refusal(_ALONE)


async def _avoid(other: int | None, me: int, on: Ground) -> Effects:
    """From now on they are not matched; what was on its way between them is dropped."""
    if other is None or not await on.seeking.avoid(me, other):
        return []
    return await moving.keep_apart(on, me, other)


def _is_made_for(pair: Pair, mentee: int) -> bool:
    """Whether coordinators pair somebody who had not asked for it."""
    is_live = pair.stage in LIVE and pair.why != moving.APART
    return is_live and pair.mentee == mentee and pair.request is None


async def _soon(on: Ground) -> Effects:
    """Somebody takes part: the mornings are looked at, and requests matched at once if that is set."""
    effects: Effects = [planning.tomorrow(on.community, on.at)]
    is_begun = on.community.begun_at is not None
    if is_begun and (await on.rounds.wishes()).at_once and await on.rounds.current() is None:
        effects.append(planning.match_now(on.at))
    return effects


async def _what_next(on: Ground) -> list[Small]:
    """When they hear from me."""
    wishes, current = await on.rounds.wishes(), await on.rounds.current()
    if current is not None:
        return [Small(say("This round’s sign-up closes on {when}.", when=current.closes_at))]
    if wishes.at_once:
        return []
    if wishes.rounds:
        upcoming = planning.upcoming(on, wishes)
        return [Small(say("The next round begins on {when}.", when=upcoming))]
    return [Small(say("The coordinators see it on their desk, and let me know when to match."))]
