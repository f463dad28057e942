"""What this room itself contributes: who is new, conversations worth catching up on, a picture."""

from datetime import timedelta

from facilitation.core.features.contributions import Period, Section
from facilitation.core.values.cards import Channel, Item, Items, Text
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import count, quoted, say
from facilitation.recap.composition import names_in_words
from facilitation.recap.conversations import CONTEXT, Conversation, told, worth_catching_up
from facilitation.recap.feature import feature
from facilitation.recap.periods import RECENT, weeks_until
from facilitation.recap.picture import FEWEST, Week, picture
from storage.communities import Community, People, Use
from storage.recap import Recaps

ARRIVING = timedelta(days=14)
"""How long somebody may take from joining to introducing themselves and still count as a newcomer."""
NEWCOMERS = 10
"""So many are named; all of them deserve it, but not on a day of a hundred."""
PARTIAL = timedelta(days=2)
"""A week of which we know all but so much is shown; one of which we know less would look too quiet."""


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
    line = say("{names} {did}. Say hello.", names=names_in_words(members, len(members), NEWCOMERS), did=words)
    return Section("New here", (line,), weight=len(members))


@feature.recap("conversations")
async def catching_up(period: Period, recaps: Recaps) -> Section | None:
    """Conversations of three or more people, the liveliest first."""
    messages = await recaps.messages(period.since - CONTEXT, period.until)
    talks = worth_catching_up(messages, period.since)
    if not talks:
        return None
    roots = await recaps.roots(talk.root for talk in talks if talk.root)
    lines = Items(tuple(_line(told(talk, period.since, roots)) for talk in talks))
    return Section("Worth catching up on", (lines,), weight=len(talks))


@feature.recap("picture")
async def people_who_spoke(period: Period, community: Community, recaps: Recaps) -> Section | None:
    """The one picture: decoration, hence without weight."""
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
    drawn = await picture(weeks)
    return Section("", (drawn,), weight=0) if drawn else None


def _line(conversation: Conversation) -> Item:
    """What it was about, and beneath it who took part, where, and how many replies there were."""
    place = Channel(conversation.space, conversation.place)
    if conversation.opening:
        about = say("“{words}”", words=quoted(conversation.opening, conversation.by))
    elif conversation.host:
        about = say("A link to {host}", host=conversation.host)
    else:
        about = say("A conversation in {place}", place=place)
    who = names_in_words(conversation.named, conversation.people)
    return Item(about, say("{who} in {place}{replies}", who=who, place=place, replies=_replies(conversation)))


def _replies(conversation: Conversation) -> Text:
    if not conversation.replies:
        return Text()
    return count(conversation.replies, " · one reply", " · {n} replies")
