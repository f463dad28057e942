"""How another community tries to reach circles."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from storage.circles import CircleRounds, Circles, MeetingAnswer, RoundOutcome
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import DAY, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with a circle."""

    circle: int
    circle_draft: int
    circle_round: int
    group: int


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """A circle with a round and a group in it, and a draft of another one."""
    name, ines, marek = there.name, there.ines, there.marek
    circles, rounds = Circles(session, there.community), CircleRounds(session, there.community)
    facts: dict[str, Any] = {"size": 2, "every": 1, "weekday": 1, "at": time(10), "zone": "UTC"}
    facts |= {"start": NOW.date(), "mix": "nothing"}
    circle = await circles.draft(ines, there.channel, name=name, **facts)
    assert circle is not None
    assert await circles.save(circle)
    draft = await circles.draft(ines, there.channel, name=f"{name} to be", **facts)
    assert draft is not None
    await circles.plan(circle, NOW.date(), NOW)
    await circles.join(circle, ines, NOW)
    await circles.keep_apart(ines, [marek])
    round_ = await rounds.record(circle, NOW.date(), NOW, RoundOutcome.MADE)
    assert round_ is not None
    group = await rounds.add_group(round_, f"group-{name}", [ines, marek])
    assert group is not None
    return Filled(**vars(there), circle=circle, circle_draft=draft, circle_round=round_, group=group)


CASES: Cases[Filled] = {
    "CircleRounds.acquaintances": lambda a: args([a.ines, a.marek]),
    "CircleRounds.add_group": lambda a: args(a.circle_round, f"more-{a.name}", [a.ines]),
    "CircleRounds.answer": lambda a: args(a.group, MeetingAnswer.MET),
    "CircleRounds.asked": lambda a: args(a.circle_round),
    "CircleRounds.drop_out": lambda a: args(a.group, a.ines),
    "CircleRounds.figures": lambda a: args(a.circle),
    "CircleRounds.get": lambda a: args(a.circle_round),
    "CircleRounds.group": lambda a: args(a.group),
    "CircleRounds.group_at": lambda a: args(f"group-{a.name}"),
    "CircleRounds.groups": lambda a: args(a.circle_round),
    "CircleRounds.introduced": lambda a: args(a.group),
    "CircleRounds.latest": lambda a: args(a.circle, 5),
    "CircleRounds.move_to": lambda a: args(a.group, f"moved-{a.name}", []),
    "CircleRounds.record": lambda a: args(
        a.circle, NOW.date() + DAY, NOW + DAY, RoundOutcome.SKIPPED, a.name
    ),
    "CircleRounds.tally": lambda a: args(a.circle_round, seats=2, new=1, repeats=0),
    "CircleRounds.under_way": lambda a: args(a.ines),
    "CircleRounds.unmake": lambda a: args(a.group),
    "Circles.apart": lambda _: args(),
    "Circles.avoided_by": lambda a: args(a.ines),
    "Circles.draft": lambda a: args(
        a.marek,
        a.channel,
        name="new",
        size=2,
        every=1,
        weekday=1,
        at=time(10),
        zone="UTC",
        start=NOW.date(),
        mix="nothing",
    ),
    "Circles.drafted": lambda a: args(a.circle_draft, a.ines),
    "Circles.end": lambda a: args(a.circle),
    "Circles.export": lambda a: args(a.ines),
    "Circles.forget": lambda a: args(a.ines),
    "Circles.get": lambda a: args(a.circle),
    "Circles.hold": lambda a: args(a.circle),
    "Circles.join": lambda a: args(a.circle, a.marek, NOW),
    "Circles.joined": lambda a: args(a.ines),
    "Circles.keep_apart": lambda a: args(a.marek, [a.ines]),
    "Circles.leave": lambda a: args(a.circle, a.ines),
    "Circles.main_channels": lambda a: args([a.ines, a.marek], NOW - DAY),
    "Circles.opened": lambda a: args(a.circle, NOW.date()),
    "Circles.pause": lambda a: args(a.circle, paused=True),
    "Circles.plan": lambda a: args(a.circle, NOW.date() + DAY, NOW + DAY),
    "Circles.running": lambda _: args(),
    "Circles.save": lambda a: args(a.circle_draft),
    "Circles.seats": lambda a: args(a.circle),
    "Circles.show": lambda a: args(a.ines),
    "Circles.skip": lambda a: args(a.circle, a.ines, NOW.date()),
}
