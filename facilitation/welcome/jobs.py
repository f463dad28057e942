"""Step by step: what comes next on a journey, at a local hour, and when it stops."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from facilitation.core.people.contact import next_waking, zone_of
from facilitation.core.values.cards import Direct
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Cancel, Effects, Later, Post
from facilitation.core.values.forms import Hidden
from facilitation.welcome import cards, keys
from facilitation.welcome.feature import GREETING, feature
from facilitation.welcome.journey import (
    BUILT_IN,
    GRACE,
    REMIND_AFTER,
    TEN,
    moment_of,
    timetable,
)
from facilitation.welcome.templates import Surroundings, surroundings
from storage.communities import Account, Community, Member, People, Use
from storage.welcome import Journey, Journeys, JourneyState, Plan, Step


class Walk(Command):
    """Go on with a journey."""

    member: Annotated[int, Hidden]


async def steps_of(plan: Plan) -> list[Step]:
    """The journey of a community: its coordinators' own, else the built-in one."""
    return await plan.steps() if (await plan.wishes()).edited else list(BUILT_IN)


def reminded_after(greeted: datetime, member: Member, account: Account, community: Community) -> Later:
    """The plan to ask once more whoever has not answered by then; greeted at night, the morning counts."""
    zone = zone_of(member, account, community)
    weekends = community.quiet_weekends
    said = next_waking(greeted, zone, community.quiet_from, community.quiet_to, weekends=weekends)
    at = moment_of(REMIND_AFTER, TEN, said, zone, community)
    return Later(at, Walk(member=member.id), keys.walk(member.id))


async def planned(
    journey: Journey, member: Member, steps: Sequence[Step], people: People, community: Community
) -> Later | Cancel:
    """What comes next on a journey that is under way; nothing when nothing is left."""
    account = next(iter(await people.accounts(member.id)), None)
    coming = timetable(journey, steps, zone_of(member, account, community), community)
    if not coming or account is None or account.closed:
        return Cancel(keys.walk(member.id))
    return Later(coming[0][0], Walk(member=member.id), keys.walk(member.id))


@feature.action(id="welcome.walk")
async def walk(
    command: Walk, due: Due, journeys: Journeys, plan: Plan, people: People, charter: CharterText
) -> Effects:
    """The next steps of one newcomer, or the second and last question to who never answered."""
    journey, member = await journeys.get(command.member), await people.member(command.member)
    if journey is None or member is None or member.left_at is not None:
        return []
    if member.quiet:
        await journeys.put(replace(journey, state=JourneyState.ENDED))
        return []
    around = await surroundings(due.community, charter, people)
    if journey.state is JourneyState.GREETED and not journey.reminded:
        key = keys.again(member.id)
        await journeys.put(replace(journey, reminded=True, post=key))
        return [Post(Direct(member.id), cards.once_more(around, member.id), key, nudge=GREETING)]
    if journey.state is not JourneyState.UNDER_WAY:
        return []
    steps = await steps_of(plan)
    account = next(iter(await people.accounts(member.id)), None)
    zone = zone_of(member, account, due.community)
    effects: Effects = []
    key = journey.post
    for moment, step in timetable(journey, steps, zone, due.community):
        if moment > due.at:
            break
        if _is_wanted(step, journey, around, due.at - moment) and await journeys.mark(
            member.id, step.id, due.at
        ):
            key = keys.step(member.id, step.id)
            message = cards.step_card(step, around, member.id)
            effects.append(Post(Direct(member.id), message, key, beat=True, stale=GRACE))
    journey = replace(journey, walked_until=due.at, post=key)
    following = await planned(journey, member, steps, people, due.community)
    if isinstance(following, Cancel):
        await journeys.put(replace(journey, state=JourneyState.OVER))
        return effects
    await journeys.put(journey)
    return [*effects, following]


def _is_wanted(step: Step, journey: Journey, around: Surroundings, late: timedelta) -> bool:
    """Nobody is asked for what they did, sent where nothing is, or told what should have come days ago."""
    if late > GRACE:
        return False
    if step.kind == "person":
        return step.person is not None or journey.buddy is None
    if step.kind == "channel":
        spot = around.channel_of(step)
        return spot is not None and not (Use.INTRODUCTIONS in spot.uses and journey.introduced_at)
    return True


async def replanned(
    journeys: Journeys, plan: Plan, people: People, community: Community
) -> list[Later | Cancel]:
    """The journey has changed: everybody who is on it goes on with it as it is now."""
    steps = await steps_of(plan)
    under_way = await journeys.in_state(JourneyState.UNDER_WAY)
    members = {member.id: member for member in await people.members(one.member for one in under_way)}
    return [
        await planned(journey, members[journey.member], steps, people, community)
        for journey in under_way
        if members[journey.member].left_at is None
    ]
