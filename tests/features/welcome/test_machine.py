"""Newcomers join, leave, return, answer, choose quiet, are forgotten, come back and hold a role in any order.

At most one welcome per person and community ever, even if they were forgotten in between; nothing unsolicited
after quiet, never more of it in a week than a person takes; nothing at all to a forgotten person, and nothing
of them in any text of the database. A new rule belongs in `told`, through which every message passes.
"""

import asyncio
import sqlite3
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
from sqlalchemy import String
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.capabilities import CAPABILITIES
from facilitation import charter, coordination, privacy, welcome
from facilitation.core.dispatcher import Dispatcher
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.values.cards import Direct
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.effects import Effects, Post
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import Event, MemberJoined, MemberLeft, MessagePosted, Profile
from facilitation.core.values.speech import card, quoted, say
from facilitation.core.workers.courier import Courier
from storage.base import Base
from storage.communities import People, Use
from storage.engine import open_engine
from storage.unit import Units
from tests.conftest import NOW
from tests.features.community import CHARTER, submit_form
from tests.samples import NEWCOMER_STEPS, sampled
from tests.shape.tables import tables
from tests.testbed import SPACE, Posted, make_testbed, words_of

NEWCOMERS = ("xandra", "quirin", "zebedee")
"""Ids, names and all that they write have these letters in them, which nothing else has."""
FOUNDERS = ("ines", "marek")
EVERYBODY = (*NEWCOMERS, *FOUNDERS)
FORGETFUL = (*NEWCOMERS, "marek")
"""Ines stays known: she coordinates."""
WEEK = timedelta(days=7)
LIVES = 3
"""Lives at a time, until there were enough steps: about 200 in each."""
STEPS = 50
SECOND = timedelta(seconds=1)
FACTS = st.tuples(
    st.sampled_from(("join", "join", "leave", "write", "write")),
    st.sampled_from(EVERYBODY),
    st.sampled_from(("Europe/Lisbon", "Asia/Tokyo", "", "No/Where")),
)

nudging = Feature("nudging", "Writes unasked whenever it hears of it, so that there is a budget to spend")
MILESTONE = nudging.nudge("milestone", priority="milestone", why="You get this because it is your moment.")


@nudging.on(MessagePosted, when=lambda posted: posted.text.startswith("nudge me"))
async def nudge(context: EventContext) -> Effects:
    """Something unsolicited, the least important there is."""
    assert isinstance(context.event, MessagePosted)
    assert context.member is not None
    key = f"nudge:{context.event.message}"
    words = quoted(context.event.text, context.member.id)
    message = card("A milestone", say("{who}, you wrote “{words}”.", who=context.member, words=words))
    return [Post(Direct(context.member.id), message, key, nudge=MILESTONE)]


FEATURES = (coordination.feature, welcome.feature, charter.feature, privacy.feature, nudging)


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
        self.forgotten: set[str] = set()

    steps = 0

    @initialize()
    def begin(self) -> None:
        self._run(self._begin())

    async def _begin(self) -> None:
        engine = _engine()
        tables()  # all of them are known from here on, hence made
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(table.delete())
        values = {CharterText: lambda _: CHARTER}
        self.bed = await make_testbed(
            Units(engine),
            self.clock,
            FEATURES,
            people=FOUNDERS,
            factories=values,
            channels=("general", "desk"),
        )
        community = await self.bed.community()
        async with self.bed.units.write() as session:
            people = People(session, community.id)
            await people.configure(configured=True)
            general = (await people.spots())[1].id
            await people.assign(Use.WELCOME, general)
            await people.assign(Use.INTRODUCTIONS, general)
            await people.begin(self.clock.now())
        self.bed.dispatcher.intake.invalidate()

    # what happens

    @rule(facts=st.lists(FACTS, min_size=32, max_size=56))
    def people_come_and_go_and_write(self, facts: list[tuple[str, str, str]]) -> None:
        """All of it reaches the bot at once, in order, as after a moment of being busy."""
        events: list[Event] = []
        for what, who, zone in facts:
            self.clock.advance(SECOND)
            events.append(self._fact(what, who, zone))
            Newcomers.steps += 1
        self._run(self.bed.receive(*events))

    def _fact(self, what: str, who: str, zone: str) -> Event:
        now = self.clock.now()
        if what == "join":
            self.here.add(who)
            return MemberJoined(now, Profile(who, who.capitalize(), zone))
        if what == "leave" or who not in self.here:
            self.here.discard(who)
            return MemberLeft(now, who)
        known = [other for other in sorted(self.here - self.forgotten) if other != who]
        words = "nudge me" if now.second % 3 == 0 else "well"
        text = f"{words}, {who}ishly: thanks to {' and '.join(known)}"
        return MessagePosted(now, "general", f"{now.timestamp():.0f}", who, text)

    @rule(writers=st.lists(st.sampled_from(EVERYBODY), min_size=32, max_size=56))
    def people_talk(self, writers: list[str]) -> None:
        """More of what writes to them unasked than anybody wants."""
        here = [("write", who, "") for who in writers if who in self.here]
        self.people_come_and_go_and_write(here)

    @rule()
    def all_join_at_once(self) -> None:
        self.people_come_and_go_and_write([("join", who, "Europe/Lisbon") for who in EVERYBODY])

    @precondition(lambda self: self.here)
    @rule(data=st.data(), choice=st.sampled_from(("look around", "learn", "share", "help")))
    def answer(self, data: st.DataObject, choice: str) -> None:
        who = self._somebody(data)
        self._run(self.bed.send(who, command="welcome.take_part", args={"choice": choice}, via="button"))

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def start_here(self, data: st.DataObject) -> None:
        self._run(self.bed.send(self._somebody(data), command="welcome.start", via="button"))

    @precondition(lambda self: self.here)
    @rule(data=st.data(), quiet=st.booleans())
    def choose_quiet(self, data: st.DataObject, quiet: bool) -> None:
        who = self._somebody(data)
        about = {"line": f"{who}ish", "interests": f"{who}ology", "buddy": True}
        self._run(self.bed.submit(who, "charter.edit_profile", contact=not quiet, **about))
        if who in self.forgotten:
            return
        if quiet:
            self.quiet.setdefault(who, self.clock.now())
        else:
            self.quiet.pop(who, None)

    @precondition(lambda self: self.here)
    @rule(data=st.data())
    def fewer(self, data: st.DataObject) -> None:
        who = self._somebody(data)
        self._run(self.bed.send(who, command="charter.reduce_contact", via="button"))
        if who in self.forgotten:
            return
        if self.takes[who] == 1 or who in self.quiet:
            self.quiet.setdefault(who, self.clock.now())
        else:
            self.takes[who] = 1

    @precondition(lambda self: self.here)
    @rule(data=st.data(), what=st.sampled_from(("agree_to_rules", "introduce", "find_buddy")))
    def take_part(self, data: st.DataObject, what: str) -> None:
        who = self._somebody(data)
        words = {"words": f"Hello, I am {who}ish"} if what == "introduce" else {}
        self._run(self.bed.submit(who, f"welcome.{what}", **words))

    @rule(
        who=st.sampled_from(FORGETFUL),
        what=st.sampled_from(("add_role", "remove_role")),
        role=st.sampled_from(("support", "facilitator")),
    )
    def a_role_is_given_or_taken(self, who: str, what: str, role: str) -> None:
        """Member support is told of newcomers, by name."""
        self._run(submit_form(self.bed, "ines", f"coordination.{what}", who=who, role=role))

    # forgotten, and back

    @precondition(lambda self: self.here & set(FORGETFUL))
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """With its confirmation; what they were welcomed to, or wished, nobody knows from now on."""
        who = data.draw(st.sampled_from(sorted(self.here & set(FORGETFUL))))
        self._run(self._forget(who))
        self.forgotten.add(who)
        self.quiet.pop(who, None)
        self.takes.pop(who, None)
        self.nudges.pop(who, None)

    async def _forget(self, who: str) -> None:
        asked = await self.bed.send(who, "/cop privacy forget")
        if who in self.forgotten:
            assert "You asked me to forget you, and I did" in words_of(asked)
            return
        done = await self.bed.press(who, asked, "Erase everything about me")
        assert words_of(done).startswith("You are forgotten")

    @precondition(lambda self: self.here & self.forgotten)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        """By typing a command: a member anew, and no newcomer."""
        who = data.draw(st.sampled_from(sorted(self.here & self.forgotten)))
        self.forgotten.discard(who)
        self._run(self._come_back(who))

    async def _come_back(self, who: str) -> None:
        answer = await self.bed.send(who, "/cop home")
        assert words_of(answer).startswith("Test community")
        assert (await self.bed.member(who)).baseline

    @rule(way=st.sampled_from(("direct message", "button", "as usual on the platform")))
    def greet_otherwise(self, way: str) -> None:
        if "ines" in self.here:
            self._run(self.bed.submit("ines", "welcome.edit_first_message", manner=way, words=""))

    @rule()
    def direct_messages_close(self) -> None:
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
        """A new dispatcher and a new courier on the same database."""
        values = {CharterText: lambda _: CHARTER}
        dispatcher = Dispatcher(
            FEATURES, self.bed.units, self.clock, factories=values, capabilities=CAPABILITIES
        )
        courier = Courier(self.bed.units, self.clock, dispatcher.registry)
        courier.connect(SPACE, self.bed.surface)
        self.bed.dispatcher, self.bed.courier = dispatcher, courier
        self._run(self.bed.settle())

    # what must hold

    @invariant()
    def all_that_was_said_was_allowed(self) -> None:
        fresh, self.seen = self.bed.posts[self.seen :], len(self.bed.posts)
        for post in fresh:
            self.told(post)

    @invariant()
    def nothing_is_left_of_who_is_forgotten(self) -> None:
        """No text of any table has their id, their name or a word of theirs."""
        for who in sorted(self.forgotten):
            left = _reader().execute(_search(), {"word": f"%{who}%"}).fetchall()
            assert left == [], f"{who} is forgotten, and yet: {left}"

    def told(self, post: Posted) -> None:
        """Look at one thing that was said."""
        assert self.forgotten.isdisjoint(post.address.people), "somebody forgotten was written to"
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
def _reader() -> sqlite3.Connection:
    """Beside the engine, since looking for what is left takes most of the statements."""
    return sqlite3.connect(f"{_folder().name}/lives.db")


@cache
def _search() -> str:
    """One statement that looks through every column that may hold text."""
    return " UNION ALL ".join(
        f'SELECT \'{name}.{column.name}\', "{column.name}" FROM "{name}" WHERE "{column.name}" LIKE :word'
        for name, table in sorted(tables().items())
        for column in table.columns
        if isinstance(column.type, String)
    )


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@pytest.fixture(scope="module", autouse=True)
def closing() -> Iterator[None]:
    """Give the one database and its loop back."""
    yield
    _reader().close()
    _loop().run_until_complete(_engine().dispose())
    _loop().close()
    _folder().cleanup()


@sampled("enough", NEWCOMER_STEPS)
def test_in_any_order_of_events_each_is_welcomed_once_and_left_in_peace_when_they_wish(enough: int) -> None:
    """So many steps all lives have together: what people do, what happens to them, and time that passes."""
    checks = list(HealthCheck)
    lives = settings(
        max_examples=LIVES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks
    )
    Newcomers.steps = 0
    while Newcomers.steps < enough:
        run_state_machine_as_test(Newcomers, settings=lives)
