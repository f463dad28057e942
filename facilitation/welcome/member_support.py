"""Member support: a line for each newcomer who answered, and a flag on first words that nobody answered."""

from dataclasses import replace
from datetime import datetime, timedelta

from facilitation.core.features.contributions import DeskItem
from facilitation.core.people.contact import next_waking, zone_of
from facilitation.core.people.recipients import to_support
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.cards import Card, Name, PlaceRef
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects, Later
from facilitation.core.values.speech import card, say
from facilitation.welcome import keys
from facilitation.welcome.feature import feature
from facilitation.welcome.journey import WISHES, next_working_morning, working_day_after
from storage.communities import Account, Community, Member, People, Use
from storage.welcome import FirstMessage, Journey, Journeys, Plan, Via

NEW_FOR = timedelta(days=30)
"""So long a newcomer's first message is waited for."""
SHOWN_FOR = timedelta(days=14)
"""So long the desk shows that one waits."""


def line_about(member: Member, account: Account | None, community: Community, answer: str) -> Card:
    """`Ana would like to learn; in Lisbon`."""
    known = member.zone or (account.zone if account else "")
    zone = zone_of(member, account, community) if known else ""
    city = zone.rpartition("/")[2].replace("_", " ") if "/" in zone else ""
    if not city:
        return card("", say("{who} would like to {wish}.", who=member, wish=WISHES[answer]))
    return card("", say("{who} would like to {wish}; in {city}.", who=member, wish=WISHES[answer], city=city))


# First messages ------------------------------------------------------------------------------------


class Look(Command):
    """See whether newcomers' first words were answered."""


async def looking_after(community: Community, plan: Plan, now: datetime) -> list[Later]:
    """Somebody new is here: from the next working morning on their first message is looked after."""
    wishes = await plan.wishes()
    if wishes.look_at is not None:
        return []
    at = next_working_morning(now, community.zone)
    await plan.wish(replace(wishes, look_at=at))
    return [Later(at, Look(), keys.LOOKS)]


@feature.action(id="welcome.look")
async def look(command: Look, due: Due, journeys: Journeys, plan: Plan, people: People) -> Effects:
    """Flag each first message without a reply within a working day; stop when nobody is new any more.

    On every working morning new ones are found, before a working day is over; each is then looked at again
    when its own is.
    """
    new = await _new_here(journeys, people, due.at)
    firsts = {one.member: one for one in await journeys.first_messages(new)}
    effects: Effects = []
    soon: list[datetime] = []
    for member, journey in new.items():
        first = firsts.get(member)
        if first is None:
            continue
        deadline = _deadline(first, due.community)
        if first.replied:
            await journeys.put(replace(journey, looked=True))
        elif deadline <= due.at:
            await journeys.put(replace(journey, looked=True, flagged_at=due.at))
            effects += await to_support(people, _flag(first), keys.flag(member))
        else:
            soon.append(deadline)
    is_over = all(member in firsts for member in new) and not soon
    at = None if is_over else min((*soon, next_working_morning(due.at, due.community.zone)))
    await plan.wish(replace(await plan.wishes(), look_at=at))
    return effects if at is None else [*effects, Later(at, Look(), keys.LOOKS)]


async def _new_here(journeys: Journeys, people: People, now: datetime) -> dict[int, Journey]:
    """Who is new, still here, and whose first message was not looked at to the end."""
    watched = {one.member: one for one in await journeys.watched(now - NEW_FOR)}
    present = {member.id for member in await people.members(watched) if member.left_at is None}
    return {member: journey for member, journey in watched.items() if member in present}


def _deadline(first: FirstMessage, community: Community) -> datetime:
    """A working day after it, and not in the coordinators' night."""
    at = working_day_after(first.at, community.zone)
    weekends = community.quiet_weekends
    return next_waking(at, community.zone, community.quiet_from, community.quiet_to, weekends=weekends)


def _flag(first: FirstMessage) -> Card:
    return card(
        "",
        say(
            "{who} is new here and wrote for the first time: {place}, on {when}. Nobody has answered yet. "
            "A line from you would help.",
            who=Name(first.member),
            place=PlaceRef(first.space, first.place, first.message),
            when=first.at,
        ),
    )


@feature.desk("newcomers")
async def first_words_wait(journeys: Journeys, people: People, clock: Clock) -> list[DeskItem]:
    """First messages that were flagged and still have no reply."""
    flagged = [one.member for one in await journeys.flagged(clock.now() - SHOWN_FOR)]
    present = [member.id for member in await people.members(flagged) if member.left_at is None]
    return [
        DeskItem(
            say(
                "{who} wrote here for the first time, {place}, and nobody has answered since {when}.",
                who=Name(first.member),
                place=PlaceRef(first.space, first.place, first.message),
                when=first.at,
            ),
            say("If ignored: a newcomer’s first words stay without an answer."),
        )
        for first in await journeys.first_messages(present)
        if not first.replied
    ]


@feature.desk("newcomers")
async def nowhere_to_greet(people: People, plan: Plan, capabilities: PlatformCapabilities) -> list[DeskItem]:
    """Newcomers, or those on some platforms, are greeted by a button, and no channel is set for it."""
    via = (await plan.wishes()).via
    if via is Via.DIRECT:
        return []
    platforms = await capabilities.of_community()
    by_button = [one for one in platforms if via is Via.BUTTON or not one.can_message_unasked]
    if not by_button or await people.spot_for(Use.WELCOME) is not None:
        return []
    names = [one.name for one in by_button if one.name]
    is_some = len(by_button) < len(platforms) and names
    who = f"Newcomers on {' and '.join(names)}" if is_some else "Newcomers"
    return [
        DeskItem(
            say("{who} are to be greeted with a button, and no welcome channel is set for it.", who=who),
            say("If ignored: they are not greeted. `/coordinate settings` sets the channel."),
        )
    ]
