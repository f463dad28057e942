"""Drafts of rhythms: checked, shown in words with their next dates, and stored until *Save*."""

from datetime import date, time

import msgspec
from msgspec import Struct

from facilitation.core.values.cards import Button, Buttons, Channel, Fields, Name, Small
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Context
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.local_time import moment_in_words
from facilitation.core.values.speech import card, count, say
from facilitation.rhythm.recurrence import Rule, Schedule, upcoming
from facilitation.rhythm.rule_words import schedule_in_words
from facilitation.rhythm.services import RhythmServices
from storage.communities import Community
from storage.rhythm import Decks, Leader, Rhythm, Rhythms

RHYTHMS_AT_MOST = 20
DATES_SHOWN = 4


class Draft(Struct, frozen=True):
    """A rhythm as it was filled in, not saved yet. It is stored as JSON."""

    name: str
    channel: int
    space: int
    place: str
    deck: int
    rrule: str
    at: time
    zone: str
    start: date
    leader: str = Leader.NONE.value
    led_by: int | None = None
    holidays: bool = True
    yields: bool = False

    @property
    def schedule(self) -> Schedule:
        """When its prompts would be posted."""
        return Schedule(Rule.of(self.rrule, self.at), self.zone, self.start)


def draft_of(rhythm: Rhythm) -> Draft:
    """A draft with the stored values of a rhythm."""
    return Draft(
        name=rhythm.name,
        channel=rhythm.channel,
        space=rhythm.space,
        place=rhythm.place,
        deck=rhythm.deck,
        rrule=rhythm.rrule,
        at=rhythm.at,
        zone=rhythm.zone,
        start=rhythm.start,
        leader=rhythm.leader.value,
        led_by=rhythm.led_by,
        holidays=rhythm.holidays,
        yields=rhythm.yields,
    )


async def show_draft(
    draft: Draft, before: Rhythm | None, context: Context, services: RhythmServices
) -> Effects:
    """Store a draft and show it in words, with its next dates and a button to save it.

    `before` is the rhythm that it changes. Raises Refusal as `check_draft` does.
    """
    rhythms, decks = services.rhythms, services.decks
    number = before.id if before is not None else None
    await check_draft(draft, number, rhythms, decks)
    stored = await rhythms.draft(context.member.id, msgspec.json.encode(draft).decode(), context.at, number)
    if stored is None:
        raise Refusal("That rhythm is no longer there. /coordinate rhythm new makes one.")
    past = before.done_day if before is not None else None
    dates = upcoming(draft.schedule, context.at, DATES_SHOWN, past)
    deck = await decks.get(draft.deck)
    assert deck is not None
    rows = (
        Row("Where", say("{place}", place=Channel(draft.space, draft.place))),
        Row("When", say("{words}", words=schedule_in_words(draft.schedule))),
        Row(
            "Next",
            say("{dates}", dates="\n".join(moment_in_words(one.at, draft.zone) for one in dates)),
        ),
        Row("Deck", count(deck.ready, "{name}, one prompt", "{name}, {n} prompts", name=deck.name)),
        *_more_rows(draft, context.community),
    )
    buttons = Buttons(
        (
            Button("Save", "rhythm.save_draft", {"draft": stored}, style="primary"),
            Button("Change it", "rhythm.draft_change", {"draft": stored}),
        )
    )
    foot = Small(say("Nothing is saved until you press Save."))
    return [Reply(card(draft.name, Fields(rows), buttons, foot))]


def _more_rows(draft: Draft, community: Community) -> list[Row]:
    rows = []
    if draft.leader == "fixed" and draft.led_by is not None:
        rows.append(Row("Facilitator", say("{who}", who=Name(draft.led_by))))
    if draft.leader == "rotating":
        rows.append(Row("Facilitator", say("volunteers in turn")))
    if draft.holidays and community.country:
        rows.append(Row("Rests", say("on public holidays in {country}", country=community.country)))
    if draft.yields:
        rows.append(Row("Waits", say("up to an hour, while people talk there")))
    return rows


async def check_draft(draft: Draft, number: int | None, rhythms: Rhythms, decks: Decks) -> None:
    """Check what the form cannot. `number` is the id of the rhythm that the draft changes.

    Raises Refusal if there is no name or another rhythm has it, if there are enough rhythms, or if the deck
    has no prompts.
    """
    if not draft.name:
        raise Refusal("Please give it a name.", "name")
    others = [one for one in await rhythms.all() if one.id != number]
    if any(one.name.casefold() == draft.name.casefold() for one in others):
        raise Refusal(f"There is a rhythm “{draft.name}” already.", "name")
    if number is None and len(others) >= RHYTHMS_AT_MOST:
        raise Refusal(f"A community has at most {RHYTHMS_AT_MOST} rhythms, and that is a lot of prompts.")
    deck = await decks.get(draft.deck)
    if deck is None or not deck.ready:
        name = deck.name if deck else "That deck"
        raise Refusal(f"“{name}” has no prompts yet. Add some first: /coordinate rhythm deck", "deck")
