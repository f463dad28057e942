"""Coordinators' command for how people answered the prompts of a rhythm."""

from typing import Annotated

from facilitation.core.values.cards import Field as Row
from facilitation.core.values.cards import Fields, Item, Items, Small, Text
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.local_time import moment_in_words
from facilitation.core.values.speech import Sayable, card, count, listed, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import (
    Average,
    averages,
    recent_responses,
    response_in_words,
    settled_before,
)
from facilitation.rhythm.rule_words import WEEKDAYS
from facilitation.rhythm.selection import get_rhythm
from facilitation.rhythm.services import RhythmServices

SHOWN = 8
AVERAGED = 40


class ShowResponses(Command):
    """How people answered the prompts of a rhythm."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.show_responses", role=Role.COORDINATOR, read_only=True)
async def show_responses(command: ShowResponses, context: Context, services: RhythmServices) -> Effects:
    """The responses to the latest prompts, and averages by weekday and by deck.

    Averages omit prompts that are less than a day old.
    """
    rhythm = await get_rhythm(services.rhythms, command.rhythm)
    found = await recent_responses(rhythm, AVERAGED, services)
    if not found:
        return [Reply(card(rhythm.name, "No prompt has been posted yet."))]
    lines = []
    for one in found[:SHOWN]:
        prompt = await services.decks.prompt(one.dealt.prompt) if one.dealt.prompt is not None else None
        when = moment_in_words(one.dealt.posted_at or one.dealt.at, rhythm.zone)
        words = say("“{words}”", words=prompt.words) if prompt else say("A prompt that was removed")
        lines.append(Item(words, say("{when}: {drew}", when=when, drew=response_in_words(one))))
    settled = settled_before(found, context.at)
    names = {deck.id: deck.name for deck in await services.decks.all()}
    by_day = {WEEKDAYS[day]: one for day, one in averages(settled, "weekday", rhythm.zone).items()}
    by_deck = {names.get(deck, "a deck"): one for deck, one in averages(settled, "deck").items()}
    rows = [
        Row(label, _averages_in_words(by)) for label, by in (("By day", by_day), ("By deck", by_deck)) if by
    ]
    foot = Small(say("People who answered within a week. Nobody is named, and nothing of it is stored."))
    return [Reply(card(rhythm.name, Items(tuple(lines)), *([Fields(tuple(rows))] if rows else []), foot))]


def _averages_in_words(by_name: dict[str, Average]) -> Text:
    ranked = sorted(by_name.items(), key=lambda entry: -entry[1].people)
    lines: list[Sayable] = [
        count(
            one.prompts,
            "{name} {people} with one prompt",
            "{name} {people} on average of {n}",
            name=name,
            people=one.in_words,
        )
        for name, one in ranked
    ]
    return listed(lines)
