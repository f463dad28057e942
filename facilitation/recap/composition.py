"""A recap as one card: a line of figures over what all rooms contribute, or two kind lines."""

from collections.abc import Sequence
from datetime import datetime

from facilitation.core.features.contributions import Contributions, Period, Section
from facilitation.core.values.cards import Card, Name, Part, Text
from facilitation.core.values.speech import Sayable, card, count, listed, say
from facilitation.recap.periods import RECENT, day_in_words, days_in_words, next_recap, start, title_of
from storage.communities import Community
from storage.recap import Recaps, Speaker

QUIET = 3
"""With fewer people the week was a quiet one, if nothing else happened either."""
NAMES = 4


async def period_until(community: Community, recaps: Recaps, until: datetime) -> Period:
    """The time that a recap covers which is composed for this instant."""
    settled = await recaps.settled(until)
    first = await recaps.began() if settled is None else None
    return Period(start(until, settled.until if settled else None, community.begun_at, first), until)


async def composed(
    community: Community, period: Period, contributions: Contributions, recaps: Recaps
) -> Card:
    """The recap of a period, as it is posted, previewed and printed."""
    speakers = await recaps.speakers(period.since, period.until)
    sections = await contributions.recap(period)
    title = title_of(community, period.since, period.until)
    has_news = any(section.weight for section in sections)
    if not has_news and _people(speakers) < QUIET:
        return card(title, *_quiet(community, period, speakers))
    newcomers = await recaps.newcomers(period.since, period.until, joined=period.since - RECENT)
    days = _capital(days_in_words(period.since, period.until, community.zone))
    opening = say("{days}: {figures}.", days=days, figures=figures(speakers, len(newcomers)))
    if not speakers:
        opening = say("{days}.", days=days)
    calm = [] if has_news else [say("No long conversations this time, so you are all caught up.")]
    return card(title, opening, *calm, *_all_parts(sections))


def figures(speakers: Sequence[Speaker], newcomers: int) -> Text:
    """`31 messages from 9 people, 2 of them new`."""
    messages, people = sum(speaker.messages for speaker in speakers), _people(speakers)
    said = count(messages, "one message", "{n} messages") if messages else say("no messages")
    if not people:
        return said
    by = count(people, "one person", "{n} people")
    if not newcomers:
        return say("{said} from {by}", said=said, by=by)
    if people == 1:
        return say("{said} from one person, who is new here", said=said)
    new = "all" if newcomers >= people else "one" if newcomers == 1 else str(newcomers)
    return say("{said} from {by}, {new} of them new", said=said, by=by, new=new)


def names_in_words(members: Sequence[int], people: int, most: int = NAMES) -> Text:
    """Up to `most` names and how many others there are; none of them is notified.

    `people` counts also who cannot be named. One person alone is never "the other" who could have been named.
    """
    shown = members[:most] if people > most + 1 or len(members) < people else members
    others = people - len(shown)
    if not shown:
        return count(people, "one person", "{n} people")
    named: list[Sayable] = [Name(member) for member in shown]
    if others:
        named.append(count(others, "one other", "{n} others"))
    return listed(named)


def _quiet(community: Community, period: Period, speakers: Sequence[Speaker]) -> list[Text]:
    """Two lines for a quiet week: nobody has missed anything, and nobody is to blame."""
    if speakers:
        first = say(
            "A quiet time, {days}: {figures}. You are all caught up.",
            days=days_in_words(period.since, period.until, community.zone),
            figures=figures(speakers, 0),
        )
    else:
        first = say(
            "It was quiet here {days}, so you have missed nothing.",
            days=days_in_words(period.since, period.until, community.zone),
        )
    following = next_recap(community, period.until, period.until)
    day = day_in_words(following, community.zone)
    # Said in turn, since quiet weeks like company.
    kind = (
        say("Every community has such weeks. See you on {day}.", day=day),
        say("Nothing to catch up on leaves time for other things. See you on {day}.", day=day),
        say("A calm week is a fine week. The next recap comes on {day}.", day=day),
    )
    return [first, kind[period.until.date().toordinal() // 7 % len(kind)]]


def _all_parts(sections: Sequence[Section]) -> list[Part]:
    """Each section under its heading; neighbours of one title, from two rooms, under one."""
    parts: list[Part] = []
    above = ""
    for section in sections:
        if section.title and section.title != above:
            parts.append(say("**{title}**", title=section.title))
        parts += section.parts
        above = section.title
    return parts


def _people(speakers: Sequence[Speaker]) -> int:
    return sum(speaker.person is not None for speaker in speakers)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
