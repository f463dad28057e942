"""Somebody joins: greeted once ever, a crowd by one button, and nobody whose door is closed."""

from dataclasses import replace
from datetime import timedelta

from facilitation.core.features.contributions import EventContext
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.cards import Button, Buttons, Channel, Direct
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Due
from facilitation.core.values.effects import Cancel, Effects, Later, Post, Reply
from facilitation.core.values.events import MemberChanged, MemberJoined, MemberLeft, PostFailed
from facilitation.core.values.speech import card, say
from facilitation.welcome import cards, keys
from facilitation.welcome.feature import GREETING, feature
from facilitation.welcome.jobs import reminded_after
from facilitation.welcome.member_support import looking_after
from facilitation.welcome.templates import Surroundings, surroundings
from storage.communities import Account, Member, People, Use
from storage.welcome import Journey, Journeys, JourneyState, Plan, Via, Wishes

MINUTE = timedelta(minutes=1)
CROWD = 5
"""More than so many joins within a minute are a crowd, greeted together."""
CROWDS_APART = timedelta(hours=1)
"""A crowd that goes on coming finds the button that stands there already."""
JUST_NOW = timedelta(hours=1)
"""Platforms may tell of a join after the first words of who joined: so long it is still theirs."""
DOOR_STAYS_NEWS = timedelta(days=1)


# Coming and going ----------------------------------------------------------------------------------


class Greet(Command):
    """Greet who arrived."""


@feature.on(MemberJoined)
async def on_joined(context: EventContext, journeys: Journeys, plan: Plan) -> Effects:
    """A newcomer is expected; they are greeted a minute later, when it is known whether they are a crowd."""
    assert isinstance(context.event, MemberJoined)
    return await _arrived(context, context.event, journeys, plan)


@feature.on(MemberChanged, when=lambda changed: changed.who.is_person)
async def on_changed(context: EventContext, journeys: Journeys, plan: Plan) -> Effects:
    """Whoever was a guest until now joins by becoming a member."""
    assert isinstance(context.event, MemberChanged)
    return await _arrived(context, context.event, journeys, plan) if context.is_new else []


async def _arrived(
    context: EventContext, fact: MemberJoined | MemberChanged, journeys: Journeys, plan: Plan
) -> Effects:
    member = context.member
    if member is None or not await _is_newcomer(context, fact, member, journeys):
        return []
    if not await journeys.arrive(member.id, fact.at, context.at):
        return []
    first = (await journeys.in_state(JourneyState.ARRIVED))[0].arrived_at
    looking = await looking_after(context.community, plan, context.at)
    return [Later(max(first + MINUTE, context.at), Greet(), keys.GREETINGS), *looking]


async def _is_newcomer(
    context: EventContext, fact: MemberJoined | MemberChanged, member: Member, journeys: Journeys
) -> bool:
    if context.is_new:
        return True
    if member.baseline or member.joined_at is None:
        return False
    known = await journeys.get(member.id)
    return known is not None or abs(fact.at - member.joined_at) <= JUST_NOW


@feature.on(MemberLeft)
async def on_left(context: EventContext, journeys: Journeys) -> Effects:
    """A journey ends with who leaves, and goes on no more if they return."""
    journey = await journeys.get(context.member.id) if context.member else None
    if journey is None or context.member is None or context.member.left_at is None:
        return []
    await journeys.put(replace(journey, state=JourneyState.ENDED))
    return [Cancel(keys.walk(journey.member))]


# Greeting ------------------------------------------------------------------------------------------


@feature.action(id="welcome.greet")
async def greet(
    command: Greet,
    due: Due,
    journeys: Journeys,
    plan: Plan,
    people: People,
    charter: CharterText,
    capabilities: PlatformCapabilities,
) -> Effects:
    """Everybody who arrived up to now: each by themselves, or all together if they are a crowd."""
    arrived = await journeys.in_state(JourneyState.ARRIVED)
    members = {member.id: member for member in await people.members(one.member for one in arrived)}
    waiting: list[Journey] = []
    for journey in arrived:
        if members[journey.member].left_at is None and not members[journey.member].quiet:
            waiting.append(journey)
        else:
            await journeys.put(replace(journey, state=JourneyState.ENDED))
    if not waiting:
        return []
    wishes = await plan.wishes()
    around = await surroundings(due.community, charter, people)
    if await journeys.arrivals_since(waiting[0].arrived_at - MINUTE) > CROWD:
        return await _together(waiting, due, wishes, journeys, plan, around)
    effects: Effects = []
    for journey in waiting:
        member = members[journey.member]
        account = next(iter(await people.accounts(member.id)), None)
        if account is None:
            await journeys.put(replace(journey, state=JourneyState.ENDED))
            continue
        via = await _via(wishes.via, account, capabilities)
        if via is Via.DIRECT:
            effects += await _by_message(journey, member, account, due, journeys, wishes, around)
        else:
            effects += await _by_button(journey, due, journeys, around)
    return effects


async def _together(
    waiting: list[Journey],
    due: Due,
    wishes: Wishes,
    journeys: Journeys,
    plan: Plan,
    around: Surroundings,
) -> Effects:
    for journey in waiting:
        await journeys.put(replace(journey, state=JourneyState.OFFERED, greeted_at=due.at, fell_back=True))
    is_open = wishes.crowd_at is not None and due.at - wishes.crowd_at < CROWDS_APART
    spot = around.used_for(Use.WELCOME)
    if is_open or spot is None:
        return []
    await plan.wish(replace(wishes, crowd_at=due.at))
    place = Channel(spot.space, spot.handle)
    return [Post(place, cards.wide_door(), keys.wide_door(due.at), beat=True, stale=DOOR_STAYS_NEWS)]


async def _by_message(
    journey: Journey,
    member: Member,
    account: Account,
    due: Due,
    journeys: Journeys,
    wishes: Wishes,
    around: Surroundings,
) -> Effects:
    key = keys.hello(member.id)
    await journeys.put(replace(journey, state=JourneyState.GREETED, greeted_at=due.at, post=key))
    message = cards.hello(around, member.id, wishes.words)
    return [
        Post(Direct(member.id), message, key, nudge=GREETING),
        reminded_after(due.at, member, account, due.community),
    ]


async def _by_button(journey: Journey, due: Due, journeys: Journeys, around: Surroundings) -> Effects:
    await journeys.put(replace(journey, state=JourneyState.OFFERED, greeted_at=due.at, fell_back=True))
    return _door(journey.member, around)


def _door(member: int, around: Surroundings) -> Effects:
    spot = around.used_for(Use.WELCOME)
    if spot is None:
        return []
    place = Channel(spot.space, spot.handle)
    return [Post(place, cards.door(member), keys.door(member), beat=True, stale=DOOR_STAYS_NEWS)]


async def _via(via: Via, account: Account, capabilities: PlatformCapabilities) -> Via:
    """How to greet whoever has this account."""
    if account.closed:
        return Via.BUTTON
    if via is not Via.PLATFORM:
        return via
    platform = await capabilities.of_space(account.space)
    return Via.DIRECT if platform.can_message_unasked else Via.BUTTON


# A closed door -------------------------------------------------------------------------------------


@feature.on(PostFailed, when=lambda fact: fact.why == "closed")
async def on_closed(
    context: EventContext, journeys: Journeys, people: People, charter: CharterText
) -> Effects:
    """Who takes no direct messages finds the button in the channel once; after that there is silence."""
    assert isinstance(context.event, PostFailed)
    journey = await journeys.by_post(context.event.post)
    if journey is None:
        return []
    stop = Cancel(keys.walk(journey.member))
    if journey.state is not JourneyState.GREETED or journey.reminded:
        await journeys.put(replace(journey, state=JourneyState.ENDED))
        return [stop]
    await journeys.put(replace(journey, state=JourneyState.OFFERED, fell_back=True))
    if journey.fell_back:
        return [stop]
    around = await surroundings(context.community, charter, people)
    return [stop, *_door(journey.member, around)]


# The button in the channel -------------------------------------------------------------------------


class Start(Command):
    """Show me around."""


@feature.action(id="welcome.start")
async def start(
    command: Start, context: Context, journeys: Journeys, plan: Plan, people: People, charter: CharterText
) -> Effects:
    """A newcomer gets the first message by direct message; whose door is closed gets it here."""
    journey = await journeys.get(context.member.id)
    if journey is None:
        home = Buttons((Button("What is on", "charter.home", optional=True),))
        return [
            Reply(card("", "You know your way around here. Thank you for looking in all the same.", home))
        ]
    around = await surroundings(context.community, charter, people)
    message = cards.hello(around, context.member.id, (await plan.wishes()).words)
    account = next(
        (one for one in await people.accounts(context.member.id) if one.space == context.space), None
    )
    key = keys.hello(context.member.id)
    if journey.answer or journey.post or account is None or account.closed:
        return [Reply(message)]
    await journeys.put(
        replace(
            journey,
            state=JourneyState.GREETED,
            greeted_at=journey.greeted_at or context.at,
            post=key,
            fell_back=True,
        )
    )
    return [
        Post(Direct(context.member.id), message, key),
        reminded_after(context.at, context.member, account, context.community),
        Reply(card("", say("I have written to you, {who}. See you there.", who=context.member), tone="good")),
    ]
