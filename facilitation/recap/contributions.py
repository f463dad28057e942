"""The recap on the home card and on the desk, and its own sections: newcomers, conversations, a picture."""

from datetime import timedelta

from facilitation.core.features.contributions import DeskItem, Period, Section
from facilitation.core.values.cards import Arg, Button, Channel, Item, Items, Part, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Context, Role
from facilitation.core.values.effects import Effects
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import count, quoted, say
from facilitation.recap.composition import names_in_words
from facilitation.recap.conversations import CONTEXT, ConversationSummary, summarize, worth_catching_up
from facilitation.recap.feature import feature
from facilitation.recap.periods import RECENT, local_day_in_words, weeks_until
from facilitation.recap.picture import FEWEST, Week, draw_picture
from facilitation.recap.schedule import next_at, plan_next
from storage.communities import Community, People, Use
from storage.recap import Recaps

ARRIVING = timedelta(days=14)
"""The longest time between joining and an introduction that still counts as a newcomer's."""
NEWCOMERS_NAMED = 10
"""The most newcomers that are named."""
PARTIAL = timedelta(days=2)
"""A week is shown if less than this is unknown of it; otherwise it would look too quiet."""


@feature.on_begin()
async def on_begin(community: Community, recaps: Recaps, clock: Clock) -> Effects:
    """Plan the next recap when the community begins, and anew when its day or time changes."""
    return [await plan_next(community, recaps, clock.now())]


@feature.home("recap")
async def next_recap_line(context: Context, people: People, recaps: Recaps) -> list[Part]:
    """When the next recap is due. Until the first was approved, only coordinators see it."""
    spot = await people.spot_for(Use.RECAP)
    if spot is None or context.community.begun_at is None or context.community.is_hushed(context.at):
        return []
    when = await next_at(context.community, recaps, context.at)
    if await recaps.is_trusted():
        place = Channel(spot.space, spot.handle)
        return [say("The next recap comes in {place} on {when}.", place=place, when=when)]
    if Role.COORDINATOR in context.roles:
        return [say("The next recap comes to you for approval on {when}.", when=when)]
    return []


@feature.desk("recap")
async def waiting_recap(community: Community, recaps: Recaps) -> list[DeskItem]:
    """The recap that waits for approval, if one does."""
    recap = await recaps.waiting()
    if recap is None:
        return []
    args: dict[str, Arg] = {"recap": recap.id}
    day = local_day_in_words(recap.until, community.zone)
    return [
        DeskItem(
            say("The recap up to {day} waits for your word.", day=day),
            say("If ignored: it is not posted, and the next one asks again."),
            (
                Button("Look at it", "recap.show_waiting", args),
                Button("Post it", "recap.post_waiting", args, style="primary"),
                Button("Skip this one", "recap.skip_waiting", args),
            ),
        )
    ]


# The recap's own sections ----------------------------------------------------------------------------


@feature.recap("people")
async def new_here(period: Period, people: People, recaps: Recaps) -> Section | None:
    """Newcomers who introduced themselves; without a channel for that, who wrote for the first time."""
    spot = await people.spot_for(Use.INTRODUCTIONS)
    if spot is not None:
        members = await recaps.introduced(spot.id, period.since, period.until, joined=period.since - ARRIVING)
        words = say("introduced themselves in {place}", place=Channel(spot.space, spot.handle))
    else:
        members = await recaps.newcomers(period.since, period.until, joined=period.since - RECENT)
        words = say("wrote here for the first time")
    if not members:
        return None
    names = names_in_words(members, len(members), NEWCOMERS_NAMED)
    line = say("{names} {did}. Say hello.", names=names, did=words)
    return Section("New here", (line,), weight=len(members))


@feature.recap("conversations")
async def catching_up(period: Period, recaps: Recaps) -> Section | None:
    """Conversations of three or more people, those of most people first."""
    messages = await recaps.messages(period.since - CONTEXT, period.until)
    conversations = worth_catching_up(messages, period.since)
    if not conversations:
        return None
    roots = await recaps.roots(one.root for one in conversations if one.root)
    lines = Items(tuple(_line(summarize(one, period.since, roots)) for one in conversations))
    return Section("Worth catching up on", (lines,), weight=len(conversations))


@feature.recap("picture")
async def people_who_spoke(period: Period, community: Community, recaps: Recaps) -> Section | None:
    """The picture, which is decoration and so has no weight."""
    known = await recaps.began()
    if known is None:
        return None
    if community.begun_at is not None:
        known = min(known, community.begun_at)
    edges = weeks_until(period.until, community.zone)
    edges = [edge for edge in edges[:-1] if known <= edge + PARTIAL] + edges[-1:]
    if len(edges) <= FEWEST:
        return None
    counts = await recaps.people_per_week(edges)
    weeks = [Week(local_date(end, community.zone), n) for end, n in zip(edges[1:], counts, strict=True)]
    picture = await draw_picture(weeks)
    return Section("", (picture,), weight=0) if picture else None


def _line(conversation: ConversationSummary) -> Item:
    """What a conversation was about; beneath it who took part, where, and how many replies it has."""
    place = Channel(conversation.space, conversation.place)
    if conversation.opening:
        about = say("“{words}”", words=quoted(conversation.opening, conversation.by))
    elif conversation.host:
        about = say("A link to {host}", host=conversation.host)
    else:
        about = say("A conversation in {place}", place=place)
    who = names_in_words(conversation.named, conversation.people)
    return Item(about, say("{who} in {place}{replies}", who=who, place=place, replies=_replies(conversation)))


def _replies(conversation: ConversationSummary) -> Text:
    if not conversation.replies:
        return Text()
    return count(conversation.replies, " · one reply", " · {n} replies")
