"""What the welcome adds to the home card, the recap and the desk."""

from facilitation.core.features.contributions import DeskItem, Period, Section
from facilitation.core.people.contact import zone_of
from facilitation.core.platforms.capabilities import PlatformCapabilities
from facilitation.core.values.cards import Channel, Name, Part, PlaceRef
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import Sayable, count, listed, say
from facilitation.welcome import cards
from facilitation.welcome.feature import feature
from facilitation.welcome.journey import FLAGGED_FOR, timetable
from facilitation.welcome.services import JourneyServices
from storage.communities import People, Use
from storage.welcome import Journeys, JourneyState, Plan, Via

NAMES_SHOWN = 10


@feature.home("arrival")
async def own_journey(context: Context, services: JourneyServices) -> list[Part]:
    """For a newcomer: the question if it is not answered yet, else when the next step comes."""
    journey = await services.journeys.get(context.member.id)
    if journey is None:
        return []
    if journey.state in (JourneyState.OFFERED, JourneyState.GREETED):
        return [say("You are new here, welcome. How would you like to take part?"), cards.choices()]
    if journey.state is not JourneyState.UNDER_WAY or context.member.quiet:
        return []
    account = await services.account(context.member.id)
    zone = zone_of(context.member, account, context.community)
    coming = timetable(journey, await services.steps(), zone, context.community)
    if not coming:
        return []
    return [say("You are new here, welcome. I write to you next on {when}.", when=coming[0][0])]


@feature.recap("people")
async def introduced(period: Period, journeys: Journeys, people: People) -> Section | None:
    """Newcomers who introduced themselves by form."""
    spot = await people.spot_for(Use.INTRODUCTIONS)
    members = await journeys.introduced(period.since, period.until, spot.id if spot else None)
    if not members:
        return None
    names: list[Sayable] = [Name(member) for member in members[:NAMES_SHOWN]]
    if len(members) > NAMES_SHOWN:
        names.append(count(len(members) - NAMES_SHOWN, "one other", "{n} others"))
    where: Sayable = Channel(spot.space, spot.handle) if spot else "the channel for it"
    line = say("{names} introduced themselves in {place}. Say hello.", names=listed(names), place=where)
    return Section("New here", (line,), weight=len(members))


@feature.desk("newcomers")
async def unanswered_first_messages(journeys: Journeys, people: People, clock: Clock) -> list[DeskItem]:
    """First messages of which member support was told, and which still have no reply."""
    flagged = [one.member for one in await journeys.flagged_since(clock.now() - FLAGGED_FOR)]
    present = [member.id for member in await people.members(flagged) if member.left_at is None]
    return [
        DeskItem(
            say(
                "{who} posted for the first time, in {place}, and has had no answer since {when}.",
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
async def missing_welcome_channel(
    people: People, plan: Plan, capabilities: PlatformCapabilities
) -> list[DeskItem]:
    """No channel is set for the button by which newcomers, or those on some platforms, are greeted."""
    via = (await plan.settings()).via
    if via is Via.DIRECT:
        return []
    platforms = await capabilities.of_community()
    by_button = [one for one in platforms if via is Via.BUTTON or not one.can_message_unasked]
    if not by_button or await people.spot_for(Use.WELCOME) is not None:
        return []
    names = [one.name for one in by_button if one.name]
    are_some = len(by_button) < len(platforms) and names
    who = f"Newcomers on {' and '.join(names)}" if are_some else "Newcomers"
    return [
        DeskItem(
            say("{who} are to be greeted with a button, and no welcome channel is set for it.", who=who),
            say("If ignored: they are not greeted. `/coordinate settings` sets the channel."),
        )
    ]
