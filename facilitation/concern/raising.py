"""The side of whoever raises a concern: by form alone, answered by direct message, withdrawn at any time."""

import secrets
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.concern import telling
from facilitation.concern.reminding import next_reminder
from facilitation.concern.room import (
    LONGEST,
    UNKNOWN,
    Fallback,
    checked,
    day_in_words,
    hearers,
    room,
)
from facilitation.core.ask import Ask, Call, Hidden, LongText, Person
from facilitation.core.cards import Button, Buttons, Part, Small
from facilitation.core.effects import Effects, Open, Reply
from facilitation.core.errors import Refusal
from facilitation.core.local_time import local_date
from facilitation.core.speech import card, say
from storage.communities import People
from storage.concern import Concern, Concerns, Matter, Remark

MOST_AT_ONCE = 5
"""How many concerns one person may have running: enough for a bad month, too few to flood coordinators."""


class Raise(Ask):
    """Tell coordinators in confidence what troubles you."""


class Report(Ask):
    """Tell coordinators in confidence what troubles you, by this form."""

    heading: ClassVar[str] = "Raise a concern"
    submit: ClassVar[str] = "Send"

    words: LongText = Field(
        title="What happened", description="as much or as little as you like", max_length=LONGEST
    )
    sender: Literal["confidential", "anonymous"] = Field(
        default="confidential",
        title="Do coordinators learn that it is you?",
        description="either way, whoever runs this bot could technically find out who you are",
    )
    left_out: Person | None = Field(
        default=None, title="Leave out", description="a coordinator who must not learn of it"
    )
    left_out_too: Person | None = Field(
        default=None, title="Leave out too", description="another coordinator who must not learn of it"
    )
    urgency: Literal["can wait", "soon", "now"] = Field(
        default="soon", title="How urgent is it?", description="coordinators are people, and may be asleep"
    )


@room.opening(Raise)
@room.opening(Report)
async def open_report(call: Call, concerns: Concerns, people: People, fallback: Fallback) -> Effects:
    """The empty form, if somebody could be told."""
    await _refuse_where_nobody_helps(call, concerns, people, fallback)
    return [Open(Report, {})]


@room.command("concern", discreet=True)
async def concern(ask: Raise, call: Call) -> Effects:
    """Reached by nobody but who goes round the form."""
    raise Refusal("Please use the form: /cop concern opens it.")


@room.action(discreet=True)
async def report(ask: Report, call: Call, concerns: Concerns, people: People, fallback: Fallback) -> Effects:
    """Keep it sealed and tell every coordinator who may know, at once. Nothing is kept where nobody may."""
    left_out = tuple(sorted({one for one in (ask.left_out, ask.left_out_too) if one is not None}))
    await _refuse_where_nobody_helps(call, concerns, people, fallback, left_out)
    if len(await concerns.raised_by(call.who.id)) >= MOST_AT_ONCE:
        raise Refusal(f"You have {MOST_AT_ONCE} concerns running. Add to one of them: /cop home shows them.")
    token = secrets.token_hex(8)
    matter = Matter(ask.words, ask.sender == "anonymous", ask.urgency, left_out)
    await concerns.put(token, call.who.id, matter, local_date(call.at, call.community.zone))
    kept = checked(await concerns.get(token))
    return [
        Reply(
            card(
                "Thank you for telling",
                say("It is with the coordinators. I write to you here when someone takes it in hand."),
                say("If somebody is in danger now, please call for help first: I am only a bot."),
                telling.own_choices(token),
                Small(say("`/cop home` shows your concern to you alone, until it is closed.")),
                tone="good",
            )
        ),
        *await telling.to_hearers(people, kept, telling.raised(token, matter), "raised"),
        next_reminder(token, 1, call.at),
    ]


async def _refuse_where_nobody_helps(
    call: Call, concerns: Concerns, people: People, fallback: Fallback, left_out: tuple[int, ...] = ()
) -> None:
    """Before a word is kept: is there a key, and is there anybody but themselves?"""
    if not concerns.can_seal:
        raise Refusal(f"I am not set up for concerns: I could not keep them safe. {fallback.words()}")
    if not any(one.id != call.who.id for one in await hearers(people, left_out)):
        words = "No coordinator would be left who could help, so I have kept nothing."
        raise Refusal(f"{words} {fallback.words()}", "left_out" if left_out else "")


# Afterwards --------------------------------------------------------------------------------------------


class Add(Ask):
    """Add something to your concern, or answer."""

    heading: ClassVar[str] = "Add to your concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your words", description="only who may know of your concern reads them", max_length=LONGEST
    )


@room.action(discreet=True)
async def add(ask: Add, call: Call, concerns: Concerns, people: People) -> Effects:
    """Pass on what whoever raised it has to say."""
    mine = await _mine(concerns, ask.concern, call)
    remark = Remark(local_date(call.at, call.community.zone), None, ask.words)
    await concerns.change(mine.token, mine.matter.with_remark(remark))
    told = await telling.to_hearers(
        people, mine, telling.added(mine.token), f"added:{len(mine.matter.remarks)}"
    )
    return [Reply(card("", "Passed on.", tone="good")), *told]


class Withdraw(Ask):
    """Withdraw your concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)
    sure: Annotated[bool, Hidden] = False


@room.action(discreet=True)
async def withdraw(ask: Withdraw, call: Call, concerns: Concerns, people: People) -> Effects:
    """Erase it, once they are sure."""
    mine = await _mine(concerns, ask.concern, call)
    if not ask.sure:
        yes = Button("Yes, withdraw it", "concern.withdraw", {"concern": mine.token, "sure": True}, "danger")
        return [Reply(card("", "That erases it, and coordinators hear that it is over.", Buttons((yes,))))]
    await concerns.close(mine.token, local_date(call.at, call.community.zone))
    told = await telling.to_hearers(people, mine, telling.withdrawn(), "withdrawn")
    return [Reply(card("", "Your concern is withdrawn, and erased.", tone="good")), *told]


@room.home(order=80)
async def my_concerns(call: Call, concerns: Concerns) -> list[Part]:
    """What I raised and is not closed: for my eyes alone."""
    parts: list[Part] = []
    for mine in await concerns.raised_by(call.who.id):
        words = say(
            "Your concern of {day} is {state}.",
            day=day_in_words(mine.opened_on),
            state=mine.state.value,
        )
        parts += [words, telling.own_choices(mine.token)]
    return parts


async def _mine(concerns: Concerns, token: str, call: Call) -> Concern:
    """A concern of whoever asks; anybody else's is as good as none."""
    found = await concerns.get(token)
    if found is None or found.reporter != call.who.id:
        raise Refusal(UNKNOWN)
    return found
