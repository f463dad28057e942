"""What the welcome plans, and the commands that it plans for the clock."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from facilitation.core.people.contact import next_waking, zone_of
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import Cancel, Later
from facilitation.core.values.forms import Hidden
from facilitation.welcome import keys
from facilitation.welcome.journey import REMIND_AFTER, TEN, moment_of, next_working_morning, timetable
from facilitation.welcome.services import JourneyServices
from storage.communities import Account, Community, Member
from storage.welcome import Journey, JourneyState

GROUP_WINDOW = timedelta(minutes=1)
"""How long people who join are collected before they are greeted, so that many can be greeted together."""


class GreetNewcomers(Command):
    """Greet who arrived."""


class ContinueJourney(Command):
    """Go on with a journey."""

    member: Annotated[int, Hidden]


class CheckFirstMessages(Command):
    """See whether newcomers' first words were answered."""


def greeting(first_arrival: datetime, now: datetime) -> Later:
    """The plan to greet those who have joined since the first of them did."""
    return Later(max(first_arrival + GROUP_WINDOW, now), GreetNewcomers(), keys.GREETING)


def reminder(greeted: datetime, member: Member, account: Account, community: Community) -> Later:
    """The plan to remind a newcomer of the first question, unless they answer it before.

    The first message may be held in quiet hours, so the days count from the end of those.
    """
    zone = zone_of(member, account, community)
    weekends = community.quiet_weekends
    delivered = next_waking(greeted, zone, community.quiet_from, community.quiet_to, weekends=weekends)
    at = moment_of(REMIND_AFTER, TEN, delivered, zone, community)
    return Later(at, ContinueJourney(member=member.id), keys.journey(member.id))


async def next_step(services: JourneyServices, journey: Journey, member: Member) -> Later | Cancel:
    """The plan of the next step of an answered journey; a cancellation if no step is left."""
    account = await services.account(member.id)
    zone = zone_of(member, account, services.community)
    coming = timetable(journey, await services.steps(), zone, services.community)
    if not coming or account is None or account.dms_closed:
        return Cancel(keys.journey(member.id))
    return Later(coming[0][0], ContinueJourney(member=member.id), keys.journey(member.id))


async def replan(services: JourneyServices) -> list[Later | Cancel]:
    """The plans of everybody who is on the journey, after its steps have changed."""
    under_way = await services.journeys.in_state(JourneyState.UNDER_WAY)
    found = await services.people.members(one.member for one in under_way)
    members = {member.id: member for member in found}
    return [
        await next_step(services, journey, members[journey.member])
        for journey in under_way
        if members[journey.member].left_at is None
    ]


async def start_checking(services: JourneyServices, now: datetime) -> list[Later]:
    """The plan to check first messages on the next working morning, unless it exists already."""
    settings = await services.plan.settings()
    if settings.next_check_at is not None:
        return []
    at = next_working_morning(now, services.community.zone)
    await services.plan.put_settings(replace(settings, next_check_at=at))
    return [Later(at, CheckFirstMessages(), keys.FIRST_MESSAGES)]
