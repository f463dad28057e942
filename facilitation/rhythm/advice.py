"""What to advise for a rhythm whose prompts draw hardly any answers. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from facilitation.core.values.local_time import local_date
from facilitation.rhythm.figures import Average, Response
from facilitation.rhythm.recurrence import MOST_WEEKS, Rule
from storage.rhythm import Deck

IN_A_ROW = 4
ENOUGH = 2
"""A prompt that fewer people answer has few answers."""
COMPARED = 60
"""Prompts over all rhythms from which decks are compared."""


def has_few_answers(responses: Sequence[Response]) -> bool:
    """Whether the last four prompts drew fewer than two people each. Responses are newest first."""
    latest = responses[:IN_A_ROW]
    return len(latest) == IN_A_ROW and all(one.people < ENOUGH for one in latest)


def slower_rule(rule: Rule, last: datetime, zone: str) -> Rule | None:
    """A rule at half the pace or less, on the weekdays of the old one; None if it is slow already.

    `last` is the last prompt, whose weekday is kept where several are given up.
    """
    if rule.freq == "daily" or (rule.freq == "weekly" and rule.every == 1 and len(rule.days) > 2):
        return Rule("weekly", rule.at, days=(local_date(last, zone).weekday(),))
    if rule.freq == "weekly" and rule.every * 2 <= MOST_WEEKS // 2:
        return replace(rule, every=rule.every * 2)
    return None


def better_deck(current: int, decks: Sequence[Deck], by_deck: dict[int, Average]) -> Deck | None:
    """The other deck that draws most answers; if no tried one draws enough, the next untried one.

    Empty decks do not count. None if there is no other deck.
    """
    others = [deck for deck in decks if deck.id != current and deck.ready]
    tried = [deck for deck in others if deck.id in by_deck]
    best = max(tried, key=lambda deck: by_deck[deck.id].people, default=None)
    if best is not None and by_deck[best.id].people >= ENOUGH:
        return best
    ids = [deck.id for deck in decks]
    at = ids.index(current) if current in ids else 0
    untried = [deck for deck in (*decks[at:], *decks[:at]) if deck in others and deck.id not in by_deck]
    return untried[0] if untried else best
