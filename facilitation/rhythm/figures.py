"""What people answered to prompts, counted from the diary when it is asked for; and the figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from facilitation.core.values.cards import Text
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import count, say
from facilitation.rhythm.rule_words import moment_in_words
from storage.rhythm import DateOutcome, Dealt, Responses, Rhythm, Rhythms, Talk

LASTING = timedelta(days=7)
"""Whatever comes later is hardly an answer any more."""
GAP = timedelta(minutes=30)
"""A conversation in a channel ends with a silence as long as this."""


@dataclass(frozen=True)
class Response:
    """To one prompt: how many people answered, with how many replies, the first how long after it."""

    dealt: Dealt
    people: int
    replies: int
    first_after: timedelta | None


@dataclass(frozen=True)
class Figures:
    """What the latest prompt of a rhythm drew, and what became of all of its dates."""

    newest: Response | None
    counts: dict[DateOutcome, int]
    last: Dealt | None


async def figures_of(rhythm: Rhythm, rhythms: Rhythms, responses: Responses) -> Figures:
    """The figures of one rhythm."""
    posted = await rhythms.latest(rhythm.id, 1, DateOutcome.POSTED)
    last = await rhythms.latest(rhythm.id, 1)
    return Figures(
        next(iter(await responses_to(posted, responses)), None),
        await rhythms.counts(rhythm.id),
        last[0] if last else None,
    )


async def responses_to(posted: Sequence[Dealt], responses: Responses) -> list[Response]:
    """What people answered to these; those that are not said yet are left out."""
    found = []
    for dealt in posted:
        talk = await responses.around(dealt.key, LASTING)
        if talk is not None:
            found.append(response_to(dealt, talk))
    return found


def response_to(dealt: Dealt, talk: Talk) -> Response:
    """Who answered: in its thread, by reference, or in the conversation that began with it.

    Where people were talking before it came, what follows in the channel may be their conversation still, and
    does not count.
    """
    replies = [one for one in talk.heard if one.at >= talk.at and talk.message in (one.thread, one.refers_to)]
    beside = [one for one in talk.heard if not one.thread and not one.refers_to]
    if not any(one.at < talk.at for one in beside):
        last = talk.at
        for one in beside:
            if one.at - last > GAP:
                break
            replies.append(one)
            last = one.at
    people = {one.person for one in replies if one.person is not None}
    first = min((one.at for one in replies), default=None)
    return Response(dealt, len(people), len(replies), first - talk.at if first is not None else None)


@dataclass(frozen=True)
class Average:
    """People per prompt of a deck or on a weekday, over so many prompts."""

    people: float
    prompts: int

    @property
    def in_words(self) -> str:
        """`2.5`, `3`."""
        return f"{self.people:.1f}".removesuffix(".0")


def averages(responses: Sequence[Response], by: str, zone: str = "UTC") -> dict[int, Average]:
    """People per prompt, by `deck` (its id) or by `weekday` (0 is Monday)."""
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
    """Those that people have had a day to answer."""
    return [one for one in responses if at - (one.dealt.posted_at or one.dealt.at) >= timedelta(days=1)]


# Words ---------------------------------------------------------------------------------------------


def last_in_words(rhythm: Rhythm, figures: Figures) -> list[Text]:
    """What the last prompt drew, and which dates were left out."""
    lines: list[Text] = []
    if (newest := figures.newest) is not None:
        when = moment_in_words(newest.dealt.posted_at or newest.dealt.at, rhythm.zone)
        lines.append(say("Last prompt, {when}: {drew}", when=when, drew=drew_in_words(newest)))
    last = figures.last
    if last is not None and last.outcome is not DateOutcome.POSTED:
        lines.append(say("{left_out}", left_out=_left_out(rhythm, last)))
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


def drew_in_words(response: Response) -> Text:
    """`4 people, 7 replies, the first after 12 minutes`."""
    if not response.replies:
        return say("no answers")
    people = count(response.people, "one person", "{n} people")
    replies = count(response.replies, "one reply", "{n} replies")
    assert response.first_after is not None
    first = span_in_words(response.first_after)
    return say("{people}, {replies}, the first after {first}", people=people, replies=replies, first=first)


def span_in_words(span: timedelta) -> str:
    """`12 minutes`, `3 hours`, `2 days`: as exact as anybody cares."""
    minutes = max(round(span / timedelta(minutes=1)), 1)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        number = minutes // size
        if number >= 2 or (size == 1 and number == 1):
            return f"{number} {word}{'s' if number > 1 else ''}"
    raise AssertionError("there is at least a minute")


def _left_out(rhythm: Rhythm, dealt: Dealt) -> str:
    when = moment_in_words(dealt.at, rhythm.zone)
    match dealt.outcome:
        case DateOutcome.SKIPPED:
            return f"Skipped {when}: {dealt.why}."
        case DateOutcome.MISSED:
            return f"Missed {when}: I was not running."
        case _:
            return f"Could not be posted {when}: {dealt.why}."
