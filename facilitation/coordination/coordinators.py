"""Who coordinates: adding, removing, handing over, and the door that reopens when nobody does."""

from typing import ClassVar

from pydantic import Field

from facilitation.coordination.feature import feature
from facilitation.core.values.cards import Direct, Part
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import LongText, MemberId
from facilitation.core.values.speech import card, listed, quoted, say
from storage.communities import Member, People


class ListCoordinators(Command):
    """Who coordinates this community."""


@feature.command("coordinators list", id="coordination.list_coordinators", handler_authorizes=True)
async def list_coordinators(command: ListCoordinators, context: Context, people: People) -> Effects:
    """Their names, which everyone may know."""
    holders = await people.holders(Role.COORDINATOR)
    if not holders:
        return [
            Reply(
                card(
                    "",
                    "Nobody coordinates here yet. Whoever manages this space may add the first one: "
                    "`/coordinate coordinators add`",
                )
            )
        ]
    return [Reply(card("Coordinators", say("{names}", names=listed(list(holders)))))]


class AddCoordinator(Command):
    """Make someone a coordinator."""

    heading: ClassVar[str] = "Add a coordinator"
    submit: ClassVar[str] = "Add"

    who: MemberId = Field(title="Who", description="a member of this community")


@feature.command("coordinators add", id="coordination.add_coordinator", handler_authorizes=True)
async def add_coordinator(command: AddCoordinator, context: Context, people: People) -> Effects:
    """A coordinator may add anyone; while there is none, so may whoever manages the space."""
    holders = await people.holders(Role.COORDINATOR)
    if Role.COORDINATOR not in context.roles and (holders or not context.is_manager):
        raise Refusal("Only a coordinator can add one. /cop about shows who coordinates here.")
    member = await _found(people, command.who)
    if not await people.grant(member.id, Role.COORDINATOR, context.at):
        raise Refusal(f"{member.name} coordinates here already.")
    effects: Effects = [Reply(card("", say("{who} coordinates here now.", who=member), tone="good"))]
    if member.id != context.member.id:
        effects.append(_to_new_coordinator(member, context, ""))
    return effects


class RemoveCoordinator(Command):
    """Someone no longer coordinates."""

    heading: ClassVar[str] = "Remove a coordinator"
    submit: ClassVar[str] = "Remove"

    who: MemberId = Field(title="Who", description="a coordinator")


@feature.command("coordinators remove", id="coordination.remove_coordinator", role=Role.COORDINATOR)
async def remove_coordinator(command: RemoveCoordinator, context: Context, people: People) -> Effects:
    """Anyone but the last one."""
    member = await _found(people, command.who)
    holders = await people.holders(Role.COORDINATOR)
    if member.id not in {holder.id for holder in holders}:
        raise Refusal(f"{member.name} does not coordinate here.", "who")
    if len(holders) == 1:
        raise Refusal("Someone has to. Name who follows first: /coordinate coordinators handover", "who")
    await people.revoke(member.id, Role.COORDINATOR)
    return [
        Reply(
            card(
                "", say("{who} no longer coordinates here. Thank you for the time.", who=member), tone="good"
            )
        )
    ]


class HandOver(Command):
    """Hand coordinating over to someone else, with a note."""

    heading: ClassVar[str] = "Hand over"
    submit: ClassVar[str] = "Hand over"

    who: MemberId = Field(title="To whom", description="a member of this community")
    note: LongText = Field(
        default="",
        title="A note for them",
        description="what is going on, what to look after",
        max_length=500,
    )


@feature.command("coordinators handover", id="coordination.hand_over", role=Role.COORDINATOR)
async def hand_over(command: HandOver, context: Context, people: People) -> Effects:
    """The successor holds the role before it is given up."""
    member = await _found(people, command.who)
    if member.id == context.member.id:
        raise Refusal("That is you. Please choose who follows you.", "who")
    await people.grant(member.id, Role.COORDINATOR, context.at, command.note, by=context.member.id)
    await people.revoke(context.member.id, Role.COORDINATOR)
    return [
        Reply(
            card("", say("{who} coordinates from now on. Thank you for everything.", who=member), tone="good")
        ),
        _to_new_coordinator(member, context, command.note),
    ]


def _to_new_coordinator(member: Member, context: Context, note: str) -> Post:
    """Part of facilitating, hence within no budget."""
    parts: list[Part] = [
        say("{by} made you a coordinator of **{name}**.", by=context.member, name=context.community.name),
    ]
    if note:
        parts.append(say("Their note: {note}", note=quoted(note, context.member.id)))
    parts.append(say("`/coordinate desk` shows what waits, `/cop help` what you can do."))
    key = f"coordinator:{member.id}:{context.at:%Y%m%dT%H%M%S}"
    return Post(Direct(member.id), card("You coordinate", *parts), key)


async def _found(people: People, member: int) -> Member:
    found = await people.member(member)
    if found is None or found.left_at is not None:
        raise Refusal("That is not a member of this community.", "who")
    return found
