"""What the clock does for rhythms: it posts prompts, and notifies the facilitator the day before."""

from datetime import datetime, timedelta

from facilitation.core.values.commands import Due
from facilitation.core.values.effects import Effects, Later
from facilitation.rhythm import cards, keys
from facilitation.rhythm.feature import feature
from facilitation.rhythm.posting import facilitator_of, next_prompt, prompt_post
from facilitation.rhythm.recurrence import Occurrence
from facilitation.rhythm.schedule import (
    GRACE,
    NotifyFacilitator,
    PostDuePrompt,
    dates_due,
    plan_next,
    record_missed,
    record_skipped,
    skip_reason,
)
from facilitation.rhythm.services import RhythmServices
from facilitation.rhythm.turns import notify_next_facilitator
from storage.rhythm import DateOutcome, Leader, Responses, Rhythm

YIELDS_FOR = timedelta(hours=1)
"""How long a prompt may wait for a conversation in its channel to end."""
YIELD_RETRY = timedelta(minutes=5)
IN_CONVERSATION = timedelta(minutes=10)
"""A channel is in conversation this long after a message."""


@feature.action(id="rhythm.post_due_prompt")
async def post_due_prompt(command: PostDuePrompt, due: Due, services: RhythmServices) -> Effects:
    """Post the newest date that is due, if it is within the grace; record older dates as missed."""
    rhythms = services.rhythms
    rhythm = await rhythms.hold(command.rhythm)
    if rhythm is None:
        return []
    dates = dates_due(rhythm, due.at)
    if not dates:
        return await plan_next(rhythms, rhythm.id, due.at, due.at)
    *older, newest = dates
    for one in older:
        await record_missed(rhythms, rhythm, one)
    effects: Effects = []
    why = skip_reason(due.community, rhythm, newest, due.at)
    if due.at - newest.at > GRACE:
        await record_missed(rhythms, rhythm, newest)
    elif why:
        await record_skipped(rhythms, rhythm, newest, why)
    elif await _yields(rhythm, newest, due.at, services.responses):
        if older:
            await rhythms.plan(rhythm.id, newest.day, newest.at)
        again = min(due.at + YIELD_RETRY, newest.at + YIELDS_FOR)
        return [Later(again, PostDuePrompt(rhythm=rhythm.id, day=newest.day, at=newest.at), due.key)]
    else:
        effects = await _post(rhythm, newest, due.at, services)
    return [*effects, *await plan_next(rhythms, rhythm.id, max(due.at, newest.at), due.at)]


async def _post(rhythm: Rhythm, occurrence: Occurrence, at: datetime, services: RhythmServices) -> Effects:
    """Record and post the prompt of a date; nothing if the date is recorded already."""
    rhythms, decks = services.rhythms, services.decks
    prompt = await next_prompt(rhythm, decks)
    if prompt is None:
        await record_skipped(rhythms, rhythm, occurrence, "its deck is empty")
        return []
    key = keys.prompt(rhythm.id, occurrence.day)
    is_new = await rhythms.record(
        rhythm.id,
        key,
        occurrence.day,
        occurrence.at,
        DateOutcome.POSTED,
        prompt=prompt.id,
        deck=rhythm.deck,
        posted_at=at,
    )
    if not is_new:
        return []
    await decks.use(prompt.id, at)
    facilitator = await facilitator_of(rhythm, services.people)
    if facilitator is not None and rhythm.leader is Leader.ROTATING:
        await rhythms.took_turn(rhythm.id, facilitator.id, at)
    return [prompt_post(rhythm, cards.prompt(rhythm, prompt, facilitator), key)]


async def _yields(rhythm: Rhythm, occurrence: Occurrence, at: datetime, responses: Responses) -> bool:
    """Whether the prompt still waits for a conversation in its channel."""
    if not rhythm.yields or at - occurrence.at >= YIELDS_FOR:
        return False
    return await responses.talked_since(rhythm.channel, at - IN_CONVERSATION)


@feature.action(id="rhythm.notify_facilitator")
async def notify_facilitator(command: NotifyFacilitator, due: Due, services: RhythmServices) -> Effects:
    """Tell the facilitator of the next date, unless that date will be skipped."""
    rhythm = await services.rhythms.hold(command.rhythm)
    if rhythm is None or rhythm.next_day != command.day or rhythm.next_at is None:
        return []
    if skip_reason(due.community, rhythm, Occurrence(command.day, rhythm.next_at), due.at):
        return []
    return await notify_next_facilitator(rhythm, services)
