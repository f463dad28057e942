"""How another community tries to reach offers, requests, pairs and rounds."""

from dataclasses import dataclass
from typing import Any

from storage.mentoring import (
    Feedback,
    MentoringSettings,
    Offer,
    Pair,
    Pairs,
    Request,
    RequestState,
    Rounds,
    Seeking,
    Stage,
)
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import DAY, WEEK, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with a pair."""

    wanted: int
    pair: int
    round: int


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """An offer, a request, a pair, two that were, a round, and people kept apart."""
    name, ines, marek = there.name, there.ines, there.marek
    seeking, pairs = Seeking(session, there.community), Pairs(session, there.community)
    rounds = Rounds(session, there.community)
    await seeking.put_offer(Offer(ines, (name,), 1, NOW, enjoys=name))
    wanted = await seeking.put_request(Request(0, marek, (name,), NOW, goal=name))
    assert wanted is not None
    await seeking.pause(marek, NOW + DAY)
    await seeking.avoid(marek, ines)
    await seeking.exclude(ines, marek)
    facts: dict[str, Any] = {"made_at": NOW, "asked_at": NOW, "request": wanted, "started_at": NOW}
    facts |= {"reasons": (name,), "post_key": f"pair-{name}"}
    declined = await pairs.add(Pair(0, ines, marek, Stage.DECLINED, **facts | {"post_key": ""}))
    ended = await pairs.add(Pair(0, ines, marek, Stage.ENDED, **facts | {"request": None, "post_key": "x"}))
    pair = await pairs.add(Pair(0, ines, marek, Stage.ACTIVE, **facts))
    assert declined is not None
    assert ended is not None
    assert pair is not None
    await pairs.note(Feedback(pair, marek, name, shared=True))
    await rounds.put_settings(MentoringSettings(rounds=True, day=3))
    await rounds.note_more(3, 200)
    return Filled(**vars(there), wanted=wanted, pair=pair, round=await rounds.open(NOW, NOW + DAY))


CASES: Cases[Filled] = {
    "Pairs.add": lambda a: args(
        Pair(0, a.ines, a.marek, Stage.ENDED, made_at=NOW, asked_at=NOW, request=a.wanted)
    ),
    "Pairs.by_post": lambda a: args(f"pair-{a.name}"),
    "Pairs.declined": lambda _: args(),
    "Pairs.export": lambda a: args(a.marek),
    "Pairs.forget": lambda a: args(a.marek),
    "Pairs.get": lambda a: args(a.pair),
    "Pairs.in_stage": lambda _: args(Stage.ACTIVE),
    "Pairs.loads": lambda _: args(),
    "Pairs.note": lambda a: args(Feedback(a.pair, a.ines, "words", shared=True)),
    "Pairs.of": lambda a: args(a.marek),
    "Pairs.of_request": lambda a: args(a.wanted),
    "Pairs.outcomes": lambda _: args(NOW - WEEK),
    "Pairs.past": lambda _: args(),
    "Pairs.put": lambda a: args(Pair(a.pair, a.ines, a.marek, Stage.ENDED, made_at=NOW, asked_at=NOW)),
    "Pairs.said_by": lambda a: args(a.marek),
    "Pairs.shared": lambda _: args(),
    "Pairs.show": lambda a: args(a.marek),
    "Pairs.untold": lambda _: args(),
    "Rounds.close": lambda a: args(a.round, NOW),
    "Rounds.current": lambda _: args(),
    "Rounds.get": lambda a: args(a.round),
    "Rounds.more": lambda _: args(),
    "Rounds.note_more": lambda _: args(5, 250),
    "Rounds.open": lambda _: args(NOW, NOW + WEEK),
    "Rounds.put_settings": lambda _: args(MentoringSettings(weeks=12)),
    "Rounds.settings": lambda _: args(),
    "Seeking.allow": lambda a: args(a.marek, a.ines),
    "Seeking.apart": lambda _: args(),
    "Seeking.avoid": lambda a: args(a.ines, a.marek),
    "Seeking.avoided_by": lambda a: args(a.marek),
    "Seeking.drop_offer": lambda a: args(a.ines),
    "Seeking.exclude": lambda a: args(a.ines, a.marek),
    "Seeking.exclusions": lambda _: args(),
    "Seeking.export": lambda a: args(a.marek),
    "Seeking.forget": lambda a: args(a.marek),
    "Seeking.include": lambda a: args(a.ines, a.marek),
    "Seeking.names": lambda a: args([a.ines]),
    "Seeking.near": lambda _: args(),
    "Seeking.offer": lambda a: args(a.ines),
    "Seeking.offers": lambda _: args(),
    "Seeking.pause": lambda a: args(a.ines, NOW),
    "Seeking.pausing": lambda _: args(NOW),
    "Seeking.put_offer": lambda a: args(Offer(a.marek, ("x",), 1, NOW)),
    "Seeking.put_request": lambda a: args(Request(a.wanted, a.marek, ("x",), NOW)),
    "Seeking.request": lambda a: args(a.wanted),
    "Seeking.request_of": lambda a: args(a.marek),
    "Seeking.requests": lambda _: args(RequestState.WAITING),
    "Seeking.resume": lambda a: args(a.marek),
    "Seeking.show": lambda a: args(a.marek),
    "Seeking.zones": lambda a: args([a.ines]),
}
HARMLESS = {"Rounds.hold"}
"""It only waits."""
CASES |= {"Rounds.hold": lambda _: args()}
