"""A rehearsal's time: what happens, what is due and what the script says come in the order of time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import replay as playing
from bot.app import App
from bot.replay import Replay
from bot.script import Step
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import Event, MessagePosted, SpaceRef

START = datetime(2026, 3, 2, tzinfo=UTC)
SPACE = SpaceRef("page", "T1")
Told = tuple[str, datetime, datetime]
"""What was done, when it should have been, and what the clock showed."""


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


class World:
    """A bot of which only time is left: it hears, does what is due, and writes down when.

    A heard message makes something due so many minutes later; `stuck` is due and cannot be done.
    """

    def __init__(self, due: list[datetime], follow_up: int = 0, stuck: datetime | None = None) -> None:
        self.clock = VirtualClock(START)
        self.told: list[Told] = []
        self.dispatcher = self.intake = self.steps = self
        self._due = list(due)
        self._fresh: list[datetime] = []
        self._follow_up = timedelta(minutes=follow_up)
        self._stuck = stuck
        self.is_done = False

    def replay(self, steps: list[Step]) -> Replay:
        return Replay(cast(App, self), self.clock, SPACE, steps, act=self.act, after=self.after)

    def is_relevant(self, space: SpaceRef, event: Event) -> bool:
        assert isinstance(event, MessagePosted)
        return event.question

    async def commit(self, space: SpaceRef, stretch: list[Event]) -> None:
        for event in stretch:
            heard = isinstance(event, MessagePosted) and event.question
            self._note("heard" if heard else "stored", event.at)
            if heard:
                self._fresh.append(event.at)

    async def settle(self) -> datetime | None:
        if self._follow_up:
            self._due += [heard + self._follow_up for heard in self._fresh]
        self._fresh.clear()
        while self._due and min(self._due) <= self.clock.now():
            self._note("due", min(self._due))
            self._due.remove(min(self._due))
        waiting = [*self._due, *([self._stuck] if self._stuck else [])]
        return min(waiting, default=None)

    async def act(self, step: Step) -> None:
        self._note("act", step.at)

    async def after(self) -> bool:
        return False

    def _note(self, what: str, when: datetime) -> None:
        self.told.append((what, when, self.clock.now()))


def message(minutes: int, *, is_question: bool) -> MessagePosted:
    return MessagePosted(at(minutes), "general", f"{minutes}", "ines", question=is_question)


def step(minutes: int) -> Step:
    return Step(at=at(minutes), who="ines", say="/cop home")


def play(world: World, events: list[MessagePosted], steps: list[Step], end: int) -> list[Told]:
    """Feed everything in order, then let time pass to the end."""

    async def run() -> None:
        replay = world.replay(steps)
        await replay.start()
        for event in events:
            await replay.feed(event)
        await replay.finish(at(end))

    asyncio.run(asyncio.wait_for(run(), 20))
    return world.told


minutes = st.integers(1, 60)
stream = st.lists(st.tuples(minutes, st.booleans()), max_size=12).map(
    lambda found: [message(when, is_question=heard) for when, heard in sorted(found)]
)


@settings(max_examples=150, deadline=None)
@given(
    events=stream,
    due=st.lists(minutes, max_size=6),
    acts=st.lists(minutes, max_size=5),
    follow_up=st.integers(0, 9),
    batch=st.integers(1, 4),
)
def test_however_they_interleave_everything_comes_once_and_in_order(
    events: list[MessagePosted], due: list[int], acts: list[int], follow_up: int, batch: int
) -> None:
    world = World([at(one) for one in due], follow_up)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "EVENTS_PER_BATCH", batch)
        told = play(world, events, [step(one) for one in acts], 100)

    stored = [when for what, when, _ in told if what in ("heard", "stored")]
    assert stored == [one.at for one in events], "each happening once, in order"
    assert sorted(when for what, when, _ in told if what == "act") == sorted(at(one) for one in acts)
    expected_due = len(due) + (sum(one.question for one in events) if follow_up else 0)
    assert sum(what == "due" for what, _, _ in told) == expected_due, "all that is due is done, once"

    for what, when, shown in told:
        if what != "stored":
            assert shown == when, f"{what} of {when} was done at {shown}"
    in_time = [when for what, when, _ in told if what != "stored"]
    assert in_time == sorted(in_time)
    assert [shown for _, _, shown in told] == sorted(shown for _, _, shown in told), "the clock runs forwards"
    _nothing_overtakes(told)
    assert world.clock.now() == at(100)


def _nothing_overtakes(told: list[Told]) -> None:
    """Who does what is due knows all that had happened by then, and nothing that happens later."""
    for index, (what, when, _) in enumerate(told):
        if what in ("due", "act"):
            assert all(other <= when for kind, other, _ in told[:index] if kind in ("heard", "stored"))
            assert all(other >= when for kind, other, _ in told[index:] if kind in ("heard", "stored"))


def test_what_is_due_at_the_instant_of_a_message_comes_before_it() -> None:
    told = play(World([at(5)]), [message(5, is_question=True)], [step(5)], 6)
    assert [what for what, _, _ in told] == ["act", "due", "heard"]


@pytest.mark.parametrize("acts", [[], [20], [3, 20, 30]])
def test_what_cannot_be_done_and_is_not_put_off_stops_nobody(acts: list[int]) -> None:
    """Without the guard, a script that has still something to do would wait for it for ever."""
    world = World([at(25)], stuck=at(10))
    events = [message(8, is_question=True), message(30, is_question=False)]
    told = play(world, events, [step(one) for one in acts], 40)
    assert [when for what, when, _ in told if what == "act"] == [at(one) for one in acts]
    assert [when for what, when, _ in told if what in ("heard", "stored")] == [at(8), at(30)]
    assert world.clock.now() == at(40)


def test_what_nobody_hears_is_stored_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World([])
    seen: list[int] = []
    keep = world.commit

    async def commit(space: SpaceRef, stretch: list[Event]) -> None:
        seen.append(len(stretch))
        await keep(space, stretch)

    monkeypatch.setattr(world, "commit", commit)
    play(world, [message(one, is_question=False) for one in range(1, 8)], [], 10)
    assert seen == [7]


def test_what_somebody_does_after_is_settled_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The understudy presses a button that came: what that makes due counts."""
    world = World([at(5)])
    pressed: list[Any] = []

    async def after() -> bool:
        if any(what == "due" for what, _, _ in world.told) and not pressed:
            pressed.append(world.clock.now())
            world._due.append(at(7))
            return True
        return False

    monkeypatch.setattr(world, "after", after)
    told = play(world, [], [], 10)
    assert pressed == [at(5)]
    assert [(what, when) for what, when, _ in told] == [("due", at(5)), ("due", at(7))]
