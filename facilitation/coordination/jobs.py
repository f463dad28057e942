"""The clock's commands: the weekly desk, and the reminders and ends of terms."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from facilitation.coordination import cards, keys
from facilitation.coordination.feature import feature
from facilitation.coordination.terms import ENDS_AT, end_of, first_check, is_last_coordinator
from facilitation.coordination.values import ROLE_WORDS, ROLES, RoleWord
from facilitation.core.features.contributions import Contributions
from facilitation.core.people.recipients import to_coordinators
from facilitation.core.values.cards import Card, Direct
from facilitation.core.values.commands import Command, Due, Role
from facilitation.core.values.effects import Effect, Effects, Later, Post
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import instant_of, local_date, next_weekly
from storage.communities import Community, People
from storage.coordination import Holding, Terms

DESK_AT = time(9)
MONDAY = 0

# The weekly desk -----------------------------------------------------------------------------------


class PostDesk(Command):
    """The desk, in the coordinators' channel on Monday morning."""


@feature.action(id="coordination.post_desk")
async def post_desk(command: PostDesk, due: Due, people: People, contributions: Contributions) -> Effects:
    """Post the desk once a week, unless nothing waits."""
    effects: Effects = [next_desk(due.community, due.at)]
    waiting = await contributions.desk()
    if waiting:
        effects += await to_coordinators(people, cards.desk(waiting), keys.desk(due.due))
    return effects


def next_desk(community: Community, now: datetime) -> Later:
    """The plan of the next weekly desk."""
    return Later(next_weekly(now, community.zone, MONDAY, DESK_AT), PostDesk(), keys.DESK)


# Terms ---------------------------------------------------------------------------------------------


class CheckTerm(Command):
    """See to a role that ends."""

    member: Annotated[int, Hidden]
    role: Annotated[RoleWord, Hidden]


@feature.action(id="coordination.check_term")
async def check_term(command: CheckTerm, due: Due, people: People, terms: Terms) -> Effects:
    """Before the end, remind everyone concerned; at the end, end the role.

    The role of the last coordinator does not end: it is checked again every day.
    """
    held = await terms.find(command.member, ROLES[command.role])
    if held is None or held.until is None:
        return []
    zone = due.community.zone
    end = end_of(held.until, zone)
    if due.at < end:
        return [*await _reminders(people, held, held.until), _check_at(end, command.member, command.role)]
    if is_last_coordinator(held, await people.holders(Role.COORDINATOR)):
        tomorrow = local_date(due.at, zone) + timedelta(days=1)
        return [_check_at(instant_of(tomorrow, ENDS_AT, zone), command.member, command.role)]
    await terms.end(command.member, held.role, local_date(due.at, zone))
    return await _news_of_end(people, held, held.until)


def next_check(member: int, role: RoleWord, until: date, zone: str, now: datetime) -> Later:
    """The plan of the first check of a term that was set or renewed."""
    return _check_at(first_check(until, zone, now), member, role)


def _check_at(at: datetime, member: int, role: RoleWord) -> Later:
    return Later(at, CheckTerm(member=member, role=role), keys.term(role, member))


async def _reminders(people: People, held: Holding, until: date) -> list[Effect]:
    coordinators = {one.id for one in await people.holders(Role.COORDINATOR)}
    key = keys.term_ends(ROLE_WORDS[held.role], held.member.id, until)
    own = cards.term_ends_for_holder(held, until, may_renew=held.member.id in coordinators)
    others = await _to_other_coordinators(people, held, cards.term_ends(held, until), key)
    return [Post(Direct(held.member.id), own, key), *others]


async def _news_of_end(people: People, held: Holding, until: date) -> list[Effect]:
    word = ROLE_WORDS[held.role]
    key = keys.term_ended(word, held.member.id, until)
    own = cards.term_ended_for_holder(held.role, word)
    others = await _to_other_coordinators(people, held, cards.term_ended(held), key)
    return [Post(Direct(held.member.id), own, key), *others]


async def _to_other_coordinators(people: People, held: Holding, message: Card, key: str) -> list[Effect]:
    """To coordinators, but not by direct message to the holder, who gets their own message."""
    own = Direct(held.member.id)
    posts = await to_coordinators(people, message, keys.for_coordinators(key))
    return [post for post in posts if not (isinstance(post, Post) and post.place == own)]
