"""What the welcome adds to the home card and to the recap."""

from facilitation.core.features.contributions import Period, Section
from facilitation.core.people.contact import zone_of
from facilitation.core.values.cards import Channel, Name, Part
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import Sayable, count, listed, say
from facilitation.welcome import cards
from facilitation.welcome.feature import feature
from facilitation.welcome.jobs import steps_of
from facilitation.welcome.journey import timetable
from storage.communities import People, Use
from storage.welcome import Journeys, JourneyState, Plan

NAMED = 10


@feature.home("arrival")
async def my_journey(context: Context, journeys: Journeys, plan: Plan, people: People) -> list[Part]:
    """For a newcomer: the question that waits, or when the next step comes."""
    journey = await journeys.get(context.member.id)
    if journey is None:
        return []
    if journey.state in (JourneyState.OFFERED, JourneyState.GREETED):
        return [say("You are new here, welcome. How would you like to take part?"), cards.choices()]
    if journey.state is not JourneyState.UNDER_WAY or context.member.quiet:
        return []
    account = next(iter(await people.accounts(context.member.id)), None)
    zone = zone_of(context.member, account, context.community)
    coming = timetable(journey, await steps_of(plan), zone, context.community)
    if not coming:
        return []
    return [say("You are new here, welcome. I write to you next on {when}.", when=coming[0][0])]


@feature.recap("people")
async def new_here(period: Period, journeys: Journeys, people: People) -> Section | None:
    """Newcomers who introduced themselves by form; their names notify nobody."""
    spot = await people.spot_for(Use.INTRODUCTIONS)
    members = await journeys.introduced(period.since, period.until, spot.id if spot else None)
    if not members:
        return None
    names: list[Sayable] = [Name(member) for member in members[:NAMED]]
    if len(members) > NAMED:
        names.append(count(len(members) - NAMED, "one other", "{n} others"))
    where: Sayable = Channel(spot.space, spot.handle) if spot else "the channel for it"
    line = say("{names} introduced themselves in {place}. Say hello.", names=listed(names), place=where)
    return Section("New here", (line,), weight=len(members))
