"""Members' commands: take turns facilitating a rhythm, and suggest prompts."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.values.cards import Buttons, Option
from facilitation.core.values.commands import Command, Context, Prefill
from facilitation.core.values.effects import Effects, OpenForm, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText
from facilitation.core.values.local_time import day_in_words, start_of_coming_day
from facilitation.core.values.speech import card, say
from facilitation.rhythm import cards, keys
from facilitation.rhythm.feature import feature
from facilitation.rhythm.prompt_lists import parse_prompts
from facilitation.rhythm.selection import get_rhythm, matching_decks
from facilitation.rhythm.services import RhythmServices
from facilitation.rhythm.turns import notify_next_facilitator
from storage.rhythm import LONGEST_NAME, LONGEST_PROMPT, Decks, Leader, Rhythm, Rhythms

SUGGESTIONS_AT_MOST = 5
"""How many suggestions of one member may wait for coordinators."""


# My turn -------------------------------------------------------------------------------------------


class AcceptTurn(Command):
    """I look after the next prompt."""

    rhythm: Annotated[int, Hidden]
    day: Annotated[date, Hidden]


@feature.action(id="rhythm.accept_turn")
async def accept_turn(command: AcceptTurn, context: Context, rhythms: Rhythms) -> Effects:
    """Record that the facilitator of the next date agrees."""
    rhythm = await _turn(command.rhythm, command.day, context, rhythms)
    await rhythms.set_next(rhythm.id, host=context.member.id, agreed=True, prompt=None)
    words = say("Thank you: **{name}** is in your hands.", name=rhythm.name)
    return [
        Revise(keys.turn(rhythm.id, rhythm.next_day, context.member.id), card(cards.YOUR_TURN, words)),
        Reply(card("", words, tone="good")),
    ]


class PassTurn(Command):
    """Somebody else looks after the next prompt."""

    rhythm: Annotated[int, Hidden]
    day: Annotated[date, Hidden]


@feature.action(id="rhythm.pass_turn")
async def pass_turn(command: PassTurn, context: Context, services: RhythmServices) -> Effects:
    """Tell the next volunteer at once; without one, the prompt is posted without a facilitator."""
    rhythm = await _turn(command.rhythm, command.day, context, services.rhythms)
    await services.rhythms.passed(rhythm.id, context.member.id, command.day)
    effects = await notify_next_facilitator(rhythm, services, except_for=frozenset({context.member.id}))
    words = (
        say("All right, I have told somebody else. Your turn comes again.")
        if effects
        else say("All right. It goes without anybody this time, and that is fine.")
    )
    return [
        *effects,
        Revise(keys.turn(rhythm.id, rhythm.next_day, context.member.id), card(cards.YOUR_TURN, words)),
        Reply(card("", words, tone="good")),
    ]


async def _turn(id_: int, day: date, context: Context, rhythms: Rhythms) -> Rhythm:
    """The rhythm whose date on a day the sender facilitates. Raises Refusal if they do not, or it is over."""
    found = await get_rhythm(rhythms, id_)
    rhythm = await rhythms.hold(found.id)
    if rhythm is None or rhythm.next_day != day or rhythm.host != context.member.id:
        raise Refusal("That one is over, or somebody else has it by now.")
    return rhythm


# Volunteer -----------------------------------------------------------------------------------------


class Volunteer(Command):
    """Take turns facilitating a rhythm."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.volunteer")
async def volunteer(command: Volunteer, context: Context, rhythms: Rhythms) -> Effects:
    """Join the rotation."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    if rhythm.leader is not Leader.ROTATING:
        raise Refusal("Nobody takes turns there.")
    await rhythms.volunteer(rhythm.id, context.member.id, context.at)
    words = say(
        "Thank you. When it is your turn with **{name}**, I tell you the day before what to do.",
        name=rhythm.name,
    )
    return [Reply(card("You take turns", words, Buttons(cards.turn_buttons(rhythm.id)), tone="good"))]


class SetAway(Command):
    """Skip me until I am back."""

    heading: ClassVar[str] = "Away"

    rhythm: Annotated[int, Hidden]
    until: date = Field(title="Back on", description="a date such as 2026-03-09")


@feature.action(id="rhythm.set_away")
async def set_away(command: SetAway, context: Context, rhythms: Rhythms) -> Effects:
    """Give turns before a day to others."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    start_of_coming_day(command.until, rhythm.zone, context.at)
    if context.member.id not in {turn.member for turn in await rhythms.volunteers(rhythm.id)}:
        raise Refusal("You take no turns there.")
    await rhythms.volunteer(rhythm.id, context.member.id, context.at, away_until=command.until)
    words = say("I skip you until {day}. Have a good time.", day=day_in_words(command.until))
    return [Reply(card("", words, tone="good"))]


class StopVolunteering(Command):
    """Take no more turns."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.stop_volunteering")
async def stop_volunteering(command: StopVolunteering, context: Context, services: RhythmServices) -> Effects:
    """Leave the rotation, and pass on the next date if it is the sender's."""
    rhythm = await get_rhythm(services.rhythms, command.rhythm)
    if not await services.rhythms.step_back(rhythm.id, context.member.id):
        raise Refusal("You take no turns there.")
    effects: Effects = []
    if rhythm.host == context.member.id:
        effects = await notify_next_facilitator(rhythm, services, except_for=frozenset({context.member.id}))
    return [*effects, Reply(card("", "No more turns for you. Thank you for those you took.", tone="good"))]


# Suggest a prompt ----------------------------------------------------------------------------------


class SuggestPrompt(Command):
    """Suggest a question that I may put to everyone."""

    heading: ClassVar[str] = "Suggest a prompt"
    submit: ClassVar[str] = "Suggest"

    words: LongText = Field(
        title="Your question",
        description="open, and quick to answer",
        min_length=8,
        max_length=LONGEST_PROMPT,
    )
    deck: str = Field(title="Deck", description="where it would fit", max_length=LONGEST_NAME)


@feature.form(SuggestPrompt)
async def open_suggest_prompt(context: Context, prefill: Prefill, rhythms: Rhythms, decks: Decks) -> Effects:
    """The form, with a choice of the decks that rhythms use."""
    used = {rhythm.deck for rhythm in await rhythms.all()}
    known = await decks.all()
    offered = [deck for deck in known if deck.id in used] or known
    if not offered:
        raise Refusal("There is no rhythm yet that could post it. Coordinators can make one.")
    choice = tuple(Option(deck.name, deck.name) for deck in offered)
    return [OpenForm(SuggestPrompt, {"deck": offered[0].name}, {"deck": choice})]


@feature.action(id="rhythm.suggest_prompt")
async def suggest_prompt(command: SuggestPrompt, context: Context, decks: Decks) -> Effects:
    """Store the suggestion, which waits for a coordinator on the desk."""
    [words, *_] = parse_prompts(" ".join(command.words.split()), "words")
    [deck, *_] = await matching_decks(decks, command.deck)
    mine = [one for one in await decks.suggestions() if one.by == context.member.id]
    if len(mine) >= SUGGESTIONS_AT_MOST:
        raise Refusal("Thank you: coordinators have some of yours to read first.", "words")
    if not await decks.add(deck.id, [words], context.at, by=context.member.id, waits=True):
        raise Refusal("That one is in the deck already.", "words")
    return [Reply(card("Thank you", "A coordinator reads it, and then it has its turn.", tone="good"))]
