"""Coordinators' replies to advice about a rhythm: slow it down, change its deck, or dismiss the advice."""

from typing import Annotated

from facilitation.core.values.cards import Button, Buttons
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import local_date, moment_in_words
from facilitation.core.values.speech import card, say
from facilitation.rhythm.advice import slower_rule
from facilitation.rhythm.feature import feature
from facilitation.rhythm.rule_words import schedule_in_words
from facilitation.rhythm.schedule import replan, schedule_of
from facilitation.rhythm.selection import get_rhythm
from storage.rhythm import DateOutcome, Decks, Rhythms


class SlowDown(Command):
    """Let a rhythm come less often."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.slow_down", role=Role.COORDINATOR)
async def slow_down(command: SlowDown, context: Context, rhythms: Rhythms) -> Effects:
    """Halve the pace, counted from the last prompt."""
    found = await get_rhythm(rhythms, command.rhythm)
    before = await rhythms.hold(found.id)
    assert before is not None
    posted = await rhythms.latest(before.id, 1, DateOutcome.POSTED)
    last = posted[0].at if posted else context.at
    rule = slower_rule(schedule_of(before).rule, last, before.zone)
    if rule is None:
        raise Refusal("It comes seldom enough already. /coordinate rhythm edit changes anything about it.")
    start = local_date(last, before.zone)
    await rhythms.put(before.id, context.at, rrule=rule.rrule, start=start)
    effects = await replan(rhythms, before, context.at)
    after = await rhythms.get(before.id)
    assert after is not None
    assert after.next_at is not None
    words = say(
        "**{name}** comes {rule} from now on, next on {when}.",
        name=after.name,
        rule=schedule_in_words(schedule_of(after)),
        when=moment_in_words(after.next_at, after.zone),
    )
    return [*effects, Reply(card("", words, tone="good"))]


class ChangeDeck(Command):
    """Let a rhythm draw from another deck."""

    rhythm: Annotated[int, Hidden]
    deck: Annotated[int, Hidden]


@feature.action(id="rhythm.change_deck", role=Role.COORDINATOR)
async def change_deck(command: ChangeDeck, context: Context, rhythms: Rhythms, decks: Decks) -> Effects:
    """Use another deck from the next prompt on."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    deck = await decks.get(command.deck)
    if deck is None or not deck.ready:
        raise Refusal("That deck has no prompts. /coordinate rhythm edit lets you choose another.")
    await rhythms.put(rhythm.id, context.at, deck_id=deck.id, prompt_id=None)
    words = say("**{name}** draws from “{deck}” from now on.", name=rhythm.name, deck=deck.name)
    preview = Buttons((Button("See the next prompt", "rhythm.preview", {"rhythm": rhythm.id}),))
    return [Reply(card("", words, preview, tone="good"))]


class DismissAdvice(Command):
    """Let a rhythm go on as it is."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.dismiss_advice", role=Role.COORDINATOR)
async def dismiss_advice(command: DismissAdvice, context: Context, rhythms: Rhythms) -> Effects:
    """Give no advice until four more prompts are posted."""
    rhythm = await get_rhythm(rhythms, command.rhythm)
    await rhythms.judge_from(rhythm.id, context.at)
    return [Reply(card("", say("**{name}** stays as it is.", name=rhythm.name), tone="good"))]
