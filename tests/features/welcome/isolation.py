"""How another community tries to reach journeys and the plan of the welcome."""

from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from storage.unit import Session
from storage.welcome import Journey, Journeys, JourneyState, Plan, Step, WelcomeSettings
from tests.conftest import NOW
from tests.storage.isolation import DAY, WEEK, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with a plan."""

    step: int
    other_step: int


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """The journey of ines, settings, and two steps."""
    name, ines, marek = there.name, there.ines, there.marek
    journeys = Journeys(session, there.community)
    await journeys.arrive(ines, NOW - DAY, NOW - DAY)
    journey = await journeys.get(ines)
    assert journey is not None
    told: dict[str, Any] = {"introduction": name, "introduced_at": NOW, "flagged_at": NOW, "buddy": marek}
    await journeys.put(replace(journey, greeted_at=NOW, post_key=f"hello-{name}", **told))
    await journeys.record_sent(ines, 1, NOW)
    plan = Plan(session, there.community)
    await plan.put_settings(WelcomeSettings(words=f"words of {name}"))
    first, second = [
        await plan.put(Step(0, "text", f"{name} {n}", n, time(10), "everyone", person=marek)) for n in (1, 2)
    ]
    return Filled(**vars(there), step=first, other_step=second)


CASES: Cases[Filled] = {
    "Journeys.arrivals_since": lambda _: args(NOW - WEEK),
    "Journeys.arrive": lambda a: args(a.marek, NOW, NOW),
    "Journeys.by_post": lambda a: args(f"hello-{a.name}"),
    "Journeys.record_done": lambda a: args(a.ines, 1, NOW),
    "Journeys.end_all": lambda a: args([a.ines]),
    "Journeys.export": lambda a: args(a.ines),
    "Journeys.first_arrival": lambda _: args(),
    "Journeys.first_messages": lambda a: args([a.ines, a.marek]),
    "Journeys.flagged_since": lambda _: args(NOW - WEEK),
    "Journeys.forget": lambda a: args(a.ines),
    "Journeys.get": lambda a: args(a.ines),
    "Journeys.in_state": lambda _: args(JourneyState.ARRIVED),
    "Journeys.introduced": lambda _: args(NOW - DAY, NOW + DAY, None),
    "Journeys.newcomers_per_buddy": lambda _: args(),
    "Journeys.offer_all": lambda a: args([a.ines], NOW),
    "Journeys.record_sent": lambda a: args(a.ines, 2, NOW),
    "Journeys.progress": lambda _: args(),
    "Journeys.put": lambda a: args(Journey(a.ines, JourneyState.OVER, NOW, NOW)),
    "Journeys.show": lambda a: args(a.ines),
    "Journeys.with_open_first_message": lambda _: args(NOW - WEEK),
    "Plan.adopt": lambda a: args([Step(1, "text", "new", 1, time(10), "everyone")]),
    "Plan.clear": lambda _: args(),
    "Plan.put": lambda a: args(Step(a.step, "text", "new", 1, time(10), "everyone")),
    "Plan.put_settings": lambda _: args(WelcomeSettings(words="new")),
    "Plan.remove": lambda a: args(a.step),
    "Plan.settings": lambda _: args(),
    "Plan.steps": lambda _: args(),
    "Plan.swap": lambda a: args(a.step, a.other_step),
}
