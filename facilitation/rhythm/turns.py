"""Whose turn it is to facilitate, and the message that tells them."""

from facilitation.core.values.cards import Direct
from facilitation.core.values.effects import Effects, Post
from facilitation.rhythm import cards, keys
from facilitation.rhythm.posting import next_prompt
from facilitation.rhythm.services import RhythmServices
from storage.communities import Member
from storage.rhythm import Leader, Rhythm


async def notify_next_facilitator(
    rhythm: Rhythm, services: RhythmServices, *, except_for: frozenset[int] = frozenset()
) -> Effects:
    """Choose and tell the facilitator of the next date; nobody if nobody is available.

    The message is part of what the facilitator joined, so it is not unsolicited.
    """
    facilitator = await _choose(rhythm, services, except_for)
    prompt = await next_prompt(rhythm, services.decks)
    await services.rhythms.set_next(
        rhythm.id,
        host=facilitator.id if facilitator is not None else None,
        agreed=False,
        prompt=prompt.id if prompt is not None else None,
    )
    if facilitator is None or prompt is None:
        return []
    key = keys.turn(rhythm.id, rhythm.next_day, facilitator.id)
    return [Post(Direct(facilitator.id), cards.your_turn(rhythm, prompt), key)]


async def _choose(rhythm: Rhythm, services: RhythmServices, except_for: frozenset[int]) -> Member | None:
    """The fixed facilitator, or the volunteer who has waited longest and is not away on that day."""
    assert rhythm.next_day is not None
    if rhythm.leader is Leader.FIXED:
        candidates = [rhythm.led_by] if rhythm.led_by is not None else []
    else:
        turns = await services.rhythms.volunteers(rhythm.id)
        candidates = [
            turn.member
            for turn in turns
            if (turn.away_until is None or turn.away_until <= rhythm.next_day)
            and turn.passed_day != rhythm.next_day
        ]
    for candidate in candidates:
        found = await services.people.member(candidate) if candidate not in except_for else None
        if found is not None and found.left_at is None:
            return found
    return None
