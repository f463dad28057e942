"""Rhythms on the home card, in the recap and on the desk."""

from collections.abc import Sequence
from datetime import timedelta

from facilitation.core.features.contributions import DeskItem, Period, Section
from facilitation.core.values.cards import Button, Buttons, Channel, Item, Items, Name, Part, Text
from facilitation.core.values.clock import Clock
from facilitation.core.values.commands import Context
from facilitation.core.values.speech import count, say
from facilitation.rhythm import advice, cards
from facilitation.rhythm.feature import feature
from facilitation.rhythm.figures import Average, Response, averages, recent_responses, settled_before
from facilitation.rhythm.schedule import schedule_of, will_be_posted
from facilitation.rhythm.services import RhythmServices
from storage.communities import Community
from storage.rhythm import Deck, Decks, Leader, Prompt, Rhythm, Rhythms

WEEK = timedelta(days=7)
BUTTONS_AT_MOST = 5
COMING_AT_MOST = 5
LOW = 3
"""A deck with at most this number of unused prompts is running low."""


# Home and recap ------------------------------------------------------------------------------------


@feature.home("dates")
async def next_prompt_and_turns(context: Context, rhythms: Rhythms) -> list[Part]:
    """The next prompt, the reader's turns, and buttons to suggest a prompt and to facilitate."""
    coming = [one for one in await rhythms.all() if will_be_posted(context.community, one)]
    if not coming:
        return []
    soonest = min(coming, key=lambda one: (one.next_at is None, one.next_at))
    assert soonest.next_at is not None
    place = Channel(soonest.space, soonest.place)
    parts: list[Part] = [
        say("Next: **{name}** in {place} on {when}.", name=soonest.name, place=place, when=soonest.next_at)
    ]
    buttons = [Button("Suggest a prompt", "rhythm.suggest_prompt")]
    for rhythm in coming:
        if rhythm.leader is not Leader.ROTATING:
            continue
        if context.member.id in {turn.member for turn in await rhythms.volunteers(rhythm.id)}:
            parts.append(say("You take turns facilitating **{name}**.", name=rhythm.name))
            buttons += cards.turn_buttons(rhythm.id)
        else:
            buttons.append(Button(f"Facilitate {rhythm.name}", "rhythm.volunteer", {"rhythm": rhythm.id}))
    return [*parts, Buttons(tuple(buttons[:BUTTONS_AT_MOST]))]


@feature.recap("coming")
async def coming_up(period: Period, community: Community, rhythms: Rhythms) -> Section | None:
    """The prompts of the week after the recap. They are no news, so the section has no weight."""
    coming = [
        one
        for one in await rhythms.all()
        if will_be_posted(community, one) and one.next_at is not None and one.next_at < period.until + WEEK
    ]
    if not coming:
        return None
    coming.sort(key=lambda one: (one.next_at is None, one.next_at))
    lines = Items(tuple(_line(one) for one in coming[:COMING_AT_MOST]))
    return Section("Coming up", (lines,), weight=0)


def _line(rhythm: Rhythm) -> Item:
    assert rhythm.next_at is not None
    place = Channel(rhythm.space, rhythm.place)
    return Item(say("**{name}** in {place} on {when}", name=rhythm.name, place=place, when=rhythm.next_at))


# The desk: decks -----------------------------------------------------------------------------------


@feature.desk("decks")
async def decks_that_wait(community: Community, rhythms: Rhythms, decks: Decks) -> list[DeskItem]:
    """Members' suggestions, and decks in use that run low."""
    known = {deck.id: deck for deck in await decks.all()}
    items = [_suggestion(prompt, known[prompt.deck]) for prompt in await decks.suggestions()]
    used = dict.fromkeys(rhythm.deck for rhythm in await rhythms.all() if not rhythm.paused)
    return items + [_low_deck(known[deck]) for deck in used if known[deck].left <= LOW]


def _suggestion(prompt: Prompt, deck: Deck) -> DeskItem:
    who = Name(prompt.by) if prompt.by is not None else say("Somebody")
    return DeskItem(
        say("{who} suggests for “{deck}”: “{words}”", who=who, deck=deck.name, words=prompt.words),
        say("If ignored: it waits."),
        (
            Button("Take it", "rhythm.approve_prompt", {"prompt": prompt.id}, style="primary"),
            Button("Put away", "rhythm.decline_prompt", {"prompt": prompt.id}),
        ),
    )


def _low_deck(deck: Deck) -> DeskItem:
    if not deck.ready:
        text = say("The deck “{deck}” is empty.", deck=deck.name)
        ignored = say("If ignored: its rhythm skips.")
    else:
        text = count(
            deck.left,
            "One prompt of “{deck}” is still to come in this round.",
            "{n} prompts of “{deck}” are still to come in this round.",
            deck=deck.name,
        )
        ignored = say("If ignored: I begin again with the oldest.")
    return DeskItem(text, ignored, (Button("Add prompts", "rhythm.add_prompts", {"deck": deck.id}),))


# The desk: advice ----------------------------------------------------------------------------------


@feature.desk("advice")
async def rhythms_in_trouble(community: Community, clock: Clock, services: RhythmServices) -> list[DeskItem]:
    """Rhythms without a channel, and rhythms whose last prompts drew hardly any answers."""
    items: list[DeskItem] = []
    for rhythm in await services.rhythms.all():
        if rhythm.gone:
            text = say("**{name}** has lost its channel.", name=rhythm.name)
            change = Button("Choose another", "rhythm.draft_change", {"rhythm": rhythm.id})
            items.append(DeskItem(text, say("If ignored: its dates are skipped."), (change,)))
            continue
        if rhythm.is_paused(clock.now()):
            continue
        latest = await recent_responses(rhythm, advice.IN_A_ROW + 2, services, since=rhythm.judged_from)
        responses = settled_before(latest, clock.now())
        if advice.has_few_answers(responses):
            items.append(await _advice(rhythm, responses, services))
    return items


async def _advice(rhythm: Rhythm, responses: Sequence[Response], services: RhythmServices) -> DeskItem:
    drew = ", ".join(str(one.people) for one in reversed(responses[: advice.IN_A_ROW]))
    buttons = []
    slower = advice.slower_rule(schedule_of(rhythm).rule, responses[0].dealt.at, rhythm.zone)
    if slower is not None:
        label = "Every two weeks instead" if slower.every == 2 else "Less often instead"
        buttons.append(Button(label, "rhythm.slow_down", {"rhythm": rhythm.id}))
    text = say(
        "**{name}**: the last four prompts were answered by {drew} people.", name=rhythm.name, drew=drew
    )
    by_deck = averages(await _responses_of_all(services), "deck")
    other = advice.better_deck(rhythm.deck, await services.decks.all(), by_deck)
    if other is not None:
        text = say("{text} {hint}", text=text, hint=_hint(other, by_deck))
        buttons.append(Button("Other deck", "rhythm.change_deck", {"rhythm": rhythm.id, "deck": other.id}))
    buttons.append(Button("Leave it", "rhythm.dismiss_advice", {"rhythm": rhythm.id}))
    return DeskItem(text, say("If ignored: it goes on as it is."), tuple(buttons))


def _hint(deck: Deck, by_deck: dict[int, Average]) -> Text:
    average = by_deck.get(deck.id)
    if average is None:
        return say("“{deck}” has not been tried yet.", deck=deck.name)
    return count(
        average.prompts,
        "“{deck}” drew {people} people with one prompt.",
        "“{deck}” drew {people} people per prompt, over {n}.",
        deck=deck.name,
        people=average.in_words,
    )


async def _responses_of_all(services: RhythmServices) -> list[Response]:
    """Responses to the latest prompts of all rhythms, from which decks are compared."""
    found: list[Response] = []
    rhythms = await services.rhythms.all()
    for rhythm in rhythms:
        each = max(advice.COMPARED // len(rhythms), advice.IN_A_ROW)
        found += await recent_responses(rhythm, each, services)
    return found
