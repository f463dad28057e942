"""The clock's commands: greet newcomers, continue their journeys, and check their first messages."""

from dataclasses import replace
from datetime import datetime, timedelta

from facilitation.core.people.contact import next_waking, zone_of
from facilitation.core.people.recipients import to_support
from facilitation.core.values.cards import Channel, Direct
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Cancel, Effects, Later, Post
from facilitation.welcome import cards, keys, schedule
from facilitation.welcome.feature import GREETING, feature
from facilitation.welcome.journey import (
    GRACE,
    NEW_FOR,
    next_working_morning,
    timetable,
    working_day_after,
)
from facilitation.welcome.schedule import (
    CheckFirstMessages,
    ContinueJourney,
    GreetNewcomers,
    next_step,
    reminder,
)
from facilitation.welcome.services import JourneyServices
from facilitation.welcome.templates import CommunityFacts
from storage.communities import Account, Community, Member, Use
from storage.welcome import FirstMessage, Journey, JourneyState, Step, Via, WelcomeSettings

GROUP_SIZE = 5
"""If more people than this join within a minute, they are greeted together."""
GROUPS_APART = timedelta(hours=1)
"""People who join within this time after a group find the group's button in the channel."""
BUTTON_IS_STALE = timedelta(days=1)

# Greeting ------------------------------------------------------------------------------------------


@feature.action(id="welcome.greet_newcomers")
async def greet_newcomers(command: GreetNewcomers, due: Due, services: JourneyServices) -> Effects:
    """Greet everybody who has arrived: many together by one post, else each by themselves."""
    arrived = await services.journeys.in_state(JourneyState.ARRIVED)
    found = await services.people.members(one.member for one in arrived)
    members = {member.id: member for member in found}
    waiting: list[Journey] = []
    unwilling: list[int] = []
    for journey in arrived:
        if members[journey.member].left_at is None and not members[journey.member].quiet:
            waiting.append(journey)
        else:
            unwilling.append(journey.member)
    await services.journeys.end_all(unwilling)
    if not waiting:
        return []
    settings, facts = await services.plan.settings(), await services.facts()
    if await services.journeys.arrivals_since(waiting[0].arrived_at - schedule.GROUP_WINDOW) > GROUP_SIZE:
        return await _greet_together(services, waiting, settings, facts, due.at)
    effects: Effects = []
    for journey in waiting:
        effects += await _greet_one(services, journey, members[journey.member], settings, facts, due.at)
    return effects


async def _greet_together(
    services: JourneyServices,
    waiting: list[Journey],
    settings: WelcomeSettings,
    facts: CommunityFacts,
    now: datetime,
) -> Effects:
    await services.journeys.offer_all([journey.member for journey in waiting], now)
    is_recent = settings.crowd_greeted_at is not None and now - settings.crowd_greeted_at < GROUPS_APART
    spot = facts.channel_for(Use.WELCOME)
    if is_recent or spot is None:
        return []
    await services.plan.put_settings(replace(settings, crowd_greeted_at=now))
    place, key = Channel(spot.space, spot.handle), keys.group_start_button(now)
    return [Post(place, cards.group_start_button(), key, hushable=True, stale=BUTTON_IS_STALE)]


async def _greet_one(
    services: JourneyServices,
    journey: Journey,
    member: Member,
    settings: WelcomeSettings,
    facts: CommunityFacts,
    now: datetime,
) -> Effects:
    account = await services.account(member.id)
    if account is None:
        await services.journeys.put(replace(journey, state=JourneyState.ENDED))
        return []
    if await _is_by_button(services, settings.via, account):
        await _offer(services, journey, now)
        return start_button_posts(member.id, facts)
    key = keys.hello(member.id)
    await services.journeys.put(replace(journey, state=JourneyState.GREETED, greeted_at=now, post_key=key))
    message = cards.hello(facts, member.id, settings.words)
    return [
        Post(Direct(member.id), message, key, nudge=GREETING),
        reminder(now, member, account, services.community),
    ]


async def _offer(services: JourneyServices, journey: Journey, now: datetime) -> None:
    await services.journeys.put(replace(journey, state=JourneyState.OFFERED, greeted_at=now, fell_back=True))


def start_button_posts(member: int, facts: CommunityFacts) -> Effects:
    """The post in the welcome channel for one newcomer; nothing if there is no such channel."""
    spot = facts.channel_for(Use.WELCOME)
    if spot is None:
        return []
    place, key = Channel(spot.space, spot.handle), keys.start_button(member)
    return [Post(place, cards.start_button(member), key, hushable=True, stale=BUTTON_IS_STALE)]


async def _is_by_button(services: JourneyServices, via: Via, account: Account) -> bool:
    """Whether the owner of this account is greeted by a button in the channel."""
    if account.dms_closed:
        return True
    if via is not Via.PLATFORM:
        return via is Via.BUTTON
    return not (await services.capabilities.of_space(account.space)).can_message_unasked


# Steps ---------------------------------------------------------------------------------------------


@feature.action(id="welcome.continue_journey")
async def continue_journey(command: ContinueJourney, due: Due, services: JourneyServices) -> Effects:
    """Send a newcomer the steps that are due, or the reminder if they have not answered the question."""
    journeys = services.journeys
    journey, member = await journeys.get(command.member), await services.people.member(command.member)
    if journey is None or member is None or member.left_at is not None:
        return []
    if member.quiet:
        await journeys.put(replace(journey, state=JourneyState.ENDED))
        return []
    facts = await services.facts()
    if journey.state is JourneyState.GREETED and not journey.reminded:
        key = keys.reminder(member.id)
        await journeys.put(replace(journey, reminded=True, post_key=key))
        return [Post(Direct(member.id), cards.reminder(facts, member.id), key, nudge=GREETING)]
    if journey.state is not JourneyState.UNDER_WAY:
        return []
    effects, last = await _steps_due(services, journey, member, facts, due.at)
    journey = replace(journey, checked_until=due.at, post_key=last)
    following = await next_step(services, journey, member)
    if isinstance(following, Cancel):
        await journeys.put(replace(journey, state=JourneyState.OVER))
        return effects
    await journeys.put(journey)
    return [*effects, following]


async def _steps_due(
    services: JourneyServices, journey: Journey, member: Member, facts: CommunityFacts, now: datetime
) -> tuple[Effects, str]:
    """The steps that are due and apply, and the key of the last message to the newcomer."""
    effects: Effects = []
    last = journey.post_key
    account = await services.account(member.id)
    zone = zone_of(member, account, services.community)
    for moment, step in timetable(journey, await services.steps(), zone, services.community):
        if moment > now:
            break
        is_wanted = _applies(step, journey, facts, now - moment)
        if is_wanted and await services.journeys.record_sent(member.id, step.id, now):
            last = keys.step(member.id, step.id)
            message = cards.step_card(step, facts, member.id)
            effects.append(Post(Direct(member.id), message, last, hushable=True, stale=GRACE))
    return effects, last


def _applies(step: Step, journey: Journey, facts: CommunityFacts, late: timedelta) -> bool:
    """Whether a step is worth sending.

    A late step is not, nor one that asks for something already done, nor one that leads nowhere.
    """
    if late > GRACE:
        return False
    if step.kind == "person":
        return step.person is not None or journey.buddy is None
    if step.kind == "channel":
        spot = facts.channel_of(step)
        return spot is not None and not (Use.INTRODUCTIONS in spot.uses and journey.introduced_at)
    return True


# First messages ------------------------------------------------------------------------------------


@feature.action(id="welcome.check_first_messages")
async def check_first_messages(command: CheckFirstMessages, due: Due, services: JourneyServices) -> Effects:
    """Tell member support of each first message that got no reply within a working day.

    The check is repeated every working morning, which is soon enough to find new messages, and at each
    deadline, until there are no newcomers left to watch.
    """
    watched = await _watched(services, due.at)
    firsts = {one.member: one for one in await services.journeys.first_messages(watched)}
    effects: Effects = []
    deadlines: list[datetime] = []
    for member, journey in watched.items():
        first = firsts.get(member)
        if first is None:
            continue
        deadline = _deadline(first, due.community)
        if first.replied:
            await services.journeys.put(replace(journey, first_message_settled=True))
        elif deadline <= due.at:
            await services.journeys.put(replace(journey, first_message_settled=True, flagged_at=due.at))
            effects += await to_support(services.people, cards.unanswered(first), keys.unanswered(member))
        else:
            deadlines.append(deadline)
    is_over = all(member in firsts for member in watched) and not deadlines
    at = None if is_over else min((*deadlines, next_working_morning(due.at, due.community.zone)))
    await services.plan.put_settings(replace(await services.plan.settings(), next_check_at=at))
    return effects if at is None else [*effects, Later(at, CheckFirstMessages(), keys.FIRST_MESSAGES)]


async def _watched(services: JourneyServices, now: datetime) -> dict[int, Journey]:
    """The journeys of present newcomers whose first message still needs a check, by member."""
    journeys = {one.member: one for one in await services.journeys.with_open_first_message(now - NEW_FOR)}
    present = {one.id for one in await services.people.members(journeys) if one.left_at is None}
    return {member: journey for member, journey in journeys.items() if member in present}


def _deadline(first: FirstMessage, community: Community) -> datetime:
    """A working day after the message, outside the community's quiet hours."""
    at = working_day_after(first.at, community.zone)
    weekends = community.quiet_weekends
    return next_waking(at, community.zone, community.quiet_from, community.quiet_to, weekends=weekends)
