"""A rhythm as it was filled in: checked, said back in words with its next dates, and kept until *Save*."""

from datetime import date, time

import msgspec
from msgspec import Struct

from facilitation.core.values.cards import Button, Buttons, Channel, Fields, Name, Small
from facilitation.core.values.cards import Field as Row
from facilitation.core.values.commands import Context
from facilitation.core.values.effects import Effects, Reply
from facilitation.core.values.errors import Refusal
from facilitation.core.values.speech import card, count, say
from facilitation.rhythm.recurrence import Rule, Schedule, upcoming
from facilitation.rhythm.rule_words import moment_in_words, with_zone
from storage.communities import Community
from storage.rhythm import Decks, Leader, Rhythm, Rhythms

RHYTHMS_AT_MOST = 20
DATES_SHOWN = 4


class Proposal(Struct, frozen=True):
    """A rhythm as it was filled in, checked, and not saved yet."""

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
        """When it would beat."""
        return Schedule(Rule.of(self.rrule, self.at), self.zone, self.start)


def proposal_of(rhythm: Rhythm) -> Proposal:
    """A rhythm as its form shows it."""
    return Proposal(
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


async def proposed(
    proposal: Proposal, before: Rhythm | None, context: Context, rhythms: Rhythms, decks: Decks
) -> Effects:
    """The rhythm in words with its next dates, and the button that saves it."""
    number = before.id if before is not None else None
    await refuse_impossible(proposal, number, rhythms, decks)
    draft = await rhythms.draft(context.member.id, msgspec.json.encode(proposal).decode(), context.at, number)
    if draft is None:
        raise Refusal("That rhythm is no longer there. /coordinate rhythm new makes one.")
    past = before.done_day if before is not None else None
    dates = upcoming(proposal.schedule, context.at, DATES_SHOWN, past)
    deck = await decks.get(proposal.deck)
    assert deck is not None
    rows = (
        Row("Where", say("{place}", place=Channel(proposal.space, proposal.place))),
        Row("When", say("{words}", words=with_zone(proposal.schedule))),
        Row(
            "Next",
            say("{dates}", dates="\n".join(moment_in_words(one.at, proposal.zone) for one in dates)),
        ),
        Row("Deck", count(deck.ready, "{name}, one prompt", "{name}, {n} prompts", name=deck.name)),
        *_more_rows(proposal, context.community),
    )
    buttons = Buttons(
        (
            Button("Save", "rhythm.save_draft", {"draft": draft}, style="primary"),
            Button("Change it", "rhythm.draft_change", {"draft": draft}),
        )
    )
    foot = Small(say("Nothing is saved until you press Save."))
    return [Reply(card(proposal.name, Fields(rows), buttons, foot))]


def _more_rows(proposal: Proposal, community: Community) -> list[Row]:
    rows = []
    if proposal.leader == "fixed" and proposal.led_by is not None:
        rows.append(Row("Facilitator", say("{who}", who=Name(proposal.led_by))))
    if proposal.leader == "rotating":
        rows.append(Row("Facilitator", say("volunteers in turn")))
    if proposal.holidays and community.country:
        rows.append(Row("Rests", say("on public holidays in {country}", country=community.country)))
    if proposal.yields:
        rows.append(Row("Waits", say("up to an hour, while people talk there")))
    return rows


async def refuse_impossible(proposal: Proposal, number: int | None, rhythms: Rhythms, decks: Decks) -> None:
    """What the form cannot check: the name, how many there are, and that the deck has something in it."""
    if not proposal.name:
        raise Refusal("Please give it a name.", "name")
    others = [one for one in await rhythms.all() if one.id != number]
    if any(one.name.casefold() == proposal.name.casefold() for one in others):
        raise Refusal(f"There is a rhythm “{proposal.name}” already.", "name")
    if number is None and len(others) >= RHYTHMS_AT_MOST:
        raise Refusal(f"A community has at most {RHYTHMS_AT_MOST} rhythms, and that is a lot of prompts.")
    deck = await decks.get(proposal.deck)
    if deck is None or not deck.ready:
        name = deck.name if deck else "That deck"
        raise Refusal(f"“{name}” has no prompts yet. Add some first: /coordinate rhythm deck", "deck")
