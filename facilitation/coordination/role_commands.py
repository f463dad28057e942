"""Commands about who holds which role: list, give, take back, hand over, renew, and leave a note."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.coordination import cards, keys
from facilitation.coordination.feature import feature
from facilitation.coordination.jobs import next_check
from facilitation.coordination.terms import RENEWAL
from facilitation.coordination.values import ROLES, RoleWord, day_in_words
from facilitation.core.values.cards import Direct, Item, Items
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden, LongText, MemberId
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, listed, say
from storage.communities import Member, People
from storage.coordination import Terms

SUCCESSOR_FIRST = "A community needs a coordinator. Name a successor first: /coordinate coordinators handover"

# Coordinators --------------------------------------------------------------------------------------


class ListCoordinators(Command):
    """Who coordinates this community."""


@feature.command(
    "coordinators list", id="coordination.list_coordinators", handler_authorizes=True, read_only=True
)
async def list_coordinators(command: ListCoordinators, context: Context, people: People) -> Effects:
    """Show the coordinators' names to any member."""
    holders = await people.holders(Role.COORDINATOR)
    if not holders:
        return [
            Reply(
                card(
                    "",
                    "Nobody coordinates here yet. Anyone who manages this space may add the first one: "
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
    """Make a member a coordinator.

    Coordinators may do so at any time. While there are none, the managers of the space may add the first one.
    """
    holders = await people.holders(Role.COORDINATOR)
    if Role.COORDINATOR not in context.roles and (holders or not context.is_manager):
        raise Refusal("Only a coordinator can add one. /cop about shows who coordinates here.")
    member = await _present_member(people, command.who)
    if not await people.grant(member.id, Role.COORDINATOR, context.at):
        raise Refusal(f"{member.name} coordinates here already.")
    effects: Effects = [Reply(card("", say("{who} is now a coordinator.", who=member), tone="good"))]
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
    """Take the role back from any coordinator but the last one."""
    member = await _present_member(people, command.who)
    holders = await people.holders(Role.COORDINATOR)
    if member.id not in {holder.id for holder in holders}:
        raise Refusal(f"{member.name} does not coordinate here.", "who")
    if len(holders) == 1:
        raise Refusal(SUCCESSOR_FIRST, "who")
    await people.revoke(member.id, Role.COORDINATOR)
    words = say("{who} no longer coordinates here. Thank you for your time.", who=member)
    return [Reply(card("", words, tone="good"))]


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
    """Give the role to the successor, then take it from the sender."""
    member = await _present_member(people, command.who)
    if member.id == context.member.id:
        raise Refusal("That is you. Please choose who follows you.", "who")
    await people.grant(member.id, Role.COORDINATOR, context.at, command.note, by=context.member.id)
    await people.revoke(context.member.id, Role.COORDINATOR)
    words = say("{who} coordinates from now on. Thank you for everything.", who=member)
    return [Reply(card("", words, tone="good")), _to_new_coordinator(member, context, command.note)]


def _to_new_coordinator(member: Member, context: Context, note: str) -> Post:
    """No nudge, since facilitating is something that the member has taken part in."""
    message = cards.to_new_coordinator(context.member, context.community, note)
    return Post(Direct(member.id), message, keys.new_coordinator(member.id, context.at))


# All roles -----------------------------------------------------------------------------------------


class ListRoles(Command):
    """Who holds which role, and until when."""


@feature.command("roles list", id="coordination.list_roles", role=Role.COORDINATOR, read_only=True)
async def list_roles(command: ListRoles, context: Context, terms: Terms) -> Effects:
    """Show every role, including those that nobody holds."""
    held = await terms.held()
    items = []
    for word, role in ROLES.items():
        holders = [cards.holder_with_term(one) for one in held if one.role == role]
        names = listed([*holders]) if holders else say("nobody")
        items.append(Item(say("**{role}** ({word})", role=role.value.capitalize(), word=word), names))
    return [Reply(card("Roles", Items(tuple(items)), "`/coordinate roles add` gives one, with a term."))]


class AddRole(Command):
    """Give someone a role, for a term."""

    heading: ClassVar[str] = "Give a role"
    submit: ClassVar[str] = "Give it"

    who: MemberId = Field(title="Who", description="a member of this community")
    role: RoleWord = Field(title="Role", description="support looks after newcomers, keeper after the links")
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
    """Give a role, or change the term of one that is held; a new holder gets the former holders' notes."""
    member = await _present_member(people, command.who)
    role, until = ROLES[command.role], command.until
    zone = context.community.zone
    if until is not None and until <= local_date(context.at, zone):
        raise Refusal("That day is over. Please give one that is still to come.", "until")
    is_new = await terms.put(member.id, role, context.at, until, command.note)
    effects: Effects = [Reply(cards.role_given(member, role, until, is_new=is_new))]
    if until is not None:
        effects.append(next_check(member.id, command.role, until, zone, context.at))
    if is_new and member.id != context.member.id:
        former = await terms.notes(role)
        message = cards.to_new_holder(role, context.member, context.community, until, command.note, former)
        key = keys.new_holder(command.role, member.id, context.at)
        effects.append(Post(Direct(member.id), message, key))
    return effects


class RemoveRole(Command):
    """Someone no longer holds a role."""

    heading: ClassVar[str] = "Take a role back"
    submit: ClassVar[str] = "Take it back"

    who: MemberId = Field(title="Who", description="who holds it")
    role: RoleWord = Field(title="Role", description="support looks after newcomers, keeper after the links")


@feature.command("roles remove", id="coordination.remove_role", role=Role.COORDINATOR)
async def remove_role(command: RemoveRole, context: Context, people: People, terms: Terms) -> Effects:
    """Take a role back, except from the last coordinator."""
    member = await _present_member(people, command.who)
    role = ROLES[command.role]
    if await terms.find(member.id, role) is None:
        raise Refusal(f"{member.name} is no {role} here.", "who")
    if role is Role.COORDINATOR and len(await people.holders(role)) == 1:
        raise Refusal(SUCCESSOR_FIRST, "who")
    await terms.end(member.id, role, local_date(context.at, context.community.zone))
    words = say("{who} is no longer {role}. Thank you for your time.", who=member, role=role.value)
    return [Reply(card("", words, tone="good"))]


class RenewRole(Command):
    """Renew a role for half a year."""

    member: Annotated[int, Hidden]
    role: Annotated[RoleWord, Hidden]
    until: Annotated[date, Hidden]


@feature.action(id="coordination.renew_role", role=Role.COORDINATOR)
async def renew_role(command: RenewRole, context: Context, terms: Terms) -> Effects:
    """Move the end of a term, unless it has been moved since the button was shown."""
    held = await terms.find(command.member, ROLES[command.role])
    if held is None:
        raise Refusal("That term has ended. /coordinate roles add gives the role again.")
    if held.until != command.until:
        raise Refusal("That is settled already. /coordinate roles list shows the terms.")
    zone = context.community.zone
    until = max(command.until, local_date(context.at, zone)) + RENEWAL
    await terms.renew(command.member, held.role, until)
    day = day_in_words(until)
    words = say("{who} goes on as {role} until {day}.", who=held.member, role=held.role, day=day)
    return [
        Reply(card("", words, tone="good")),
        next_check(command.member, command.role, until, zone, context.at),
    ]


class LeaveNote(Command):
    """Leave a note for the next holder of your role."""

    heading: ClassVar[str] = "A note for who follows"

    role: Annotated[RoleWord, Hidden]
    note: LongText = Field(
        title="Your note", description="what is going on, what to look after", max_length=500
    )


@feature.action(id="coordination.leave_note")
async def leave_note(command: LeaveNote, context: Context, terms: Terms) -> Effects:
    """Keep a former holder's note for the next holder. Raises Refusal for anybody else."""
    if not await terms.leave_note(context.member.id, ROLES[command.role], command.note):
        raise Refusal("That note is for who held the role.")
    return [Reply(card("", "Kept for the next one. Thank you.", tone="good"))]


async def _present_member(people: People, member: int) -> Member:
    found = await people.member(member)
    if found is None or found.left_at is not None:
        raise Refusal("That is not a member of this community.", "who")
    return found
