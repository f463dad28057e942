"""A prompt at its time, asked for by the clock alone: posted once, or written down why not."""

from datetime import datetime, timedelta

from facilitation.core.features.contributions import EventContext
from facilitation.core.values.cards import Card, Channel, Part, Small
from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later, Post
from facilitation.core.values.events import PostFailed
from facilitation.core.values.speech import card, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.holidays import holiday_of
from facilitation.rhythm.recurrence import Occurrence
from facilitation.rhythm.schedule import GRACE, Beat, dates_due, key_of, missed, planned
from storage.communities import Community, Member, People
from storage.rhythm import (
    DateOutcome,
    Decks,
    Leader,
    Prompt,
    PromptState,
    Responses,
    Rhythm,
    Rhythms,
)

YIELDS_FOR = timedelta(hours=1)
LOOKS_AGAIN = timedelta(minutes=5)
JUST_NOW = timedelta(minutes=10)
"""A channel in which somebody wrote so lately is in conversation."""


@feature.action(id="rhythm.beat")
async def beat(
    command: Beat, due: Due, people: People, rhythms: Rhythms, decks: Decks, responses: Responses
) -> Effects:
    """Deal with every date up to now, the newest within the grace being the one that is posted."""
    rhythm = await rhythms.hold(command.rhythm)
    if rhythm is None:
        return []
    dates = dates_due(rhythm, due.at)
    if not dates:
        return await planned(rhythms, rhythm.id, due.at, due.at)
    *gone, newest = dates
    for one in gone:
        await missed(rhythms, rhythm, one)
    effects: Effects = []
    why = why_not(due.community, rhythm, newest, due.at)
    if due.at - newest.at > GRACE:
        await missed(rhythms, rhythm, newest)
    elif why:
        await _skipped(rhythms, rhythm, newest, why)
    elif await _waits(rhythm, newest, due.at, responses):
        if gone:
            await rhythms.plan(rhythm.id, newest.day, newest.at)
        again = min(due.at + LOOKS_AGAIN, newest.at + YIELDS_FOR)
        return [Later(again, Beat(rhythm=rhythm.id, day=newest.day, at=newest.at), due.key)]
    else:
        effects = await _posted(rhythm, newest, due.at, people, rhythms, decks)
    return [*effects, *await planned(rhythms, rhythm.id, max(due.at, newest.at), due.at)]


def why_not(community: Community, rhythm: Rhythm, date_of: Occurrence, at: datetime) -> str:
    """Why a prompt is skipped, as it is written down and told; empty if it is not."""
    if community.begun_at is None:
        return "we had not begun"
    if community.is_hushed(at):
        return "hushed"
    if rhythm.is_paused(at):
        return "paused"
    if rhythm.gone:
        return "its channel is gone"
    return holiday_of(community, rhythm, date_of.day)


async def prompt_for(rhythm: Rhythm, decks: Decks) -> Prompt | None:
    """The prompt that comes next: the one that its facilitator was told, else whichever waits the longest."""
    following = await decks.next(rhythm.deck)
    told = await decks.prompt(rhythm.prompt) if rhythm.prompt is not None else None
    if told is None or following is None:
        return following
    is_fresh = told.deck == rhythm.deck and told.state is PromptState.READY and told.uses <= following.uses
    return told if is_fresh else following


def prompt_card(rhythm: Rhythm, prompt: Prompt, host: Member | None) -> Card:
    """A prompt as it is posted."""
    parts: list[Part] = [say("{words}", words=prompt.words)]
    if host is not None:
        parts.append(Small(say("{who} looks after the answers.", who=host)))
    return card(rhythm.name, *parts)


async def host_of(rhythm: Rhythm, people: People) -> Member | None:
    """Who looks after the next date, if they are still here."""
    host = await people.member(rhythm.host) if rhythm.host is not None else None
    return host if host is not None and host.left_at is None else None


def post(rhythm: Rhythm, shown: Card, key: str) -> Post:
    """The post itself: hush stops it, and nobody wants it hours late."""
    return Post(Channel(rhythm.space, rhythm.place), shown, key, hushable=True, stale=GRACE)


async def _posted(
    rhythm: Rhythm, date_of: Occurrence, at: datetime, people: People, rhythms: Rhythms, decks: Decks
) -> Effects:
    prompt = await prompt_for(rhythm, decks)
    if prompt is None:
        await _skipped(rhythms, rhythm, date_of, "its deck is empty")
        return []
    key = key_of(rhythm.id, date_of.day)
    is_new = await rhythms.record(
        rhythm.id,
        key,
        date_of.day,
        date_of.at,
        DateOutcome.POSTED,
        prompt=prompt.id,
        deck=rhythm.deck,
        posted_at=at,
    )
    if not is_new:
        return []
    await decks.use(prompt.id, at)
    host = await host_of(rhythm, people)
    if host is not None and rhythm.leader is Leader.ROTATING:
        await rhythms.took_turn(rhythm.id, host.id, at)
    return [post(rhythm, prompt_card(rhythm, prompt, host), key)]


async def _waits(rhythm: Rhythm, date_of: Occurrence, at: datetime, responses: Responses) -> bool:
    """Whether people are talking there, and the prompt may still wait for them."""
    if not rhythm.yields or at - date_of.at >= YIELDS_FOR:
        return False
    return await responses.talked_since(rhythm.channel, at - JUST_NOW)


async def _skipped(rhythms: Rhythms, rhythm: Rhythm, date_of: Occurrence, why: str) -> None:
    key = key_of(rhythm.id, date_of.day)
    await rhythms.record(rhythm.id, key, date_of.day, date_of.at, DateOutcome.SKIPPED, why=why)


@feature.on(PostFailed, when=lambda fact: fact.post.startswith("rhythm:"))
async def on_unsaid(context: EventContext, rhythms: Rhythms, decks: Decks) -> Effects:
    """A prompt that nobody has read comes again; that it was not posted is written down."""
    assert isinstance(context.event, PostFailed)
    outcome = {"hushed": DateOutcome.SKIPPED, "stale": DateOutcome.MISSED}.get(
        context.event.why, DateOutcome.FAILED
    )
    dealt = await rhythms.mark_failed(context.event.post, outcome, context.event.why)
    if dealt is not None and dealt.prompt is not None:
        await decks.give_back(dealt.prompt)
    return []
