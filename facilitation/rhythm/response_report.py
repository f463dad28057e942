"""How people answered, prompt by prompt, and on average by weekday and by deck; counted on request."""

from typing import Annotated

from facilitation.core.values.cards import Field as Row
from facilitation.core.values.cards import Fields, Item, Items, Small, Text
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import Sayable, card, count, listed, say
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import Average, averages, drew_in_words, responses_to, settled_before
from facilitation.rhythm.rule_words import WEEKDAYS, moment_in_words
from facilitation.rhythm.selection import rhythms_meant
from storage.rhythm import DateOutcome, Decks, Responses, Rhythms

SHOWN = 8
AVERAGED = 40


class ShowAnswers(Command):
    """How people answered the prompts of a rhythm."""

    rhythm: Annotated[int, Hidden]


@feature.action(id="rhythm.show_responses", role=Role.COORDINATOR)
async def show_answers(
    command: ShowAnswers, context: Context, rhythms: Rhythms, decks: Decks, responses: Responses
) -> Effects:
    """The latest prompts, the newest first; averages over those that people have had a day to answer."""
    [rhythm] = await rhythms_meant(rhythms, command.rhythm, "")
    posted = await rhythms.latest(rhythm.id, AVERAGED, DateOutcome.POSTED)
    found = await responses_to(posted, responses)
    if not found:
        return [Reply(card(rhythm.name, "No prompt has been posted yet."))]
    lines = []
    for one in found[:SHOWN]:
        prompt = await decks.prompt(one.dealt.prompt) if one.dealt.prompt is not None else None
        when = moment_in_words(one.dealt.posted_at or one.dealt.at, rhythm.zone)
        words = say("“{words}”", words=prompt.words) if prompt else say("A prompt that was removed")
        lines.append(Item(words, say("{when}: {drew}", when=when, drew=drew_in_words(one))))
    settled = settled_before(found, context.at)
    names = {deck.id: deck.name for deck in await decks.all()}
    by_day = {WEEKDAYS[day]: one for day, one in averages(settled, "weekday", rhythm.zone).items()}
    by_deck = {names.get(deck, "a deck"): one for deck, one in averages(settled, "deck").items()}
    rows = [Row(label, _said(known)) for label, known in (("By day", by_day), ("By deck", by_deck)) if known]
    foot = Small(say("People who answered within a week. Nobody is named, and nothing of it is stored."))
    return [Reply(card(rhythm.name, Items(tuple(lines)), *([Fields(tuple(rows))] if rows else []), foot))]


def _said(known: dict[str, Average]) -> Text:
    ranked = sorted(known.items(), key=lambda entry: -entry[1].people)
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
