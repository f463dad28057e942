"""Terms: a reminder before a role ends, its end on the day, and the coordinator who cannot go."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from facilitation.coordination.feature import feature
from facilitation.core.features.contributions import DeskItem
from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Arg, Button, Buttons, Card, Direct
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Due, Role
from facilitation.core.values.effects import Effect, Effects, Later, Post
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import instant_of, local_date
from facilitation.core.values.speech import card, say
from storage.communities import Community, People
from storage.coordination import Holding, Terms

Kind = Literal["coordinator", "support", "keeper", "facilitator"]
ROLES: dict[Kind, Role] = {
    "coordinator": Role.COORDINATOR,
    "support": Role.SUPPORT,
    "keeper": Role.KEEPER,
    "facilitator": Role.FACILITATOR,
}
"""Roles by the one word that is typed for them."""
KINDS: dict[str, Kind] = {role.value: kind for kind, role in ROLES.items()}
AT = time(9)
BEFORE = timedelta(days=14)
RENEWAL = timedelta(days=182)
"""Half a year."""


class TermComesUp(Command):
    """See to a role that ends."""

    member: Annotated[int, Hidden]
    role: Annotated[Kind, Hidden]


@feature.action(id="coordination.term_comes_up")
async def term_comes_up(command: TermComesUp, due: Due, people: People, terms: Terms) -> Effects:
    """First the reminder, then the end; the last coordinator goes on until there is another."""
    held = await terms.find(command.member, ROLES[command.role])
    if held is None or held.until is None:
        return []
    zone = due.community.zone
    end = instant_of(held.until, AT, zone)
    if due.at < end:
        return [*await _reminders(people, held, held.until), _at(end, command.member, command.role)]
    if await _is_last(people, held):
        tomorrow = local_date(due.at, zone) + timedelta(days=1)
        return [_at(instant_of(tomorrow, AT, zone), command.member, command.role)]
    await terms.end(command.member, held.role, local_date(due.at, zone))
    return await _ended(people, held, held.until)


def next_step(member: int, kind: Kind, until: date, zone: str, now: datetime) -> Later:
    """When a term is next looked at: two weeks before its end, or half-way to it if that is over."""
    end = instant_of(until, AT, zone)
    remind = end - BEFORE
    return _at(remind if remind > now else now + (end - now) / 2, member, kind)


def day_of(day: date) -> str:
    """`30 September 2026`."""
    return f"{day.day} {day:%B %Y}"


@feature.desk("roles")
async def stays_for_now(community: Community, people: People, terms: Terms, clock: Clock) -> list[DeskItem]:
    """A coordinator whose term is over and whom nobody follows."""
    items: list[DeskItem] = []
    for held in await terms.held():
        is_over = held.until is not None and instant_of(held.until, AT, community.zone) <= clock.now()
        if held.until is None or not is_over or not await _is_last(people, held):
            continue
        items.append(
            DeskItem(
                say("{who}’s term as coordinator is over, and nobody else coordinates.", who=held.member),
                say("If ignored: they go on until somebody does."),
                (
                    _renewal(held, held.until),
                    Button("Add a coordinator", "coordination.add_coordinator"),
                ),
            )
        )
    return items


# Small parts -------------------------------------------------------------------------------------------


def _at(at: datetime, member: int, kind: Kind) -> Later:
    return Later(at, TermComesUp(member=member, role=kind), f"term:{kind}:{member}")


async def _is_last(people: People, held: Holding) -> bool:
    if held.role != Role.COORDINATOR:
        return False
    return [one.id for one in await people.holders(Role.COORDINATOR)] == [held.member.id]


def _renewal(held: Holding, until: date) -> Button:
    args: dict[str, Arg] = {"member": held.member.id, "role": KINDS[held.role], "until": until.isoformat()}
    return Button("Renew for half a year", "coordination.renew", args, style="primary")


async def _reminders(people: People, held: Holding, until: date) -> list[Effect]:
    key = f"term:{KINDS[held.role]}:{held.member.id}:{until}:ends"
    is_coordinator = held.member.id in {one.id for one in await people.holders(Role.COORDINATOR)}
    own = card(
        "Your term ends",
        say("You are {role} until {day}.", role=held.role, day=day_of(until)),
        Buttons((_renewal(held, until),))
        if is_coordinator
        else say("If you would like to go on, tell a coordinator: they renew it by one press."),
    )
    theirs = card(
        "A term ends",
        say("{who} is {role} until {day}.", who=held.member, role=held.role, day=day_of(until)),
        say("If nobody renews it, the role ends then."),
        Buttons((_renewal(held, until),)),
    )
    return [Post(Direct(held.member.id), own, key), *await _to_the_others(people, held, theirs, key)]


async def _ended(people: People, held: Holding, until: date) -> list[Effect]:
    kind = KINDS[held.role]
    key = f"term:{kind}:{held.member.id}:{until}:ended"
    own = card(
        "Your term has ended",
        say("You were {role}. Thank you for the time you gave.", role=held.role),
        say("Would you like to leave a few lines for whoever follows?"),
        Buttons((Button("Leave a note", "coordination.leave_note", {"role": kind}, style="primary"),)),
    )
    theirs = card(
        "A term has ended",
        say("{who} is no longer {role}.", who=held.member, role=held.role),
        "`/coordinate roles add` names who follows.",
    )
    return [Post(Direct(held.member.id), own, key), *await _to_the_others(people, held, theirs, key)]


async def _to_the_others(people: People, held: Holding, message: Card, key: str) -> list[Effect]:
    """To coordinators, but not a second time to whom it is about."""
    own = Direct(held.member.id)
    posts = await to_coordinators(people, message, f"{key}:desk")
    return [post for post in posts if not (isinstance(post, Post) and post.place == own)]
