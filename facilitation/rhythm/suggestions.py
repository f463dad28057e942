"""When prompts fall flat: a suggestion on the desk with the figures. Nothing is changed by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from facilitation.core.features.contributions import DeskItem
from facilitation.core.values.cards import Button, Buttons, Card, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import local_date
from facilitation.core.values.speech import card, count, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import Average, Response, averages, responses_to, settled_before
from facilitation.rhythm.recurrence import MOST_WEEKS, Rule
from facilitation.rhythm.rule_words import moment_in_words, with_zone
from facilitation.rhythm.schedule import planned_anew, schedule_of
from facilitation.rhythm.selection import rhythms_meant
from storage.communities import Community
from storage.rhythm import DateOutcome, Deck, Decks, Responses, Rhythm, Rhythms

IN_A_ROW = 4
ENOUGH = 2
"""People who answer: with fewer a prompt has fallen flat."""
REMEMBERED = 60
"""Prompts over all rhythms from which a deck is judged."""


# Judging, purely -----------------------------------------------------------------------------------


def fell_flat(responses: Sequence[Response]) -> bool:
    """Whether the last four drew fewer than two people each; newest first."""
    last = responses[:IN_A_ROW]
    return len(last) == IN_A_ROW and all(one.people < ENOUGH for one in last)


def slower(rule: Rule, last: datetime, zone: str) -> Rule | None:
    """A beat at half the pace or less, on the same days; None where it is slow enough."""
    if rule.freq == "daily" or (rule.freq == "weekly" and rule.every == 1 and len(rule.days) > 2):
        return Rule("weekly", rule.at, days=(local_date(last, zone).weekday(),))
    if rule.freq == "weekly" and rule.every * 2 <= MOST_WEEKS // 2:
        return replace(rule, every=rule.every * 2)
    return None


def other_deck(current: int, decks: Sequence[Deck], known: dict[int, Average]) -> Deck | None:
    """The deck that people answer most; while none other was tried, the next in the list that has prompts."""
    others = [deck for deck in decks if deck.id != current and deck.ready]
    tried = [deck for deck in others if deck.id in known]
    best = max(tried, key=lambda deck: known[deck.id].people, default=None)
    if best is not None and known[best.id].people >= ENOUGH:
        return best
    ids = [deck.id for deck in decks]
    at = ids.index(current) if current in ids else 0
    in_turn = [deck for deck in (*decks[at:], *decks[:at]) if deck in others and deck.id not in known]
    return in_turn[0] if in_turn else best


# The desk ------------------------------------------------------------------------------------------


@feature.desk("advice")
async def flat_rhythms(
    community: Community, clock: Clock, rhythms: Rhythms, decks: Decks, responses: Responses
) -> list[DeskItem]:
    """Rhythms whose last four prompts drew fewer than two people each; and those that lost their channel."""
    items: list[DeskItem] = []
    for rhythm in await rhythms.all():
        if rhythm.gone:
            text = say("**{name}** has lost its channel.", name=rhythm.name)
            change = Button("Choose another", "rhythm.change", {"rhythm": rhythm.id})
            items.append(DeskItem(text, say("If ignored: its dates are skipped."), (change,)))
            continue
        if rhythm.is_paused(clock.now()):
            continue
        judged = await _judged(rhythm, clock.now(), rhythms, responses)
        if fell_flat(judged):
            items.append(await _flat(rhythm, judged, rhythms, decks, responses))
    return items


async def _judged(rhythm: Rhythm, at: datetime, rhythms: Rhythms, responses: Responses) -> list[Response]:
    """The latest prompts that people have had a day to answer, since it was last changed."""
    posted = await rhythms.latest(rhythm.id, IN_A_ROW + 2, DateOutcome.POSTED, since=rhythm.judged_from)
    return settled_before(await responses_to(posted, responses), at)


async def _flat(
    rhythm: Rhythm, judged: Sequence[Response], rhythms: Rhythms, decks: Decks, responses: Responses
) -> DeskItem:
    drew = ", ".join(str(one.people) for one in reversed(judged[:IN_A_ROW]))
    buttons = []
    rule = schedule_of(rhythm).rule
    easier = slower(rule, judged[0].dealt.at, rhythm.zone)
    if easier is not None:
        label = "Every two weeks instead" if easier.every == 2 else "Less often instead"
        buttons.append(Button(label, "rhythm.slow_down", {"rhythm": rhythm.id}))
    text = say(
        "**{name}**: the last four prompts were answered by {drew} people.", name=rhythm.name, drew=drew
    )
    known = averages(await _remembered(rhythms, responses), "deck")
    other = other_deck(rhythm.deck, await decks.all(), known)
    if other is not None:
        text = say("{text} {hint}", text=text, hint=_hint(other, known))
        buttons.append(Button("Other deck", "rhythm.change_deck", {"rhythm": rhythm.id, "deck": other.id}))
    buttons.append(Button("Leave it", "rhythm.leave_it", {"rhythm": rhythm.id}))
    return DeskItem(text, say("If ignored: it goes on as it is."), tuple(buttons))


def _hint(deck: Deck, known: dict[int, Average]) -> Text:
    average = known.get(deck.id)
    if average is None:
        return say("“{deck}” has not been tried yet.", deck=deck.name)
    return count(
        average.prompts,
        "“{deck}” drew {people} people with one prompt.",
        "“{deck}” drew {people} people per prompt, over {n}.",
        deck=deck.name,
        people=average.in_words,
    )


async def _remembered(rhythms: Rhythms, responses: Responses) -> list[Response]:
    found: list[Response] = []
    there = await rhythms.all()
    for rhythm in there:
        posted = await rhythms.latest(rhythm.id, max(REMEMBERED // len(there), IN_A_ROW), DateOutcome.POSTED)
        found += await responses_to(posted, responses)
    return found


# One press -----------------------------------------------------------------------------------------


class SlowDown(Command):
    """Let a rhythm come less often."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.slow_down", role=Role.COORDINATOR)
async def slow_down(command: SlowDown, context: Context, rhythms: Rhythms) -> Effects:
    """Half the pace, counted from the last prompt."""
    [found] = await rhythms_meant(rhythms, command.rhythm, "")
    before = await rhythms.hold(found.id)
    assert before is not None
    posted = await rhythms.latest(before.id, 1, DateOutcome.POSTED)
    last = posted[0].at if posted else context.at
    rule = slower(schedule_of(before).rule, last, before.zone)
    if rule is None:
        raise Refusal("It comes seldom enough already. /coordinate rhythm edit changes anything about it.")
    start = local_date(last, before.zone)
    await rhythms.put(before.id, context.at, rrule=rule.rrule, start=start)
    effects = await planned_anew(rhythms, before, context.at)
    return [*effects, Reply(await _changed(before.id, rhythms))]


class ChangeDeck(Command):
    """Let a rhythm draw from another deck."""

    rhythm: Annotated[int, Hidden]
    deck: Annotated[int, Hidden]


@feature.action(id="rhythm.change_deck", role=Role.COORDINATOR)
async def change_deck(command: ChangeDeck, context: Context, rhythms: Rhythms, decks: Decks) -> Effects:
    """From the next prompt on."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    deck = await decks.get(command.deck)
    if deck is None or not deck.ready:
        raise Refusal("That deck has no prompts. /coordinate rhythm edit lets you choose another.")
    await rhythms.put(rhythm.id, context.at, deck_id=deck.id, prompt_id=None)
    words = say("**{name}** draws from “{deck}” from now on.", name=rhythm.name, deck=deck.name)
    preview = Buttons((Button("See the next prompt", "rhythm.preview", {"rhythm": rhythm.id}),))
    return [Reply(card("", words, preview, tone="good"))]


class LeaveIt(Command):
    """Let a rhythm go on as it is."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.leave_it", role=Role.COORDINATOR)
async def leave_it(command: LeaveIt, context: Context, rhythms: Rhythms) -> Effects:
    """The next four prompts are judged afresh."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    await rhythms.judge_from(rhythm.id, context.at)
    return [Reply(card("", say("**{name}** stays as it is.", name=rhythm.name), tone="good"))]


async def _changed(number: int, rhythms: Rhythms) -> Card:
    rhythm = await rhythms.get(number)
    assert rhythm is not None
    assert rhythm.next_at is not None
    words = say(
        "**{name}** comes {rule} from now on, next on {when}.",
        name=rhythm.name,
        rule=with_zone(schedule_of(rhythm)),
        when=moment_in_words(rhythm.next_at, rhythm.zone),
    )
    return card("", words, tone="good")
