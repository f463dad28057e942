"""After the introductions: groups that become too small, *did you meet?*, and what was never said."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from facilitation.circles import cards, keys
from facilitation.circles.dates import asking_of
from facilitation.circles.feature import feature
from facilitation.circles.grouping import SMALLEST, pair_of
from facilitation.circles.schedule import coming_date
from facilitation.core.features.contributions import EventContext
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values import cards as places
from facilitation.core.values.cards import Direct
from facilitation.core.values.commands import Command, Context, Due
from facilitation.core.values.effects import Effects, Later, Post, Reply, Revise
from facilitation.core.values.errors import Refusal
from facilitation.core.values.events import MemberLeft, PostDelivered, PostFailed
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card, say
from storage.circles import Circle, CircleRounds, Circles, Group, MeetingAnswer
from storage.communities import Community, People

LOOKS_AFTER = timedelta(days=1)
QUESTION_IS_STALE = timedelta(days=2)


class LookAfter(Command):
    """See whether a group of a round has become too small."""

    round: int


class AskGroups(Command):
    """Ask the groups of a round whether they met."""

    round: int


def plans_after(circle: Circle, round_: int, day: date, now: datetime) -> Effects:
    """What follows a round."""
    return [
        Later(now + LOOKS_AFTER, LookAfter(round=round_), keys.look_after(round_)),
        Later(max(asking_of(circle, day), now), AskGroups(round=round_), keys.asking(round_)),
    ]


# Did you meet? -------------------------------------------------------------------------------------


@feature.action(id="circles.ask_groups")
async def ask_groups(command: AskGroups, due: Due, rounds: CircleRounds, people: People) -> Effects:
    """One question in each group's own place, once; a hush skips it."""
    if not await rounds.asked(command.round):
        return []
    effects: Effects = []
    for group in await rounds.groups(command.round):
        members = await _present(group, people)
        if len(members) < SMALLEST or not group.introduced or group.answer is not None:
            continue
        place = places.Group(group.key, members)
        question = cards.did_you_meet(group)
        key = keys.question(group.id)
        effects.append(Post(place, question, key, beat=True, stale=QUESTION_IS_STALE))
    return effects


class Met(Command):
    """Say whether your group met."""

    group: Annotated[int, Hidden]
    answer: Annotated[Literal["met", "planned", "could not"], Hidden]


@feature.action(id="circles.met")
async def met(command: Met, context: Context, circles: Circles, rounds: CircleRounds) -> Effects:
    """Anybody in the group may say so, and may say otherwise later; that they met stays so."""
    group = await rounds.group(command.group)
    if group is None or context.member.id not in group.members:
        raise Refusal("That question is for the people of that group.")
    answer = MeetingAnswer(command.answer)
    circle = await circles.get(group.circle)
    assert circle is not None
    if not await rounds.answer(group.id, answer):
        return [Reply(card("", say("I know already. Thank you.")))]
    shown = cards.answered(group, answer, circle, coming_date(circle, context.community))
    thanks = card("", say("Thank you for telling me."), tone="good")
    return [Revise(keys.question(group.id), shown), Reply(thanks)]


# Groups that become too small ----------------------------------------------------------------------


@feature.on(MemberLeft)
async def on_left(context: EventContext, circles: Circles, rounds: CircleRounds, people: People) -> Effects:
    """Whoever left is in no circle any more; whoever would be alone then joins another group."""
    if context.member is None or context.member.left_at is None:
        return []
    for circle in await circles.joined(context.member.id):
        await circles.leave(circle, context.member.id)
    effects: Effects = []
    for group in await rounds.under_way(context.member.id):
        await rounds.drop_out(group.id, context.member.id)
        effects += await _mended(group.round, context.community, circles, rounds, people)
    return effects


@feature.action(id="circles.look_after")
async def look_after(
    command: LookAfter, due: Due, circles: Circles, rounds: CircleRounds, people: People
) -> Effects:
    """Who asked to be forgotten is gone without a word, so it is looked once more."""
    return await _mended(command.round, due.community, circles, rounds, people)


async def _mended(
    round_: int, community: Community, circles: Circles, rounds: CircleRounds, people: People
) -> Effects:
    """Nobody is left alone in a group: they join another one of the round, or are told."""
    groups = [replace(group, members=await _present(group, people)) for group in await rounds.groups(round_)]
    whole = {group.id: group for group in groups if len(group.members) >= SMALLEST}
    effects: Effects = []
    for small in groups:
        if small.id in whole:
            continue
        await rounds.unmake(small.id)
        for alone in small.members:
            circle = await circles.get(small.circle)
            assert circle is not None
            host = await _host_of(alone, whole, circles, rounds)
            if host is None:
                shown = cards.group_is_gone(circle, coming_date(circle, community))
                effects.append(Post(Direct(alone), shown, keys.gone(small.id, alone)))
                continue
            key, everybody = keys.grown(host.key, alone), (*host.members, alone)
            await rounds.move_to(host.id, key, [alone])
            whole[host.id] = replace(host, key=key, members=everybody)
            shown = cards.joined_by(circle, alone, host.members)
            effects.append(Post(places.Group(key, everybody), shown, key))
    return effects


async def _host_of(
    alone: int, groups: dict[int, Group], circles: Circles, rounds: CircleRounds
) -> Group | None:
    """The smallest group in which nobody is to be kept apart from somebody, and they know the fewest."""
    apart = {pair_of(*pair) for pair in await circles.apart()}
    everybody = [alone, *(member for group in groups.values() for member in group.members)]
    known = {pair_of(one.one, one.other): one.times for one in await rounds.acquaintances(everybody)}
    possible = [
        group
        for group in groups.values()
        if group.answer is None and apart.isdisjoint(pair_of(alone, one) for one in group.members)
    ]

    def rank(group: Group) -> tuple[int, int, int]:
        acquainted = sum(known.get(pair_of(alone, one), 0) for one in group.members)
        return len(group.members), acquainted, group.id

    return min(possible, key=rank, default=None)


async def _present(group: Group, people: People) -> tuple[int, ...]:
    """Who of a group is still here."""
    here = {one.id for one in await people.members(group.members) if one.left_at is None}
    return tuple(member for member in group.members if member in here)


# What became of an introduction --------------------------------------------------------------------


@feature.on(PostDelivered, when=lambda fact: fact.post.startswith("circles:"))
async def on_said(context: EventContext, rounds: CircleRounds) -> Effects:
    """A group that was introduced is one, whatever becomes of later messages to it."""
    assert isinstance(context.event, PostDelivered)
    group = await rounds.group_at(context.event.post)
    if group is not None:
        await rounds.introduced(group.id)
    return []


@feature.on(PostFailed, when=lambda fact: fact.post.startswith("circles:"))
async def on_unsaid(
    context: EventContext,
    circles: Circles,
    rounds: CircleRounds,
    people: People,
    capabilities: PlatformCapabilities,
) -> Effects:
    """People who were never introduced have not met; where only somebody left, the others are introduced."""
    assert isinstance(context.event, PostFailed)
    group = await rounds.group_at(context.event.post)
    if group is None or group.introduced:
        return []
    members, circle = await _present(group, people), await circles.get(group.circle)
    if context.event.why != "left" or circle is None or len(members) < SMALLEST:
        await rounds.unmake(group.id)
        return []
    key = keys.grown(group.key, members[0])
    await rounds.move_to(group.id, key, [])
    note = (await capabilities.of_group(members)).small_group_note
    shown = cards.introduction(circle, members, group.round, coming_date(circle, context.community), note)
    return [Post(places.Group(key, members), shown, key)]
