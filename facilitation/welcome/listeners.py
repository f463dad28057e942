"""People who join are expected newcomers; those who leave, or take no direct messages, are left alone."""

from dataclasses import replace
from datetime import timedelta

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.effects import Cancel, Effects
from facilitation.core.values.events import MemberChanged, MemberJoined, MemberLeft, PostFailed
from facilitation.welcome import keys
from facilitation.welcome.feature import feature
from facilitation.welcome.jobs import start_button_posts
from facilitation.welcome.schedule import greeting, start_checking
from facilitation.welcome.services import JourneyServices
from storage.communities import Member
from storage.welcome import Journeys, JourneyState

LATE_JOIN = timedelta(hours=1)
"""A platform may report a join after the newcomer's first message; up to this much later it still counts."""


@feature.on(MemberJoined)
async def on_joined(context: EventContext, services: JourneyServices) -> Effects:
    """Plan to greet a newcomer, a minute later: by then it is known how many join together."""
    assert isinstance(context.event, MemberJoined)
    return await _arrive(context, context.event, services)


@feature.on(MemberChanged, when=lambda changed: changed.who.is_person)
async def on_changed(context: EventContext, services: JourneyServices) -> Effects:
    """Plan to greet a guest who has become a full member."""
    assert isinstance(context.event, MemberChanged)
    return await _arrive(context, context.event, services) if context.is_new else []


async def _arrive(
    context: EventContext, event: MemberJoined | MemberChanged, services: JourneyServices
) -> Effects:
    member, journeys = context.member, services.journeys
    if member is None or not await _is_newcomer(context, event, member, journeys):
        return []
    if not await journeys.arrive(member.id, event.at, context.at):
        return []
    first = await journeys.first_arrival()
    checks = await start_checking(services, context.at)
    return [greeting(first or context.at, context.at), *checks]


async def _is_newcomer(
    context: EventContext, event: MemberJoined | MemberChanged, member: Member, journeys: Journeys
) -> bool:
    if context.is_new:
        return True
    if member.baseline or member.joined_at is None:
        return False
    known = await journeys.get(member.id)
    return known is not None or abs(event.at - member.joined_at) <= LATE_JOIN


@feature.on(MemberLeft)
async def on_left(context: EventContext, journeys: Journeys) -> Effects:
    """End the journey of somebody who leaves; it does not go on if they return."""
    journey = await journeys.get(context.member.id) if context.member else None
    if journey is None or context.member is None or context.member.left_at is None:
        return []
    await journeys.put(replace(journey, state=JourneyState.ENDED))
    return [Cancel(keys.journey(journey.member))]


@feature.on(PostFailed, when=lambda fact: fact.why == "closed")
async def on_closed(context: EventContext, services: JourneyServices) -> Effects:
    """Post the button in the channel, once, for a newcomer who takes no direct messages; then be silent."""
    assert isinstance(context.event, PostFailed)
    journeys = services.journeys
    journey = await journeys.by_post(context.event.post)
    if journey is None:
        return []
    stop = Cancel(keys.journey(journey.member))
    if journey.state is not JourneyState.GREETED or journey.reminded:
        await journeys.put(replace(journey, state=JourneyState.ENDED))
        return [stop]
    await journeys.put(replace(journey, state=JourneyState.OFFERED, fell_back=True))
    if journey.fell_back:
        return [stop]
    return [stop, *start_button_posts(journey.member, await services.facts())]
