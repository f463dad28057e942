"""The reporter's commands: raise a concern by form alone, add to it, withdraw it."""

import secrets
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from facilitation.concern import cards
from facilitation.concern.feature import feature
from facilitation.concern.jobs import next_reminder
from facilitation.concern.services import ConcernServices
from facilitation.concern.values import MAX_LENGTH
from facilitation.core.values.cards import Button, Buttons, Small
from facilitation.core.values.commands import Command, Context
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, say
from storage.concern import Matter, Remark

MAX_RUNNING = 5
"""How many concerns one person may have running: enough for a bad month, too few to flood coordinators."""


class RaiseConcern(Command):
    """Tell coordinators in confidence what troubles you."""


class SubmitConcern(Command):
    """Tell coordinators in confidence what troubles you, by this form."""

    heading: ClassVar[str] = "Raise a concern"
    submit: ClassVar[str] = "Send"

    words: LongText = Field(
        title="What happened", description="as much or as little as you like", max_length=MAX_LENGTH
    )
    sender: Literal["confidential", "anonymous"] = Field(
        default="confidential",
        title="Do coordinators learn that it is you?",
        description="either way, the operator of this bot could technically find out who you are",
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


@feature.form(RaiseConcern)
@feature.form(SubmitConcern)
async def open_concern(context: Context, services: ConcernServices) -> Effects:
    """Open the empty form. Raises Refusal if nobody could be told."""
    await services.require_another_coordinator(context)
    return [OpenForm(SubmitConcern, {})]


@feature.command("concern", id="concern.raise_concern", confidential=True, read_only=True)
async def raise_concern(command: RaiseConcern, context: Context) -> Effects:
    """Refuse: the form submits another command, so this one is only reached by forging a submission."""
    raise Refusal("Please use the form: /cop concern opens it.")


@feature.action(id="concern.submit", confidential=True)
async def submit(command: SubmitConcern, context: Context, services: ConcernServices) -> Effects:
    """Store the concern sealed, and tell every coordinator who may know at once.

    If no coordinator could help, nothing is stored.
    """
    left_out = tuple(sorted({one for one in (command.left_out, command.left_out_too) if one is not None}))
    await services.require_another_coordinator(context, left_out)
    concerns = services.concerns
    if len(await concerns.raised_by(context.member.id)) >= MAX_RUNNING:
        raise Refusal(f"You have {MAX_RUNNING} concerns running. Add to one of them: /cop home shows them.")
    token = secrets.token_hex(8)
    matter = Matter(command.words, command.sender == "anonymous", command.urgency, left_out)
    await concerns.put(token, context.member.id, matter, local_date(context.at, context.community.zone))
    stored = await services.reporters_concern(token, context)
    return [
        Reply(
            card(
                "Thank you for telling",
                say("It is with the coordinators. I write to you here when someone takes it in hand."),
                say("If somebody is in danger now, please call for help first: I am only a bot."),
                cards.reporters_buttons(token),
                Small(say("`/cop home` shows your concern to you alone, until it is closed.")),
                tone="good",
            )
        ),
        *await services.to_informed(stored, cards.raised(token, matter), "raised"),
        next_reminder(token, 1, context.at),
    ]


class AddRemark(Command):
    """Add something to your concern, or answer."""

    heading: ClassVar[str] = "Add to your concern"
    submit: ClassVar[str] = "Send"

    concern: Annotated[str, Hidden] = Field(max_length=16)
    words: LongText = Field(
        title="Your words", description="only who may know of your concern reads them", max_length=MAX_LENGTH
    )


@feature.action(id="concern.add_remark", confidential=True)
async def add_remark(command: AddRemark, context: Context, services: ConcernServices) -> Effects:
    """Pass on what the reporter adds."""
    own = await services.reporters_concern(command.concern, context)
    remark = Remark(local_date(context.at, context.community.zone), None, command.words)
    await services.concerns.change(own.token, own.matter.with_remark(remark))
    what = f"added:{len(own.matter.remarks)}"
    told = await services.to_informed(own, cards.added(own.token), what)
    return [Reply(card("", "Passed on.", tone="good")), *told]


class WithdrawConcern(Command):
    """Withdraw your concern."""

    concern: Annotated[str, Hidden] = Field(max_length=16)
    sure: Annotated[bool, Hidden] = False


@feature.action(id="concern.withdraw", confidential=True)
async def withdraw(command: WithdrawConcern, context: Context, services: ConcernServices) -> Effects:
    """Ask once more, then erase the concern."""
    own = await services.reporters_concern(command.concern, context)
    if not command.sure:
        yes = Button("Yes, withdraw it", "concern.withdraw", {"concern": own.token, "sure": True}, "danger")
        return [Reply(card("", "That erases it, and coordinators hear that it is over.", Buttons((yes,))))]
    await services.concerns.close(own.token, local_date(context.at, context.community.zone))
    told = await services.to_informed(own, cards.withdrawn(), "withdrawn")
    return [Reply(card("", "Your concern is withdrawn, and erased.", tone="good")), *told]
