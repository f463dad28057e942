"""Who coordinates: adding, removing, handing over, and the door that reopens when nobody does."""

from typing import ClassVar

from pydantic import Field

from facilitation.coordination.room import room
from facilitation.core.ask import Ask, Call, LongText, Person, Role
from facilitation.core.cards import Direct, Part
from facilitation.core.effects import Effects, Post, Reply
from facilitation.core.errors import Refusal
from facilitation.core.speech import card, listed, quoted, say
from storage.communities import Member, People


class Coordinators(Ask):
    """Who coordinates this community."""


@room.command("coordinators list", open_door=True)
async def list_coordinators(ask: Coordinators, call: Call, people: People) -> Effects:
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


class AddCoordinator(Ask):
    """Make someone a coordinator."""

    heading: ClassVar[str] = "Add a coordinator"
    submit: ClassVar[str] = "Add"

    who: Person = Field(title="Who", description="a member of this community")


@room.command("coordinators add", open_door=True)
async def add_coordinator(ask: AddCoordinator, call: Call, people: People) -> Effects:
    """A coordinator may add anyone; while there is none, so may whoever manages the space."""
    holders = await people.holders(Role.COORDINATOR)
    if Role.COORDINATOR not in call.roles and (holders or not call.manager):
        raise Refusal("Only a coordinator can add one. /cop about shows who coordinates here.")
    member = await _found(people, ask.who)
    if not await people.grant(member.id, Role.COORDINATOR, call.at):
        raise Refusal(f"{member.name} coordinates here already.")
    effects: Effects = [Reply(card("", say("{who} coordinates here now.", who=member), tone="good"))]
    if member.id != call.who.id:
        effects.append(_to_new_coordinator(member, call, ""))
    return effects


class RemoveCoordinator(Ask):
    """Someone no longer coordinates."""

    heading: ClassVar[str] = "Remove a coordinator"
    submit: ClassVar[str] = "Remove"

    who: Person = Field(title="Who", description="a coordinator")


@room.command("coordinators remove", role=Role.COORDINATOR)
async def remove_coordinator(ask: RemoveCoordinator, call: Call, people: People) -> Effects:
    """Anyone but the last one."""
    member = await _found(people, ask.who)
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


class HandOver(Ask):
    """Hand coordinating over to someone else, with a note."""

    heading: ClassVar[str] = "Hand over"
    submit: ClassVar[str] = "Hand over"

    who: Person = Field(title="To whom", description="a member of this community")
    note: LongText = Field(
        default="",
        title="A note for them",
        description="what is going on, what to look after",
        max_length=500,
    )


@room.command("coordinators handover", role=Role.COORDINATOR)
async def hand_over(ask: HandOver, call: Call, people: People) -> Effects:
    """The successor holds the role before it is given up."""
    member = await _found(people, ask.who)
    if member.id == call.who.id:
        raise Refusal("That is you. Please choose who follows you.", "who")
    await people.grant(member.id, Role.COORDINATOR, call.at, ask.note, by=call.who.id)
    await people.revoke(call.who.id, Role.COORDINATOR)
    return [
        Reply(
            card("", say("{who} coordinates from now on. Thank you for everything.", who=member), tone="good")
        ),
        _to_new_coordinator(member, call, ask.note),
    ]


def _to_new_coordinator(member: Member, call: Call, note: str) -> Post:
    """Part of facilitating, hence within no budget."""
    parts: list[Part] = [
        say("{by} made you a coordinator of **{name}**.", by=call.who, name=call.community.name),
    ]
    if note:
        parts.append(say("Their note: {note}", note=quoted(note, call.who.id)))
    parts.append(say("`/coordinate desk` shows what waits, `/cop help` what you can do."))
    key = f"coordinator:{member.id}:{call.at:%Y%m%dT%H%M%S}"
    return Post(Direct(member.id), card("You coordinate", *parts), key)


async def _found(people: People, member: int) -> Member:
    found = await people.member(member)
    if found is None or found.left_at is not None:
        raise Refusal("That is not a member of this community.", "who")
    return found
