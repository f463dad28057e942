"""Mentoring in any order: offered, asked for, pressed early, late and by others, left, forgotten, slept over.

No mentor ever has more than they offered to take; nobody has two mentors; a request that is open stands in
exactly one way; nobody who is kept apart is proposed; nobody reads that they were declined, nor a fit.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.runner import Runner
from facilitation import charter, coordination, mentoring, privacy
from facilitation.core.values.cards import Button, buttons_in
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import MemberJoined, MemberLeft, Profile
from storage.base import Base
from storage.engine import open_engine
from storage.mentoring import LIVE, Pair, Pairs, RequestState, Seeking, Stage
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.features.community import CHARTER, submit_form
from tests.features.mentoring.steps import pair_of
from tests.samples import MENTORING_LIVES, sampled
from tests.shape.tables import tables
from tests.testbed import make_testbed

PEOPLE = ("kofi", "lena", "marek", "nadia")
CAPACITY = {"kofi": 2, "lena": 1, "marek": 1, "nadia": 1}
TOPICS = ("python", "python, testing", "testing")
STEPS, DOINGS = 3, 25
MOSTLY = 30
"""What comes between people happens seldom, or nothing would come about."""
OFTEN = {"press": 14, "offer": 3, "request": 4, "coordinate": 2, "time_passes": 3}
RARELY = (
    "press_anything",
    "withdraw",
    "by_hand",
    "keep_apart",
    "come_or_go",
    "forget",
    "close_direct_messages",
)
DOING = (*(what for what, n in OFTEN.items() for _ in range(n)), *RARELY)
FEATURES = (coordination.feature, mentoring.feature, charter.feature, privacy.feature)
NEVER = ("declin", "reject", "refus", "turned down", "fit ", "1,000")


class Mentoring(RuleBasedStateMachine):
    """One community, four people and a coordinator, on SQLite in the loop's own thread."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(NOW)
        self.seen = 0
        self.buttons: list[tuple[str, Button]] = []
        self.here = set(PEOPLE)

    reached: ClassVar[Counter[Stage]] = Counter()

    @initialize(review=st.sampled_from(("by a coordinator", "by itself after 3 days", "by itself at once")))
    def begin(self, review: str) -> None:
        self._run(self._begin(review))

    async def _begin(self, review: str) -> None:
        engine = _engine()
        tables()  # all of them are known from here on, hence made
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for table in reversed(Base.metadata.sorted_tables):
                await connection.execute(table.delete())
        values = {CharterText: lambda _: CHARTER}
        self.bed = await make_testbed(
            Units(engine), self.clock, FEATURES, people=("ines", *PEOPLE), factories=values
        )
        await self.bed.begin()
        settings = {"rounds": True, "day": 9, "weeks": 4, "review": review, "at_once": True}
        await submit_form(self.bed, "ines", "mentoring.change_settings", **settings)
        for who in ("kofi", "lena"):
            await submit_form(self.bed, who, "mentoring.offer", topics="python", capacity=CAPACITY[who])
        await submit_form(self.bed, "ines", "mentoring.propose_pair", mentor="kofi", mentee="nadia")
        pair = (await pair_of(self.bed, "nadia")).id
        for who, says in (("nadia", "accept_mentor"), ("kofi", "accept_mentee")):
            await self._asked(who, f"mentoring.{says}", {"pair": pair}, "button")
        await submit_form(self.bed, "marek", "mentoring.request", topics="python")

    # what people do

    @rule(seed=st.integers(0, 2**32 - 1))
    def life_goes_on(self, seed: int) -> None:
        """What people do for a while; by a seed, for lives of single choices come out short and empty."""
        chance = Random(seed)
        for _ in range(DOINGS):
            what, (who, other) = chance.choice(DOING), chance.sample(PEOPLE, 2)
            getattr(self, what)(who, other, chance.randrange(40))
            self.every_request_and_every_place_is_in_order()
            self.nobody_reads_what_is_not_for_them()

    def offer(self, who: str, other: str, number: int) -> None:
        avoided = other if number > MOSTLY else None
        topics = TOPICS[number % 3]
        self._form(who, "mentoring.offer", topics=topics, capacity=CAPACITY[who], not_with=avoided)

    def request(self, who: str, other: str, number: int) -> None:
        avoided = other if number > MOSTLY else None
        self._form(who, "mentoring.request", topics=TOPICS[number % 3], not_with=avoided)

    def withdraw(self, who: str, other: str, number: int) -> None:
        what = ("pause", "resume", "end", "withdraw_offer", "withdraw_request", "resume")[number % 6]
        self._form(who, f"mentoring.{what}")

    def press(self, who: str, other: str, number: int) -> None:
        """One of the newest buttons, by whom it was shown to; mostly the one that leads on."""
        newest = self.buttons[-8:]
        wished = [one for one in newest if one[1].style == "primary" or number > MOSTLY] or newest
        for owner, button in wished[-1 - number % len(wished) :][:1] if wished else []:
            self._run(self._asked(owner, button.command, dict(button.args), "button"))

    def press_anything(self, who: str, other: str, number: int) -> None:
        """Any button that was ever shown, by anybody."""
        for _, button in self.buttons[number * 7 % (len(self.buttons) or 1) :][:1]:
            self._run(self._asked(who, button.command, dict(button.args), "button"))

    def by_hand(self, who: str, other: str, number: int) -> None:
        """Only those who offer: of who did not, nobody can say how many are too many."""
        if who in self._run(self._offering()):
            self._form("ines", "mentoring.propose_pair", mentor=who, mentee=other)

    def keep_apart(self, who: str, other: str, number: int) -> None:
        if number > MOSTLY:
            self._form("ines", "mentoring.exclude_pair", one=who, other=other)

    def coordinate(self, who: str, other: str, number: int) -> None:
        self._form("ines", "mentoring.match_now")
        self._form("ines", "mentoring.approve_all_pairs", up_to=10_000)

    def come_or_go(self, who: str, other: str, number: int) -> None:
        if who in self.here and number <= MOSTLY:
            return
        now = self.clock.now()
        come, go = MemberJoined(now, Profile(who, who.capitalize())), MemberLeft(now, who)
        self._run(self.bed.receive(go if who in self.here else come))
        self.here ^= {who}

    def forget(self, who: str, other: str, number: int) -> None:
        """And back, so that there is somebody."""
        if number > MOSTLY and who in self.here:
            self._form(who, "privacy.forget_now")
            self._run(self.bed.send(who, "/cop home"))

    def close_direct_messages(self, who: str, other: str, number: int) -> None:
        self.bed.surface.faults = [Unreachable("closed")]

    def time_passes(self, who: str, other: str, number: int) -> None:
        until = self.clock.now() + timedelta(hours=5 * number)
        self._run(Runner(self.bed.dispatcher, self.bed.courier).play(self.clock, until))

    # what must hold

    @invariant()
    def every_request_and_every_place_is_in_order(self) -> None:
        self._run(self._look())

    async def _look(self) -> None:
        community = (await self.bed.community()).id
        async with self.bed.units.read() as session:
            seeking, repository = Seeking(session, community), Pairs(session, community)
            live = [one for one in await repository.in_stage(*LIVE) if one.why != "apart"]
            loads, offers = await repository.loads(), await seeking.offers()
            for offer in offers:
                assert loads.get(offer.member, 0) <= offer.capacity, "more than they offered to take"
            for stage in Stage:
                Mentoring.reached[stage] += len(await repository.in_stage(stage))
            mentees = [one.mentee for one in live]
            assert len(mentees) == len(set(mentees)), "two mentors at once"
            for state in (RequestState.WAITING, RequestState.IN_HAND, RequestState.MATCHED):
                for one in await seeking.requests(state):
                    assert _stands(state, [pair for pair in live if pair.request == one.id])
            apart = await seeking.apart()
            unasked = [one for one in live if one.stage in (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED)]
            assert not [one for one in unasked if (one.mentor, one.mentee) in apart], "they are kept apart"
            failed = (
                await orm_of(session).execute(text("SELECT key, error FROM agenda WHERE error <> ''"))
            ).all()
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

    def _form(self, who: str, command: str, **args: Any) -> None:
        given = {name: value for name, value in args.items() if value is not None}
        self._run(self._asked(who, command, given, "form"))

    async def _asked(self, who: str, command: str, args: dict[str, Any], via: Any) -> None:
        answer = await self.bed.send(who, command=command, args=args, via=via, submitted=via == "form")
        assert not answer.reference, "an error on our side"
        await Runner(self.bed.dispatcher, self.bed.courier).settle()

    async def _offering(self) -> set[str]:
        community = (await self.bed.community()).id
        async with self.bed.units.read() as session:
            seeking = Seeking(session, community)
            names = await seeking.names([one.member for one in await seeking.offers()])
        return {name.lower() for name in names.values()}

    @staticmethod
    def _run(doing: Coroutine[Any, Any, Any]) -> Any:
        return _loop().run_until_complete(doing)


def _stands(state: RequestState, pairs: list[Pair]) -> bool:
    """Whether a request stands as its pairs say."""
    stages = [pair.stage for pair in pairs]
    match state:
        case RequestState.WAITING:
            return stages == []
        case RequestState.IN_HAND:
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


@sampled("lives", MENTORING_LIVES)
def test_whatever_happens_places_and_requests_stay_in_order_and_secrets_secret(lives: int) -> None:
    checks = list(HealthCheck)
    chosen = settings(
        max_examples=lives,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=checks,
        derandomize=True,  # so few lives are always the same ones
        database=None,
    )
    Mentoring.reached.clear()
    run_state_machine_as_test(Mentoring, settings=chosen)
    expected = (Stage.DECLINED, Stage.ACTIVE) if lives > 1 else (Stage.ENDED, Stage.ACTIVE)
    assert min(Mentoring.reached[stage] for stage in expected) > 0, Mentoring.reached
