"""Lives of newcomers in any order: join, leave, return, answer, quiet, sleep, restart; and what must hold.

At most one welcome per person and community ever, nothing unsolicited after quiet, never more of it in a week
than a person takes. A rule to be added touches `told`, which everything said passes.
"""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.steps import Steps
from facilitation import charter, coordination, welcome
from facilitation.core.cards import Direct
from facilitation.core.charter import CharterText
from facilitation.core.clock import VirtualClock
from facilitation.core.courier import Courier
from facilitation.core.effects import Effects, Post
from facilitation.core.errors import Unreachable
from facilitation.core.gathering import Heard
from facilitation.core.happenings import Happening, MemberJoined, MemberLeft, MessagePosted, Profile
from facilitation.core.house import House
from facilitation.core.room import Room
from facilitation.core.speech import card
from storage.base import Base
from storage.communities import People, Use
from storage.engine import open_engine
from storage.unit import Units
from tests.conftest import NOW
from tests.rooms.coordinating import CHARTER
from tests.testbed import SPACE, Posted, Testbed, furnished

NEWCOMERS = ("ana", "ben", "cleo")
FOUNDERS = ("ines", "marek")
EVERYBODY = (*NEWCOMERS, *FOUNDERS)
WEEK = timedelta(days=7)
LIVES = 95
STEPS = 50
ENOUGH = 10_000
"""So many steps all lives have together: what people do, what happens to them, and time that passes."""
SECOND = timedelta(seconds=1)
FACTS = st.tuples(
    st.sampled_from(("join", "join", "leave", "write", "write")),
    st.sampled_from(EVERYBODY),
    st.sampled_from(("Europe/Lisbon", "Asia/Tokyo", "", "No/Where")),
)

nudging = Room("nudging", "Writes unasked whenever it hears of it, so that there is a budget to spend")


@nudging.on(MessagePosted, when=lambda posted: posted.text == "nudge me")
async def nudge(heard: Heard) -> Effects:
    """Something unsolicited, the least important there is."""
    assert isinstance(heard.happening, MessagePosted)
    assert heard.member is not None
    key = f"nudge:{heard.happening.message}"
    return [Post(Direct(heard.member.id), card("", "A milestone"), key, nudge="milestone")]


ROOMS = (coordination.room, welcome.room, charter.room, nudging)


class Swift(Testbed):
    """A testbed that looks what there is to do before it does it, as the bot does: mostly nothing."""

    async def settle(self) -> None:
        await Steps(self.house, self.courier).settle()

    async def pass_time(self, by: timedelta) -> None:
        await Steps(self.house, self.courier).play(self.clock, self.clock.now() + by)


class Newcomers(RuleBasedStateMachine):
    """One community, three newcomers and two founders, on SQLite in the loop's own thread."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(NOW)
        self.here: set[str] = set(FOUNDERS)
        self.seen = 0
        self.welcomes: set[str] = set()
        self.greeted: set[str] = set()
        self.reminded: set[str] = set()
        self.nudges: dict[str, list[datetime]] = defaultdict(list)
        self.quiet: dict[str, datetime] = {}
        self.takes: dict[str, int] = defaultdict(lambda: 2)

    steps = 0

    @initialize()
    def begin(self) -> None:
        self._run(self._begin())

    async def _begin(self) -> None:
        engine = _engine()
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(table.delete())
        values = {CharterText: lambda _: CHARTER}
        made = await furnished(
            Units(engine), self.clock, ROOMS, people=FOUNDERS, values=values, channels=("general", "desk")
        )
        self.bed = Swift(made.units, made.clock, made.house, made.courier, made.surface)
        community = await self.bed.community()
        async with self.bed.units.write() as session:
            people = People(session, community.id)
            await people.configure(configured=True)
            await people.assign(Use.WELCOME, (await people.spots())[1].id)
            await people.begin(self.clock.now())
        self.bed.house.intake.forget()

    # what happens

    @rule(facts=st.lists(FACTS, min_size=4, max_size=16))
    def people_come_and_go_and_write(self, facts: list[tuple[str, str, str]]) -> None:
        """All of it reaches the bot at once, in order, as after a moment of being busy."""
        heard: list[Happening] = []
        for what, who, zone in facts:
            self.clock.advance(SECOND)
            heard.append(self._fact(what, who, zone))
            Newcomers.steps += 1
        self._run(self.bed.hear(*heard))

    def _fact(self, what: str, who: str, zone: str) -> Happening:
        now = self.clock.now()
        if what == "join":
            self.here.add(who)
            return MemberJoined(now, Profile(who, who.capitalize(), zone))
        if what == "leave" or who not in self.here:
            self.here.discard(who)
            return MemberLeft(now, who)
        return MessagePosted(now, "general", f"{now.timestamp():.0f}", who, "nudge me")

    @rule()
    def all_join_at_once(self) -> None:
        self.people_come_and_go_and_write([("join", who, "Europe/Lisbon") for who in EVERYBODY])

    @precondition(lambda self: self.here)
    @rule(data=st.data(), choice=st.sampled_from(("look around", "learn", "share", "help")))
    def answer(self, data: st.DataObject, choice: str) -> None:
        who = self._somebody(data)
        self._run(self.bed.ask(who, ask="welcome.answer", args={"choice": choice}, via="button"))

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def start_here(self, data: st.DataObject) -> None:
        self._run(self.bed.ask(self._somebody(data), ask="welcome.start", via="button"))

    @precondition(lambda self: self.here)
    @rule(data=st.data(), quiet=st.booleans())
    def choose_quiet(self, data: st.DataObject, quiet: bool) -> None:
        who = self._somebody(data)
        self._run(self.bed.submit(who, "charter.me", contact=not quiet))
        if quiet:
            self.quiet.setdefault(who, self.clock.now())
        else:
            self.quiet.pop(who, None)

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def fewer(self, data: st.DataObject) -> None:
        who = self._somebody(data)
        self._run(self.bed.ask(who, ask="charter.fewer", via="button"))
        if self.takes[who] == 1 or who in self.quiet:
            self.quiet.setdefault(who, self.clock.now())
        else:
            self.takes[who] = 1

    @rule(way=st.sampled_from(("direct message", "button", "as usual on the platform")))
    def greet_otherwise(self, way: str) -> None:
        if "ines" in self.here:
            self._run(self.bed.submit("ines", "welcome.first_message", manner=way, words=""))

    @rule()
    def a_door_is_closed(self) -> None:
        self.bed.surface.faults = [Unreachable("closed")]

    @rule(hours=st.sampled_from((1, 5, 13, 30, 80, 170)))
    def time_passes(self, hours: int) -> None:
        self._run(self.bed.pass_time(timedelta(hours=hours)))

    @rule(minutes=st.sampled_from((1, 7, 600, 4_000)))
    def the_clock_steps(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self._run(self.bed.settle())

    @rule()
    def restart(self) -> None:
        """A new house and a new courier on the same database."""
        values = {CharterText: lambda _: CHARTER}
        house = House(ROOMS, self.bed.units, self.clock, values=values)
        courier = Courier(self.bed.units, self.clock, lambda fact: bool(house.catalogue.ears_for(fact)))
        courier.connect(SPACE, self.bed.surface)
        self.bed.house, self.bed.courier = house, courier
        self._run(self.bed.settle())

    # what must hold

    @invariant()
    def all_that_was_said_was_allowed(self) -> None:
        fresh, self.seen = self.bed.posts[self.seen :], len(self.bed.posts)
        for post in fresh:
            self.told(post)

    def told(self, post: Posted) -> None:
        """Look at one thing that was said."""
        is_unsolicited = "You get this because" in post.words
        if post.address.kind == "channel" and post.words.startswith("Welcome, "):
            self.welcomed(post.words.split(".")[0].removeprefix("Welcome, ").lower(), post.at)
        if post.address.kind != "direct":
            return
        [who] = post.address.people
        if post.card.title == "Welcome to Test community":
            assert who not in self.greeted, f"{who} got the first message twice"
            self.greeted.add(who)
            if is_unsolicited:
                self.welcomed(who, post.at)
        if "no hurry at all" in post.words:
            assert who not in self.reminded, f"{who} was asked three times"
            self.reminded.add(who)
        if is_unsolicited:
            self.nudged(who, post.at)

    def welcomed(self, who: str, at: datetime) -> None:
        """Somebody was welcomed unasked: by a message, or by name in the channel."""
        assert who in NEWCOMERS, "a founder was welcomed"
        assert who not in self.welcomes, f"{who} was welcomed twice"
        assert at <= self.quiet.get(who, at), f"{who} wanted quiet"
        self.welcomes.add(who)

    def nudged(self, who: str, at: datetime) -> None:
        """Something unsolicited arrived: not after quiet, and within the budget of that week."""
        assert at <= self.quiet.get(who, at), f"{who} wanted quiet"
        self.nudges[who].append(at)
        week = [earlier for earlier in self.nudges[who] if at - earlier < WEEK]
        assert len(week) <= self.takes[who], f"{who}: {week}"

    # small parts

    def _somebody(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.here)))

    @staticmethod
    def _run(doing: Coroutine[Any, Any, object]) -> None:
        Newcomers.steps += 1
        _loop().run_until_complete(doing)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="newcomers-")


@cache
def _engine() -> AsyncEngine:
    """One for all lives: it remembers its statements, which take longer to compose than to execute."""
    url = f"sqlite+aiosqlite:///{_folder().name}/lives.db"
    return open_engine(url, on_loop_thread=True, durable=False)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@pytest.fixture(scope="module", autouse=True)
def closing() -> Iterator[None]:
    """Give the one database and its loop back."""
    yield
    _loop().run_until_complete(_engine().dispose())
    _loop().close()
    _folder().cleanup()


def test_whatever_happens_each_is_welcomed_once_and_left_in_peace_when_they_wish() -> None:
    checks = list(HealthCheck)
    lives = settings(
        max_examples=LIVES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks
    )
    run_state_machine_as_test(Newcomers, settings=lives)
    assert Newcomers.steps >= ENOUGH
