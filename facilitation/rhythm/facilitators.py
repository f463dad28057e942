"""Who looks after the answers: always the same person, or volunteers in turn, told the day before."""

from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.core.values.cards import Arg, Button, Buttons, Card, Channel, Direct
from facilitation.core.values.commands import Command, Context, Due
from facilitation.core.values.effects import Effects, Post, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.jobs import prompt_for, why_not
from facilitation.rhythm.recurrence import Occurrence
from facilitation.rhythm.rule_words import moment_in_words
from facilitation.rhythm.schedule import Eve
from facilitation.rhythm.selection import rhythms_meant
from storage.communities import Member, People
from storage.rhythm import Decks, Leader, Prompt, Rhythm, Rhythms


@feature.action(id="rhythm.notify_facilitator")
async def eve(command: Eve, due: Due, people: People, rhythms: Rhythms, decks: Decks) -> Effects:
    """The day before: whoever's turn it is hears what to do. Part of what they joined, so not unsolicited."""
    rhythm = await rhythms.hold(command.rhythm)
    if rhythm is None or rhythm.next_day != command.day or rhythm.next_at is None:
        return []
    if why_not(due.community, rhythm, Occurrence(command.day, rhythm.next_at), due.at):
        return []
    return await _asked_next(rhythm, due.at, people, rhythms, decks, but=frozenset())


async def _asked_next(
    rhythm: Rhythm, at: datetime, people: People, rhythms: Rhythms, decks: Decks, *, but: frozenset[int]
) -> Effects:
    """Set and tell whoever is next, nobody if nobody is free."""
    host = await _next_host(rhythm, at, people, rhythms, but)
    prompt = await prompt_for(rhythm, decks)
    await rhythms.set_next(
        rhythm.id,
        host=host.id if host is not None else None,
        agreed=False,
        prompt=prompt.id if prompt is not None else None,
    )
    if host is None or prompt is None:
        return []
    return [Post(Direct(host.id), _request(rhythm, prompt), _key(rhythm, host.id))]


async def _next_host(
    rhythm: Rhythm, at: datetime, people: People, rhythms: Rhythms, but: frozenset[int]
) -> Member | None:
    """The fixed facilitator, or the volunteer who waits the longest and is not away on that day."""
    assert rhythm.next_day is not None
    if rhythm.leader is Leader.FIXED:
        wanted = [rhythm.led_by] if rhythm.led_by is not None else []
    else:
        turns = await rhythms.volunteers(rhythm.id)
        wanted = [
            turn.member
            for turn in turns
            if (turn.away_until is None or turn.away_until <= rhythm.next_day)
            and turn.passed_day != rhythm.next_day
        ]
    for number in wanted:
        found = await people.member(number) if number not in but else None
        if found is not None and found.left_at is None:
            return found
    return None


def _request(rhythm: Rhythm, prompt: Prompt) -> Card:
    """What is to come, and what helps."""
    assert rhythm.next_at is not None
    args: dict[str, Arg] = {"rhythm": rhythm.id, "day": str(rhythm.next_day)}
    return card(
        "Your turn to facilitate",
        say(
            "On {when} I post this in {place}, under **{name}**:",
            when=moment_in_words(rhythm.next_at, rhythm.zone),
            place=Channel(rhythm.space, rhythm.place),
            name=rhythm.name,
        ),
        say("“{words}”", words=prompt.words),
        "What helps: give an answer of your own early on, thank each person with one line or one question, "
        "and after a day or two say in a sentence what came together.",
        Buttons(
            (
                Button("I will", "rhythm.accept_turn", args, style="primary"),
                Button("Swap me out", "rhythm.pass_turn", args),
            )
        ),
    )


# Answers to it -------------------------------------------------------------------------------------


class Agree(Command):
    """I look after the next prompt."""

    rhythm: Annotated[int, Hidden]
    day: Annotated[date, Hidden]


@feature.action(id="rhythm.accept_turn")
async def agree(command: Agree, context: Context, rhythms: Rhythms) -> Effects:
    """Said and done."""
    rhythm = await _turn_of(command.rhythm, command.day, context, rhythms)
    await rhythms.set_next(rhythm.id, host=context.member.id, agreed=True, prompt=None)
    words = say("Thank you: **{name}** is in your hands.", name=rhythm.name)
    return [
        Revise(_key(rhythm, context.member.id), card("Your turn to facilitate", words)),
        Reply(card("", words, tone="good")),
    ]


class Swap(Command):
    """Somebody else looks after the next prompt."""

    rhythm: Annotated[int, Hidden]
    day: Annotated[date, Hidden]


@feature.action(id="rhythm.pass_turn")
async def swap(command: Swap, context: Context, people: People, rhythms: Rhythms, decks: Decks) -> Effects:
    """The next volunteer is told at once; where there is none, the prompt goes without."""
    rhythm = await _turn_of(command.rhythm, command.day, context, rhythms)
    await rhythms.passed(rhythm.id, context.member.id, command.day)
    effects = await _asked_next(
        rhythm, context.at, people, rhythms, decks, but=frozenset({context.member.id})
    )
    words = (
        say("All right, I have told somebody else. Your turn comes again.")
        if effects
        else say("All right. It goes without anybody this time, and that is fine.")
    )
    return [
        *effects,
        Revise(_key(rhythm, context.member.id), card("Your turn to facilitate", words)),
        Reply(card("", words, tone="good")),
    ]


async def _turn_of(number: int, day: date, context: Context, rhythms: Rhythms) -> Rhythm:
    """The rhythm whose next date is this member's; refuses for who is not, or no longer, set for it."""
    [found] = await rhythms_meant(rhythms, number, "")
    rhythm = await rhythms.hold(found.id)
    if rhythm is None or rhythm.next_day != day or rhythm.host != context.member.id:
        raise Refusal("That one is over, or somebody else has it by now.")
    return rhythm


# Volunteering --------------------------------------------------------------------------------------


class TakeTurns(Command):
    """Take turns facilitating a rhythm."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.volunteer")
async def take_turns(command: TakeTurns, context: Context, rhythms: Rhythms) -> Effects:
    """From the next turn on; away or out again with one press."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    if rhythm.leader is not Leader.ROTATING:
        raise Refusal("Nobody takes turns there.")
    await rhythms.volunteer(rhythm.id, context.member.id, context.at)
    words = say(
        "Thank you. When it is your turn with **{name}**, I tell you the day before what to do.",
        name=rhythm.name,
    )
    return [Reply(card("You take turns", words, Buttons(turn_buttons(rhythm.id)), tone="good"))]


def turn_buttons(rhythm: int) -> tuple[Button, ...]:
    """What a volunteer can change."""
    args: dict[str, Arg] = {"rhythm": rhythm}
    return (
        Button("I am away", "rhythm.set_away", args),
        Button("No more turns", "rhythm.stop_volunteering", args),
    )


class BeAway(Command):
    """Skip me until I am back."""

    heading: ClassVar[str] = "Away"

    rhythm: Annotated[int, Hidden]
    until: date = Field(title="Back on", description="a date such as 2026-03-09")


@feature.action(id="rhythm.set_away")
async def be_away(command: BeAway, context: Context, rhythms: Rhythms) -> Effects:
    """Turns on days before that go to others."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    if command.until <= local_date(context.at, rhythm.zone):
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    mine = {turn.member for turn in await rhythms.volunteers(rhythm.id)}
    if context.member.id not in mine:
        raise Refusal("You take no turns there.")
    await rhythms.volunteer(rhythm.id, context.member.id, context.at, away_until=command.until)
    day = f"{command.until:%A} {command.until.day} {command.until:%B}"
    return [Reply(card("", say("I skip you until {day}. Have a good time.", day=day), tone="good"))]


class StepBack(Command):
    """Take no more turns."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.stop_volunteering")
async def step_back(
    command: StepBack, context: Context, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    """Whoever is set for the next date and leaves passes it on."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    if not await rhythms.step_back(rhythm.id, context.member.id):
        raise Refusal("You take no turns there.")
    effects: Effects = []
    if rhythm.host == context.member.id:
        effects = await _asked_next(
            rhythm, context.at, people, rhythms, decks, but=frozenset({context.member.id})
        )
    return [*effects, Reply(card("", "No more turns for you. Thank you for those you took.", tone="good"))]


def _key(rhythm: Rhythm, member: int) -> str:
    return f"facilitate:{rhythm.id}:{rhythm.next_day}:{member}"
