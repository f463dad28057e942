"""How people responded to prompts, counted from the diary on request, and the figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from facilitation.core.values.cards import Text
from facilitation.core.values.local_time import local_date, moment_in_words
from facilitation.core.values.speech import count, say
from facilitation.rhythm.services import RhythmServices
from storage.rhythm import DateOutcome, Dealt, Rhythm, Talk

ANSWERED_WITHIN = timedelta(days=7)
"""Later messages do not count as answers."""
CONVERSATION_GAP = timedelta(minutes=30)
"""A longer silence in a channel ends a conversation."""


@dataclass(frozen=True)
class Response:
    """The people who answered a prompt, their replies, and the time until the first one."""

    dealt: Dealt
    people: int
    replies: int
    first_after: timedelta | None


@dataclass(frozen=True)
class Figures:
    """The response to the latest prompt of a rhythm, the outcomes of all its dates, and the latest date."""

    newest: Response | None
    counts: dict[DateOutcome, int]
    last: Dealt | None


async def figures_of(rhythm: Rhythm, services: RhythmServices) -> Figures:
    """The figures of one rhythm."""
    newest = await recent_responses(rhythm, 1, services)
    last = await services.rhythms.latest(rhythm.id, 1)
    return Figures(
        newest[0] if newest else None,
        await services.rhythms.counts(rhythm.id),
        last[0] if last else None,
    )


async def recent_responses(
    rhythm: Rhythm, number: int, services: RhythmServices, *, since: datetime | None = None
) -> list[Response]:
    """The responses to the latest prompts of a rhythm, the newest first, to posts that were delivered."""
    found = []
    for dealt in await services.rhythms.latest(rhythm.id, number, DateOutcome.POSTED, since=since):
        talk = await services.responses.around(dealt.key, ANSWERED_WITHIN)
        if talk is not None:
            found.append(response_to(dealt, talk))
    return found


def response_to(dealt: Dealt, talk: Talk) -> Response:
    """The response to a prompt: replies in its thread, by reference, or in the conversation that it began.

    If people were talking when it was posted, later messages in the channel may belong to their conversation,
    and do not count.
    """
    later = [one for one in talk.messages if one.at >= talk.at]
    replies = [one for one in later if talk.message in (one.thread, one.refers_to)]
    beside = [one for one in talk.messages if not one.thread and not one.refers_to]
    if not any(one.at < talk.at for one in beside):
        last = talk.at
        for one in beside:
            if one.at - last > CONVERSATION_GAP:
                break
            replies.append(one)
            last = one.at
    people = {one.person for one in replies if one.person is not None}
    first = min((one.at for one in replies), default=None)
    return Response(dealt, len(people), len(replies), first - talk.at if first is not None else None)


@dataclass(frozen=True)
class Average:
    """People who answered on average, over a number of prompts."""

    people: float
    prompts: int

    @property
    def in_words(self) -> str:
        """`2.5`, `3`."""
        return f"{self.people:.1f}".removesuffix(".0")


def averages(responses: Sequence[Response], by: str, zone: str = "UTC") -> dict[int, Average]:
    """The averages by `deck` (its id) or by `weekday` (0 is Monday)."""
    found: dict[int, list[int]] = {}
    for one in responses:
        key = (
            one.dealt.deck
            if by == "deck"
            else local_date(one.dealt.posted_at or one.dealt.at, zone).weekday()
        )
        if key is not None:
            found.setdefault(key, []).append(one.people)
    return {key: Average(sum(people) / len(people), len(people)) for key, people in found.items()}


def settled_before(responses: Sequence[Response], at: datetime) -> list[Response]:
    """The responses to prompts that are at least a day old at an instant."""
    return [one for one in responses if at - (one.dealt.posted_at or one.dealt.at) >= timedelta(days=1)]


# Words ---------------------------------------------------------------------------------------------


def history_in_words(rhythm: Rhythm, figures: Figures) -> list[Text]:
    """The response to the latest prompt, and the dates that were not posted."""
    lines: list[Text] = []
    if (newest := figures.newest) is not None:
        when = moment_in_words(newest.dealt.posted_at or newest.dealt.at, rhythm.zone)
        lines.append(say("Last prompt, {when}: {drew}", when=when, drew=response_in_words(newest)))
    last = figures.last
    if last is not None and last.outcome is not DateOutcome.POSTED:
        lines.append(say("{words}", words=_not_posted(rhythm, last)))
    posted, others = figures.counts.get(DateOutcome.POSTED, 0), []
    for outcome, word in (
        (DateOutcome.SKIPPED, "skipped"),
        (DateOutcome.MISSED, "missed"),
        (DateOutcome.FAILED, "failed"),
    ):
        if number := figures.counts.get(outcome, 0):
            others.append(f"{number} {word}")
    if others:
        lines.append(say("So far: {all}", all=", ".join([f"{posted} posted", *others])))
    return lines


def response_in_words(response: Response) -> Text:
    """`4 people, 7 replies, the first after 12 minutes`."""
    if not response.replies:
        return say("no answers")
    people = count(response.people, "one person", "{n} people")
    replies = count(response.replies, "one reply", "{n} replies")
    assert response.first_after is not None
    first = duration_in_words(response.first_after)
    return say("{people}, {replies}, the first after {first}", people=people, replies=replies, first=first)


def duration_in_words(duration: timedelta) -> str:
    """`12 minutes`, `3 hours`, `2 days`: rounded down to the largest unit of which there are two."""
    minutes = max(round(duration / timedelta(minutes=1)), 1)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        number = minutes // size
        if number >= 2 or (size == 1 and number == 1):
            return f"{number} {word}{'s' if number > 1 else ''}"
    raise AssertionError("there is at least a minute")


def _not_posted(rhythm: Rhythm, dealt: Dealt) -> str:
    when = moment_in_words(dealt.at, rhythm.zone)
    match dealt.outcome:
        case DateOutcome.SKIPPED:
            return f"Skipped {when}: {dealt.why}."
        case DateOutcome.MISSED:
            return f"Missed {when}: I was not running."
        case _:
            return f"Could not be posted {when}: {dealt.why}."
