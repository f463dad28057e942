"""Roles: who holds which, until when, and the note that goes from one holder to the next."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.coordination.feature import feature
from facilitation.coordination.terms import RENEWAL, ROLES, Kind, day_of, next_step
from facilitation.core.values.cards import Direct, Item, Items, Name, Part, Text
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, listed, say
from storage.communities import Member, People
from storage.coordination import Former, Holding, Terms

WHAT: dict[Role, Text] = {
    Role.COORDINATOR: say("`/coordinate desk` shows what waits, `/cop help` what you can do."),
    Role.SUPPORT: say("You look after newcomers: I tell you when one of them needs somebody."),
    Role.KEEPER: say("You look after the shelf: that its links are good, and good to find."),
    Role.FACILITATOR: say("You keep the conversation going: I remind you when it is your turn."),
}


class ListRoles(Command):
    """Who holds which role, and until when."""


@feature.command("roles list", id="coordination.list_roles", role=Role.COORDINATOR)
async def list_roles(command: ListRoles, context: Context, terms: Terms) -> Effects:
    """Every role, those that nobody holds included."""
    held = await terms.held()
    items = []
    for kind, role in ROLES.items():
        holders = [_with_term(one) for one in held if one.role == role]
        names = listed([*holders]) if holders else say("nobody")
        items.append(Item(say("**{role}** ({kind})", role=role.value.capitalize(), kind=kind), names))
    return [Reply(card("Roles", Items(tuple(items)), "`/coordinate roles add` gives one, with a term."))]


class AddRole(Command):
    """Give someone a role, for a term."""

    heading: ClassVar[str] = "Give a role"
    submit: ClassVar[str] = "Give it"

    who: MemberId = Field(title="Who", description="a member of this community")
    role: Kind = Field(title="Role", description="support looks after newcomers, keeper after the links")
    until: date | None = Field(
        default=None, title="Until", description="a date such as 2026-09-30; or leave it open"
    )
    note: LongText = Field(
        default="",
        title="A note for them",
        description="what is going on, what to look after",
        max_length=500,
    )


@feature.command("roles add", id="coordination.add_role", role=Role.COORDINATOR)
async def add_role(command: AddRole, context: Context, people: People, terms: Terms) -> Effects:
    """A new holder hears what it is about, and what former holders left for them."""
    member = await _found(people, command.who)
    role = ROLES[command.role]
    zone = context.community.zone
    if command.until is not None and command.until <= local_date(context.at, zone):
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    is_new = await terms.put(member.id, role, context.at, command.until, command.note)
    effects: Effects = [Reply(card("", _given(member, role, command.until, is_new=is_new), tone="good"))]
    if command.until is not None:
        effects.append(next_step(member.id, command.role, command.until, zone, context.at))
    if is_new and member.id != context.member.id:
        effects.append(_to_new_holder(member, role, command, context, await terms.notes(role)))
    return effects


class RemoveRole(Command):
    """Someone no longer holds a role."""

    heading: ClassVar[str] = "Take a role back"
    submit: ClassVar[str] = "Take it back"

    who: MemberId = Field(title="Who", description="whoever holds it")
    role: Kind = Field(title="Role", description="support looks after newcomers, keeper after the links")


@feature.command("roles remove", id="coordination.remove_role", role=Role.COORDINATOR)
async def remove_role(command: RemoveRole, context: Context, people: People, terms: Terms) -> Effects:
    """Any role but that of the last coordinator."""
    member = await _found(people, command.who)
    role = ROLES[command.role]
    if await terms.find(member.id, role) is None:
        raise Refusal(f"{member.name} is no {role} here.", "who")
    if role is Role.COORDINATOR and len(await people.holders(role)) == 1:
        raise Refusal("Someone has to. Name who follows first: /coordinate coordinators handover", "who")
    await terms.end(member.id, role, local_date(context.at, context.community.zone))
    words = say("{who} is no longer {role}. Thank you for the time.", who=member, role=role.value)
    return [Reply(card("", words, tone="good"))]


class RenewRole(Command):
    """Renew a role for half a year."""

    member: Annotated[int, Hidden]
    role: Annotated[Kind, Hidden]
    until: Annotated[date, Hidden]


@feature.action(id="coordination.renew_role", role=Role.COORDINATOR)
async def renew_role(command: RenewRole, context: Context, terms: Terms) -> Effects:
    """By one press, and by one only: the button says which end it moves."""
    held = await terms.find(command.member, ROLES[command.role])
    if held is None:
        raise Refusal("That term has ended. /coordinate roles add gives the role again.")
    if held.until != command.until:
        raise Refusal("That is settled already. /coordinate roles list shows the terms.")
    zone = context.community.zone
    until = max(command.until, local_date(context.at, zone)) + RENEWAL
    await terms.renew(command.member, held.role, until)
    words = say("{who} goes on as {role} until {day}.", who=held.member, role=held.role, day=day_of(until))
    return [
        Reply(card("", words, tone="good")),
        next_step(command.member, command.role, until, zone, context.at),
    ]


class LeaveNote(Command):
    """Leave a note for whoever follows you."""

    heading: ClassVar[str] = "A note for who follows"

    role: Annotated[Kind, Hidden]
    note: LongText = Field(
        title="Your note", description="what is going on, what to look after", max_length=500
    )


@feature.action(id="coordination.leave_note")
async def leave_note(command: LeaveNote, context: Context, terms: Terms) -> Effects:
    """From who held the role, to who gets it next."""
    if not await terms.leave_note(context.member.id, ROLES[command.role], command.note):
        raise Refusal("That note is for who held the role.")
    return [Reply(card("", "Kept for whoever follows you. Thank you.", tone="good"))]


# Small parts -------------------------------------------------------------------------------------------


def _with_term(held: Holding) -> Text:
    if held.until is None:
        return say("{who}", who=held.member)
    return say("{who} (until {day})", who=held.member, day=day_of(held.until))


def _given(member: Member, role: Role, until: date | None, *, is_new: bool) -> Text:
    words = say("now") if is_new else say("as before, from now on")
    if until is None:
        return say("{who} is {role} {words}.", who=member, role=role.value, words=words)
    day = day_of(until)
    return say("{who} is {role} {words}, until {day}.", who=member, role=role.value, words=words, day=day)


def _to_new_holder(
    member: Member, role: Role, command: AddRole, context: Context, former: list[Former]
) -> Post:
    """Part of facilitating, hence within no budget."""
    name = context.community.name
    parts: list[Part] = [
        say("{by} made you {role} of **{name}**.", by=context.member, role=role.value, name=name)
    ]
    if command.until is not None:
        parts.append(say("Until {day}; I remind you before.", day=day_of(command.until)))
    if command.note:
        parts.append(say("Their note: {note}", note=command.note))
    parts += [say("{who} left this: {note}", who=Name(one.member), note=one.note) for one in former[:3]]
    key = f"role:{command.role}:{member.id}:{context.at:%Y%m%dT%H%M%S}"
    return Post(Direct(member.id), card(f"You are {role.value}", *parts, WHAT[role]), key)


async def _found(people: People, member: int) -> Member:
    found = await people.member(member)
    if found is None or found.left_at is not None:
        raise Refusal("That is not a member of this community.", "who")
    return found
