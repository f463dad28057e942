"""Mentoring in any order: offered, asked for, pressed early, late and by others, left, forgotten, slept over.

No mentor ever has more than they offered to take; nobody has two mentors; a request that is open stands in
exactly one way; nobody who is kept apart is proposed; nobody reads that they were declined, nor a fit.
"""

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import tests.test_shape as shape
from bot.steps import Steps
from facilitation import charter, coordination, mentoring, privacy
from facilitation.core.cards import Button, buttons_in
from facilitation.core.charter import CharterText
from facilitation.core.clock import VirtualClock
from facilitation.core.errors import Unreachable
from facilitation.core.happenings import MemberJoined, MemberLeft, Profile
from storage.base import Base
from storage.engine import open_engine
from storage.mentoring import LIVE, Pair, Pairs, Seeking, Stage, Standing
from storage.unit import Units
from tests.conftest import NOW
from tests.rooms.coordinating import CHARTER, ask_of
from tests.testbed import furnished

PEOPLE = ("kofi", "lena", "marek", "nadia")
CAPACITY = {"kofi": 2, "lena": 1, "marek": 1, "nadia": 1}
WHO = st.sampled_from(PEOPLE)
TOPICS = st.sampled_from(("python", "python, testing", "testing"))
LIVES, STEPS = 16, 40
ROOMS = (coordination.room, mentoring.room, charter.room, privacy.room)
NEVER = ("declin", "reject", "refus", "turned down", "fit ", "1,000")


class Mentoring(RuleBasedStateMachine):
    """One community, four people and a coordinator, on SQLite in the loop's own thread."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(NOW)
        self.seen = 0
        self.buttons: list[tuple[str, Button]] = []
        self.here = set(PEOPLE)

    @initialize(review=st.sampled_from(("by a coordinator", "by itself after 3 days", "by itself at once")))
    def begin(self, review: str) -> None:
        self._run(self._begin(review))

    async def _begin(self, review: str) -> None:
        engine = _engine()
        shape.tables()  # all of them are known from here on, hence made
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(table.delete())
        values = {CharterText: lambda _: CHARTER}
        self.bed = await furnished(Units(engine), self.clock, ROOMS, people=("ines", *PEOPLE), values=values)
        await self.bed.begin()
        wishes = {"rounds": True, "day": 9, "weeks": 4, "review": review, "at_once": True}
        await ask_of(self.bed, "ines", "mentoring.settings", **wishes)

    # what people do

    @rule(who=WHO, topics=TOPICS, other=st.none() | WHO)
    def offer(self, who: str, topics: str, other: str | None) -> None:
        self._form(who, "mentoring.offer", topics=topics, capacity=CAPACITY[who], not_with=other)

    @rule(who=WHO, topics=TOPICS, other=st.none() | WHO)
    def request(self, who: str, topics: str, other: str | None) -> None:
        self._form(who, "mentoring.request", topics=topics, not_with=other)

    @rule(who=WHO, what=st.sampled_from(("pause", "resume", "end", "withdraw_offer", "withdraw_request")))
    def withdraw(self, who: str, what: str) -> None:
        self._form(who, f"mentoring.{what}")

    @rule(data=st.data(), is_stranger=st.integers(0, 5))
    def press(self, data: st.DataObject, is_stranger: int) -> None:
        """Any button that was ever shown, mostly by whom it was shown to."""
        if self.buttons:
            who, button = data.draw(st.sampled_from(self.buttons[-12:]))
            who = data.draw(WHO) if is_stranger == 0 else who
            self._run(self._asked(who, button.ask, dict(button.args), "button"))

    @rule(mentor=WHO, mentee=WHO)
    def by_hand(self, mentor: str, mentee: str) -> None:
        """Only those who offer: to whom did not, nobody can say how many are too many."""
        if mentor in self._run(self._offering()):
            self._form("ines", "mentoring.propose", mentor=mentor, mentee=mentee)

    @rule(one=WHO, other=WHO)
    def keep_apart(self, one: str, other: str) -> None:
        self._form("ines", "mentoring.exclude", one=one, other=other)

    @rule(what=st.sampled_from(("review", "match_now", "approve_all")))
    def coordinate(self, what: str) -> None:
        self._form("ines", f"mentoring.{what}", **({"up_to": 10_000} if what == "approve_all" else {}))

    @rule(who=WHO)
    def come_or_go(self, who: str) -> None:
        fact = MemberLeft(self.clock.now(), who)
        self._run(
            self.bed.hear(
                fact if who in self.here else MemberJoined(self.clock.now(), Profile(who, who.capitalize()))
            )
        )
        self.here ^= {who}

    @rule()
    def a_door_is_closed(self) -> None:
        self.bed.surface.faults = [Unreachable("closed")]

    @rule(hours=st.sampled_from((2, 30, 80, 170, 400)))
    def time_passes(self, hours: int) -> None:
        until = self.clock.now() + timedelta(hours=hours)
        self._run(Steps(self.bed.house, self.bed.courier).play(self.clock, until))

    # what must hold

    @invariant()
    def every_request_and_every_place_is_in_order(self) -> None:
        self._run(self._look())

    async def _look(self) -> None:
        community = (await self.bed.community()).id
        async with self.bed.units.read() as session:
            seeking, cellar = Seeking(session, community), Pairs(session, community)
            live = [one for one in await cellar.in_stage(*LIVE) if one.why != "apart"]
            loads, offers = await cellar.loads(), await seeking.offers()
            for offer in offers:
                assert loads.get(offer.member, 0) <= offer.capacity, "more than they offered to take"
            mentees = [one.mentee for one in live]
            assert len(mentees) == len(set(mentees)), "two mentors at once"
            for standing in (Standing.WAITING, Standing.IN_HAND, Standing.MATCHED):
                for one in await seeking.requests(standing):
                    assert _stands(standing, [pair for pair in live if pair.request == one.id])
            apart = await seeking.apart()
            unasked = [one for one in live if one.stage in (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED)]
            assert not [one for one in unasked if (one.mentor, one.mentee) in apart], "they are kept apart"
            failed = (await session.execute(text("SELECT key, why FROM agenda WHERE why <> ''"))).all()
            assert not failed, failed

    @invariant()
    def nobody_reads_what_is_not_for_them(self) -> None:
        if not hasattr(self, "bed"):
            return
        fresh, self.seen = self.bed.posts[self.seen :], len(self.bed.posts)
        for post in fresh:
            if post.address.kind == "channel":
                continue
            assert not [word for word in NEVER if word in post.words.lower()], post.words
            for who in post.address.people:
                self.buttons += [(who, button) for button in buttons_in(post.card)]

    # small parts

    def _form(self, who: str, ask: str, **args: Any) -> None:
        given = {name: value for name, value in args.items() if value is not None}
        self._run(self._asked(who, ask, given, "form"))

    async def _asked(self, who: str, ask: str, args: dict[str, Any], via: Any) -> None:
        answer = await self.bed.ask(who, ask=ask, args=args, via=via, submitted=via == "form")
        assert not answer.reference, "an error on our side"
        await Steps(self.bed.house, self.bed.courier).settle()

    async def _offering(self) -> set[str]:
        community = (await self.bed.community()).id
        async with self.bed.units.read() as session:
            seeking = Seeking(session, community)
            names = await seeking.names([one.member for one in await seeking.offers()])
        return {name.lower() for name in names.values()}

    @staticmethod
    def _run(doing: Coroutine[Any, Any, Any]) -> Any:
        return _loop().run_until_complete(doing)


def _stands(standing: Standing, pairs: list[Pair]) -> bool:
    """Whether a request stands as its pairs say."""
    stages = [pair.stage for pair in pairs]
    match standing:
        case Standing.WAITING:
            return stages == []
        case Standing.IN_HAND:
            return len(stages) == 1 and stages[0] in (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED)
        case _:
            return len(stages) == 1 and stages[0] in (Stage.ACCEPTED, Stage.ACTIVE)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mentoring-")


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


def test_whatever_happens_places_and_requests_stay_in_order_and_secrets_secret() -> None:
    checks = list(HealthCheck)
    lives = settings(
        max_examples=LIVES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks
    )
    run_state_machine_as_test(Mentoring, settings=lives)
