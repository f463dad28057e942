"""Members' commands: offer to mentor, ask for a mentor, take a break, end it, and see how they stand.

`proposal_commands.py` and `pair_commands.py` have what members say while a pair is made and while it lasts.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.core.values.cards import Button, Buttons, Item, Items, Name, Part, Small
from facilitation.core.values.commands import Command, Context, Prefill
from facilitation.core.values.effects import Cancel, Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import ByName, Hidden, LongText, MemberId, Tags
from facilitation.core.values.local_time import start_of_coming_day
from facilitation.core.values.speech import card, count, say
from facilitation.mentoring import cards, keys, schedule, transitions
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
    RequestState,
    Rounds,
    Seeking,
    Stage,
)

Often = Literal["weekly", "fortnightly", "monthly"]
MAX_PLACES = 5
LONGEST_LABEL = 75
"""Slack's limit for the label of a button."""


# Offer ---------------------------------------------------------------------------------------------------


class OfferToMentor(Command):
    """Offer to be somebody’s mentor."""

    heading: ClassVar[str] = "Offer to be a mentor"

    topics: Tags = Field(title="I can help with", description="topics, separated by commas")
    capacity: Annotated[int, ByName] = Field(
        default=1, ge=1, le=MAX_PLACES, title="Mentees at a time", description="one is plenty; five at most"
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
async def open_offer(context: Context, prefill: Prefill, seeking: Seeking) -> Effects:
    """The form, filled with the stored offer."""
    _refuse_typed_not_with(prefill)
    stored = await seeking.offer(context.member.id)
    if stored is None:
        return [OpenForm(OfferToMentor, {})]
    filled = {"topics": stored.topics, "capacity": stored.capacity, "languages": stored.languages}
    return [OpenForm(OfferToMentor, {**filled, "enjoys": stored.enjoys})]


@feature.command("mentor offer", id="mentoring.offer")
async def offer(command: OfferToMentor, context: Context, services: PairServices) -> Effects:
    """Store an offer, in place of an earlier one."""
    await services.rounds.hold()
    _check_topics(command.topics)
    await services.seeking.put_offer(
        Offer(
            context.member.id,
            command.topics,
            command.capacity,
            context.at,
            command.languages,
            command.enjoys.strip(),
        )
    )
    effects = await _avoid(command.not_with, context.member.id, services)
    taken = (await services.pairs.loads()).get(context.member.id, 0)
    message = card(
        "Thank you",
        count(command.capacity, "You have room for one mentee.", "You have room for {n} mentees."),
        say("When somebody fits, I ask you first, and “not now” is always a good answer."),
        *([count(taken, "One place is taken just now.", "{n} places are taken just now.")] if taken else []),
        *await _what_next(services),
        tone="good",
    )
    return [Reply(message), *effects, *await _plan_matching(services)]


# Request -------------------------------------------------------------------------------------------------


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
async def open_request(context: Context, prefill: Prefill, seeking: Seeking) -> Effects:
    """The form, filled with the stored request."""
    _refuse_typed_not_with(prefill)
    stored = await seeking.request_of(context.member.id)
    if stored is None:
        return [OpenForm(AskForMentor, {})]
    filled = {"topics": stored.topics, "goal": stored.goal, "languages": stored.languages}
    return [OpenForm(AskForMentor, {**filled, "often": stored.often or "fortnightly"})]


@feature.command("mentor request", id="mentoring.request")
async def request(command: AskForMentor, context: Context, services: PairServices) -> Effects:
    """Store a request. A repeated one replaces the wishes of the first, and keeps its date."""
    await services.rounds.hold()
    _check_topics(command.topics)
    me = context.member.id
    stored = await services.seeking.request_of(me)
    by_hand = next((one for one in await services.pairs.of(me) if _is_by_hand(one, me)), None)
    if (stored is not None and stored.state is RequestState.MATCHED) or (
        by_hand is not None and by_hand.stage in (Stage.ACCEPTED, Stage.ACTIVE)
    ):
        raise Refusal("You have a mentor. /cop mentor status shows who, and /cop mentor end ends it.")
    wanted = replace(stored, topics=command.topics) if stored else Request(0, me, command.topics, context.at)
    wanted = replace(wanted, goal=command.goal.strip(), often=command.often, languages=command.languages)
    if by_hand is not None:
        wanted = replace(wanted, state=RequestState.IN_HAND)
    number = await services.seeking.put_request(wanted)
    if by_hand is not None:
        await services.pairs.put(replace(by_hand, request=number))
    effects = await _avoid(command.not_with, me, services)
    message = card(
        "I am looking for somebody",
        say("I suggest somebody, you say whether that is fine, and only then do I ask them."),
        *await _what_next(services),
        tone="good",
    )
    return [Reply(message), *effects, *await _plan_matching(services)]


# A break -------------------------------------------------------------------------------------------------


class Pause(Command):
    """Take a break from mentoring, until a date or until you say so."""

    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-03-09; or leave it open"
    )


@feature.command("mentor pause", id="mentoring.pause")
async def pause(command: Pause, context: Context, seeking: Seeking, rounds: Rounds) -> Effects:
    """Stop proposals and check-ins until a day begins, or without an end."""
    await rounds.hold()
    zone = context.community.zone
    until = start_of_coming_day(command.until, zone, context.at) if command.until else None
    await seeking.pause(context.member.id, until)
    ends = say("Until {day}.", day=until) if until else say("Until you come back.")
    back = Buttons((Button("I am back", "mentoring.resume"),))
    words = "Nothing new comes your way, and I do not ask how it goes."
    return [Reply(card("Enjoy your break", words, ends, back))]


class Resume(Command):
    """Take part in mentoring again."""


@feature.action(id="mentoring.resume")
async def resume(command: Resume, context: Context, services: PairServices) -> Effects:
    """End the break."""
    await services.rounds.hold()
    if not await services.seeking.resume(context.member.id):
        return [Reply(card("", "You are not on a break."))]
    words = say("Good to have you back, {who}.", who=context.member)
    return [Reply(card("", words, tone="good")), *await _plan_matching(services)]


# The end -------------------------------------------------------------------------------------------------


class End(Command):
    """End my mentor pair, or take back my offer or my request."""


@feature.command("mentor end", id="mentoring.end", read_only=True)
async def end(command: End, context: Context, pairs: Pairs, seeking: Seeking) -> Effects:
    """Show a button for each thing that the member can end."""
    me = context.member.id
    mine = [one for one in await pairs.of(me) if one.stage in (Stage.ACCEPTED, Stage.ACTIVE)]
    names = await seeking.names([one.other(me) or 0 for one in mine]) if len(mine) > 1 else {}
    buttons = [
        Button(
            f"End it with {names.get(one.other(me) or 0, 'someone')}"[:LONGEST_LABEL]
            if len(mine) > 1
            else "End my pair",
            "mentoring.end_pair",
            {"pair": one.id},
        )
        for one in mine
    ]
    if await seeking.offer(me) is not None:
        buttons.append(Button("Take back my offer", "mentoring.withdraw_offer"))
    wanted = await seeking.request_of(me)
    if wanted is not None and wanted.state is not RequestState.MATCHED:
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
async def withdraw_offer(command: WithdrawOffer, context: Context, services: PairServices) -> Effects:
    """Remove the offer. Pairs that both accepted go on; others go to the next best mentor."""
    await services.rounds.hold()
    if not await services.seeking.drop_offer(context.member.id):
        return [Reply(card("", "You have no offer just now."))]
    effects: Effects = []
    for pair in await services.pairs.of(context.member.id):
        if pair.mentor == context.member.id and pair.stage in COMING and pair.stage is not Stage.ACCEPTED:
            effects += await transitions.turn_down(services, pair, "withdrawn")
    words = say("Your offer is taken back. Thank you for having made it; you are welcome any time.")
    return [*effects, Reply(card("", words, tone="good"))]


class WithdrawRequest(Command):
    """Take back my request for a mentor."""


@feature.action(id="mentoring.withdraw_request")
async def withdraw_request(command: WithdrawRequest, context: Context, services: PairServices) -> Effects:
    """Close the request, and drop the pairs that come from it."""
    await services.rounds.hold()
    stored = await services.seeking.request_of(context.member.id)
    if stored is None or stored.state is RequestState.MATCHED:
        return [Reply(card("", "You have no open request."))]
    effects: Effects = [Cancel(keys.unmatched_plan(stored.id))]
    await services.seeking.put_request(replace(stored, state=RequestState.OVER))
    for pair in await services.pairs.of_request(stored.id):
        if pair.stage in COMING:
            effects += await transitions.drop(services, pair, "withdrawn")
    words = say("I look no further. Whenever you like, `/cop mentor request` begins again.")
    return [*effects, Reply(card("", words, tone="good"))]


# How I stand ---------------------------------------------------------------------------------------------


class ShowStatus(Command):
    """How I stand with mentoring."""


@feature.command("mentor status", id="mentoring.show_status", read_only=True)
async def show_status(command: ShowStatus, context: Context, services: PairServices) -> Effects:
    """The member's offer, request, pairs and break, and whom they would rather not be matched with."""
    me, seeking = context.member.id, services.seeking
    stored, wanted = await seeking.offer(me), await seeking.request_of(me)
    parts: list[Part] = []
    if stored is not None:
        taken = (await services.pairs.loads()).get(me, 0)
        parts.append(
            say(
                "**You offer** {topics}: {taken} of {places} places taken.",
                topics=", ".join(stored.topics),
                taken=taken,
                places=stored.capacity,
            )
        )
    if wanted is not None and wanted.state is not RequestState.MATCHED:
        parts.append(
            say(
                "**You are looking for** help with {topics}, since {day}.",
                topics=", ".join(wanted.topics),
                day=wanted.asked_at,
            )
        )
    mine = [one for one in await services.pairs.of(me) if one.stage in (Stage.ACCEPTED, Stage.ACTIVE)]
    parts += [_pair_line(one, me) for one in mine]
    pausing = await seeking.pausing(context.at)
    if me in pausing:
        until = pausing[me]
        words = (
            say("**You are on a break** until {day}.", day=until) if until else say("**You are on a break.**")
        )
        parts += [words, Buttons((Button("I am back", "mentoring.resume"),))]
    parts += await _not_with(me, seeking)
    if not parts:
        parts.append(say("You take no part in mentoring yet. Would you like to?"))
    change = (Button("Ask for a mentor", "mentoring.request"), Button("Offer", "mentoring.offer"))
    return [Reply(card("Mentoring", *parts, Buttons(change), Small(say("Only you see this."))))]


def _pair_line(pair: Pair, me: int) -> Part:
    other = Name(pair.other(me) or 0)
    words = (
        say("**Your mentor** is {other}{until}.", other=other, until=cards.until(pair))
        if me == pair.mentee
        else say("**You are the mentor** of {other}{until}.", other=other, until=cards.until(pair))
    )
    return Items((Item(words, buttons=(Button("End it", "mentoring.end_pair", {"pair": pair.id}),)),))


async def _not_with(me: int, seeking: Seeking) -> list[Part]:
    avoided = await seeking.avoided_by(me)
    if not avoided:
        return []
    items = tuple(
        Item(
            say("{who}", who=Name(one)),
            buttons=(Button("Take off", "mentoring.allow_member", {"who": one}),),
        )
        for one in avoided
    )
    return [say("**Not to be matched with**"), Items(items)]


class AllowMember(Command):
    """Take somebody off my list of people not to be matched with."""

    who: Annotated[MemberId, Hidden]


@feature.action(id="mentoring.allow_member")
async def allow_member(command: AllowMember, context: Context, seeking: Seeking, rounds: Rounds) -> Effects:
    """Remove a member from the sender's own list."""
    await rounds.hold()
    if not await seeking.allow(context.member.id, command.who):
        return [Reply(card("", "They are not on your list."))]
    return [Reply(card("", "Taken off your list.", tone="good"))]


# Small parts ---------------------------------------------------------------------------------------------


def _refuse_typed_not_with(prefill: Prefill) -> None:
    """Raise Refusal for a name after the command, which may as well be the mentor that somebody wants."""
    if prefill.values.get("not_with"):
        raise Refusal(
            "Whom you would rather not be matched with is for the form alone: type the command without a "
            "name, and choose there. Nobody sees it."
        )


def _check_topics(topics: tuple[str, ...]) -> None:
    if not topics:
        raise Refusal("Which topics? One is enough.", "topics")


async def _avoid(other: int | None, me: int, services: PairServices) -> Effects:
    """Store that two members are not to be matched, and turn down what is on its way between them."""
    if other is None or not await services.seeking.avoid(me, other):
        return []
    return await transitions.keep_apart(services, me, other)


def _is_by_hand(pair: Pair, mentee: int) -> bool:
    """Whether coordinators paired this mentee, who had made no request."""
    is_live = pair.stage in LIVE and pair.why != transitions.APART
    return is_live and pair.mentee == mentee and pair.request is None


async def _plan_matching(services: PairServices) -> Effects:
    """Plan the morning check, and a matching at once if requests are matched between rounds."""
    effects: Effects = [schedule.next_morning_check(services.community, services.now)]
    is_begun = services.community.begun_at is not None
    if is_begun and (await services.rounds.settings()).at_once and await services.rounds.current() is None:
        effects.append(schedule.match_now(services.now))
    return effects


async def _what_next(services: PairServices) -> list[Small]:
    """When the member hears of the matching."""
    settings, current = await services.rounds.settings(), await services.rounds.current()
    if current is not None:
        return [Small(say("This round’s sign-up closes on {when}.", when=current.closes_at))]
    if settings.at_once:
        return []
    if settings.rounds:
        upcoming = schedule.next_round_at(services.community, settings, services.now)
        return [Small(say("The next round begins on {when}.", when=upcoming))]
    return [Small(say("The coordinators see it on their desk, and let me know when to match."))]
