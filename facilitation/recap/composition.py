"""Composes a recap: a line of figures and the sections of all features, or two lines for a quiet period."""

from collections.abc import Sequence
from datetime import datetime

from facilitation.core.features.contributions import Period, Section
from facilitation.core.values.cards import Card, Name, Part, Text
from facilitation.core.values.speech import Sayable, card, count, listed, say
from facilitation.recap.periods import (
    RECENT,
    days_in_words,
    local_day_in_words,
    next_recap,
    period_start,
    title_of,
)
from facilitation.recap.services import RecapServices
from storage.communities import Community
from storage.recap import Recaps, Speaker

QUIET_BELOW = 3
"""With fewer people than this, and nothing else to tell, a period was quiet."""
NAMES_SHOWN = 4


async def period_until(community: Community, recaps: Recaps, until: datetime) -> Period:
    """The period of a recap that ends at an instant."""
    settled = await recaps.settled(until)
    first = await recaps.began() if settled is None else None
    return Period(period_start(until, settled.until if settled else None, community.begun_at, first), until)


async def compose_recap(community: Community, period: Period, services: RecapServices) -> Card:
    """The recap of a period, as it is posted and previewed."""
    recaps = services.recaps
    speakers = await recaps.speakers(period.since, period.until)
    sections = await services.contributions.recap(period)
    title = title_of(community, period.since, period.until)
    has_news = any(section.weight for section in sections)
    if not has_news and _people(speakers) < QUIET_BELOW:
        return card(title, *_quiet(community, period, speakers))
    newcomers = await recaps.newcomers(period.since, period.until, joined=period.since - RECENT)
    days = _capital(days_in_words(period.since, period.until, community.zone))
    opening = say("{days}: {figures}.", days=days, figures=figures_in_words(speakers, len(newcomers)))
    if not speakers:
        opening = say("{days}.", days=days)
    calm = [] if has_news else [say("No long conversations this time, so you are all caught up.")]
    return card(title, opening, *calm, *_all_parts(sections))


def figures_in_words(speakers: Sequence[Speaker], newcomers: int) -> Text:
    """`31 messages from 9 people, 2 of them new`."""
    number, people = sum(speaker.messages for speaker in speakers), _people(speakers)
    messages = count(number, "one message", "{n} messages") if number else say("no messages")
    if not people:
        return messages
    authors = count(people, "one person", "{n} people")
    if not newcomers:
        return say("{messages} from {authors}", messages=messages, authors=authors)
    if people == 1:
        return say("{messages} from one person, who is new here", messages=messages)
    new = "all" if newcomers >= people else "one" if newcomers == 1 else str(newcomers)
    return say("{messages} from {authors}, {new} of them new", messages=messages, authors=authors, new=new)


def names_in_words(members: Sequence[int], people: int, most: int = NAMES_SHOWN) -> Text:
    """Up to `most` names, and the number of others. Names do not notify.

    `people` also counts people who cannot be named. A single further member is named rather than counted.
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
    """The two lines of a quiet period."""
    if speakers:
        first = say(
            "A quiet time, {days}: {figures}. You are all caught up.",
            days=days_in_words(period.since, period.until, community.zone),
            figures=figures_in_words(speakers, 0),
        )
    else:
        first = say(
            "It was quiet here {days}, so you have missed nothing.",
            days=days_in_words(period.since, period.until, community.zone),
        )
    following = next_recap(community, period.until, period.until)
    day = local_day_in_words(following, community.zone)
    # Quiet weeks often follow each other, so the second line changes.
    closings = (
        say("Every community has such weeks. See you on {day}.", day=day),
        say("Nothing to catch up on leaves time for other things. See you on {day}.", day=day),
        say("A calm week is a fine week. The next recap comes on {day}.", day=day),
    )
    return [first, closings[period.until.date().toordinal() // 7 % len(closings)]]


def _all_parts(sections: Sequence[Section]) -> list[Part]:
    """The parts of all sections, each under its title; neighbours with one title share it."""
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
