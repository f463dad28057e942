"""How another community tries to reach rhythms and decks."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from storage.rhythm import BuiltIn, DateOutcome, Decks, Rhythms
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import DAY, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with a rhythm."""

    rhythm: int
    draft: int
    deck: int
    prompt: int
    suggestion: int


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """A rhythm, its deck, a prompt of it, a suggestion for it, and a draft of a change."""
    name, ines = there.name, there.ines
    decks, rhythms = Decks(session, there.community), Rhythms(session, there.community)
    deck = await decks.put(f"deck {name}", slug=f"slug-{name}")
    assert deck is not None
    [prompt, _] = await decks.add(deck, [f"prompt of {name}", f"another of {name}"], NOW)
    [suggestion] = await decks.add(deck, [f"suggestion of {name}"], NOW, by=ines, waits=True)
    rhythm = await rhythms.put(
        None,
        NOW,
        name=name,
        channel_id=there.channel,
        deck_id=deck,
        rrule="FREQ=DAILY",
        local_at=time(9),
        zone="UTC",
        start=NOW.date(),
        led_by_id=ines,
    )
    assert rhythm is not None
    await rhythms.plan(rhythm, NOW.date(), NOW)
    await rhythms.volunteer(rhythm, ines, NOW)
    became: dict[str, Any] = {"why": name, "prompt": prompt, "deck": deck}
    await rhythms.record(rhythm, f"post-{name}-0", NOW.date(), NOW, DateOutcome.POSTED, **became)
    draft = await rhythms.draft(ines, name, NOW, rhythm)
    assert draft is not None
    return Filled(**vars(there), rhythm=rhythm, draft=draft, deck=deck, prompt=prompt, suggestion=suggestion)


CASES: Cases[Filled] = {
    "Decks.add": lambda a: args(a.deck, ["one more"], NOW, by=a.ines),
    "Decks.all": lambda _: args(),
    "Decks.approve": lambda a: args(a.suggestion),
    "Decks.get": lambda a: args(a.deck),
    "Decks.give_back": lambda a: args(a.prompt),
    "Decks.next": lambda a: args(a.deck),
    "Decks.prompt": lambda a: args(a.prompt),
    "Decks.prompts": lambda a: args(a.deck),
    "Decks.put": lambda a: args(f"another deck {a.name}"),
    "Decks.remove": lambda a: args(a.prompt),
    "Decks.stock": lambda a: args([BuiltIn(f"slug-{a.name}-2", f"second {a.name}", ("p",))], NOW),
    "Decks.suggestions": lambda _: args(),
    "Decks.use": lambda a: args(a.prompt, NOW),
    "Responses.around": lambda a: args(f"post-{a.name}-0", DAY),
    "Responses.talked_since": lambda a: args(a.channel, NOW - DAY),
    "Rhythms.all": lambda _: args(),
    "Rhythms.counts": lambda a: args(a.rhythm),
    "Rhythms.draft": lambda a: args(a.ines, "filled", NOW, a.rhythm),
    "Rhythms.drafted": lambda a: args(a.draft, a.ines),
    "Rhythms.drop": lambda a: args(a.rhythm),
    "Rhythms.drop_draft": lambda a: args(a.draft),
    "Rhythms.export": lambda a: args(a.ines),
    "Rhythms.forget": lambda a: args(a.ines),
    "Rhythms.get": lambda a: args(a.rhythm),
    "Rhythms.hold": lambda a: args(a.rhythm),
    "Rhythms.judge_from": lambda a: args(a.rhythm, NOW + DAY),
    "Rhythms.latest": lambda a: args(a.rhythm, 5),
    "Rhythms.mark_failed": lambda a: args(f"post-{a.name}-0", DateOutcome.FAILED, "closed"),
    "Rhythms.passed": lambda a: args(a.rhythm, a.ines, NOW.date()),
    "Rhythms.pause": lambda a: args(a.rhythm, paused=True),
    "Rhythms.plan": lambda a: args(a.rhythm, NOW.date() + DAY, NOW + DAY),
    "Rhythms.put": lambda a: args(a.rhythm, NOW, channel_id=a.channel, deck_id=a.deck, led_by_id=a.marek),
    "Rhythms.record": lambda a: args(
        a.rhythm, f"other-{a.name}", NOW.date(), NOW, DateOutcome.POSTED, prompt=a.prompt, deck=a.deck
    ),
    "Rhythms.set_next": lambda a: args(a.rhythm, host=a.ines, agreed=True, prompt=a.prompt),
    "Rhythms.show": lambda a: args(a.ines),
    "Rhythms.step_back": lambda a: args(a.rhythm, a.ines),
    "Rhythms.took_turn": lambda a: args(a.rhythm, a.ines, NOW),
    "Rhythms.volunteer": lambda a: args(a.rhythm, a.marek, NOW),
    "Rhythms.volunteers": lambda a: args(a.rhythm),
}
