"""The side of whoever raises a concern: by form alone, answered by direct message, withdrawn at any time."""

import secrets
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.concern import cards
from facilitation.concern.feature import (
    LONGEST,
    UNKNOWN,
    Fallback,
    checked,
    day_in_words,
    feature,
    hearers,
)
from facilitation.concern.jobs import next_reminder
from facilitation.core.values.cards import Button, Buttons, Part, Small
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, say
from storage.communities import People
from storage.concern import Concern, Concerns, Matter, Remark

MOST_AT_ONCE = 5
"""How many concerns one person may have running: enough for a bad month, too few to flood coordinators."""


class Raise(Command):
    """Tell coordinators in confidence what troubles you."""


class Report(Command):
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
    left_out: MemberId | None = Field(
        default=None, title="Leave out", description="a coordinator who must not learn of it"
    )
    left_out_too: MemberId | None = Field(
        default=None, title="Leave out too", description="another coordinator who must not learn of it"
    )
    urgency: Literal["can wait", "soon", "now"] = Field(
        default="soon", title="How urgent is it?", description="coordinators are people, and may be asleep"
    )


@feature.form(Raise)
@feature.form(Report)
async def open_report(context: Context, concerns: Concerns, people: People, fallback: Fallback) -> Effects:
    """The empty form, if somebody could be told."""
    await _refuse_where_nobody_helps(context, concerns, people, fallback)
    return [OpenForm(Report, {})]


@feature.command("concern", id="concern.concern", confidential=True)
async def concern(command: Raise, context: Context) -> Effects:
    """Reached by nobody but who goes round the form."""
    raise Refusal("Please use the form: /cop concern opens it.")


@feature.action(id="concern.report", confidential=True)
async def report(
    command: Report, context: Context, concerns: Concerns, people: People, fallback: Fallback
) -> Effects:
    """Keep it sealed and tell every coordinator who may know, at once. Nothing is kept where nobody may."""
    left_out = tuple(sorted({one for one in (command.left_out, command.left_out_too) if one is not None}))
    await _refuse_where_nobody_helps(context, concerns, people, fallback, left_out)
    if len(await concerns.raised_by(context.member.id)) >= MOST_AT_ONCE:
        raise Refusal(f"You have {MOST_AT_ONCE} concerns running. Add to one of them: /cop home shows them.")
    token = secrets.token_hex(8)
    matter = Matter(command.words, command.sender == "anonymous", command.urgency, left_out)
    await concerns.put(token, context.member.id, matter, local_date(context.at, context.community.zone))
    kept = checked(await concerns.get(token))
    return [
        Reply(
            card(
                "Thank you for telling",
                say("It is with the coordinators. I write to you here when someone takes it in hand."),
                say("If somebody is in danger now, please call for help first: I am only a bot."),
                cards.own_choices(token),
                Small(say("`/cop home` shows your concern to you alone, until it is closed.")),
                tone="good",
            )
        ),
        *await cards.to_hearers(people, kept, cards.raised(token, matter), "raised"),
        next_reminder(token, 1, context.at),
    ]


async def _refuse_where_nobody_helps(
    context: Context, concerns: Concerns, people: People, fallback: Fallback, left_out: tuple[int, ...] = ()
) -> None:
    """Before a word is kept: is there a key, and is there anybody but themselves?"""
    if not concerns.can_seal:
        raise Refusal(f"I am not set up for concerns: I could not keep them safe. {fallback.words()}")
    if not any(one.id != context.member.id for one in await hearers(people, left_out)):
        words = "No coordinator would be left who could help, so I have kept nothing."
        raise Refusal(f"{words} {fallback.words()}", "left_out" if left_out else "")


# Afterwards --------------------------------------------------------------------------------------------


class Add(Command):
    """Add something to your concern, or answer."""

    heading: ClassVar[str] = "Add to your concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your words", description="only who may know of your concern reads them", max_length=LONGEST
    )


@feature.action(id="concern.add", confidential=True)
async def add(command: Add, context: Context, concerns: Concerns, people: People) -> Effects:
    """Pass on what whoever raised it has to say."""
    mine = await _mine(concerns, command.concern, context)
    remark = Remark(local_date(context.at, context.community.zone), None, command.words)
    await concerns.change(mine.token, mine.matter.with_remark(remark))
    told = await cards.to_hearers(people, mine, cards.added(mine.token), f"added:{len(mine.matter.remarks)}")
    return [Reply(card("", "Passed on.", tone="good")), *told]


class Withdraw(Command):
    """Withdraw your concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)
    sure: Annotated[bool, Hidden] = False


@feature.action(id="concern.withdraw", confidential=True)
async def withdraw(command: Withdraw, context: Context, concerns: Concerns, people: People) -> Effects:
    """Erase it, once they are sure."""
    mine = await _mine(concerns, command.concern, context)
    if not command.sure:
        yes = Button("Yes, withdraw it", "concern.withdraw", {"concern": mine.token, "sure": True}, "danger")
        return [Reply(card("", "That erases it, and coordinators hear that it is over.", Buttons((yes,))))]
    await concerns.close(mine.token, local_date(context.at, context.community.zone))
    told = await cards.to_hearers(people, mine, cards.withdrawn(), "withdrawn")
    return [Reply(card("", "Your concern is withdrawn, and erased.", tone="good")), *told]


@feature.home("safety")
async def my_concerns(context: Context, concerns: Concerns) -> list[Part]:
    """What I raised and is not closed: for my eyes alone."""
    parts: list[Part] = []
    for mine in await concerns.raised_by(context.member.id):
        words = say(
            "Your concern of {day} is {state}.",
            day=day_in_words(mine.opened_on),
            state=mine.state.value,
        )
        parts += [words, cards.own_choices(mine.token)]
    return parts


async def _mine(concerns: Concerns, token: str, context: Context) -> Concern:
    """A concern of whoever asks; anybody else's is as good as none."""
    found = await concerns.get(token)
    if found is None or found.reporter != context.member.id:
        raise Refusal(UNKNOWN)
    return found
