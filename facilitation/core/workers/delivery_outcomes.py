"""What becomes of deliveries: the outcomes of attempts, and how they are recorded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from facilitation.core.features.registry import Registry
from facilitation.core.persistence import codec
from facilitation.core.platforms.surface import OutgoingMessage, Receipt, Surface
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import PostDelivered, PostFailed
from storage.communities import Directory, People
from storage.diary import Diary, Entry
from storage.outbox import DeliveryRecord, Letter, mark_sent
from storage.unit import Session


@dataclass(frozen=True)
class Attempt:
    """One message under way, and the surface it goes through."""

    letter: Letter
    space: int
    surface: Surface
    outgoing: OutgoingMessage


@dataclass(frozen=True)
class Arrived:
    """A message is where its receipt says."""

    attempt: Attempt
    receipt: Receipt


@dataclass(frozen=True)
class Again:
    """A message is tried again at `at`; in doubt, it is looked up first."""

    letter: Letter
    at: datetime
    why: str
    in_doubt: bool


@dataclass(frozen=True)
class Unfound:
    """A message in doubt has not arrived: everything that may forbid it is checked again."""

    letter: Letter
    at: datetime


@dataclass(frozen=True)
class GivenUp:
    """A message will not be delivered."""

    attempt: Attempt
    why: str


Outcome = Arrived | Again | Unfound | GivenUp


class OutcomeRecord:
    """Records outcomes within a unit of work."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    async def store(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        """Record outcomes, and write the facts that follow to the diary, so that listeners learn of them."""
        await self._store_arrived(session, [one for one in outcomes if isinstance(one, Arrived)])
        for outcome in outcomes:
            match outcome:
                case Arrived():
                    pass
                case Again(letter, at, why, in_doubt):
                    await DeliveryRecord(session, letter).again(at, why, in_doubt=in_doubt)
                case Unfound(letter, at):
                    await DeliveryRecord(session, letter).unfound(at)
                case GivenUp():
                    await self._store_given_up(session, outcome)
                case _:
                    assert_never(outcome)

    async def _store_arrived(self, session: Session, arrived: Sequence[Arrived]) -> None:
        if not arrived:
            return
        now = self._clock.now()
        standing = await mark_sent(
            session, [(one.attempt.letter, one.receipt.place, one.receipt.messages) for one in arrived], now
        )
        by_space: dict[int, list[PostDelivered]] = defaultdict(list)
        for one in arrived:
            letter, receipt = one.attempt.letter, one.receipt
            if letter.id not in standing or letter.receipt:
                continue
            if letter.sealed:
                fact = PostDelivered(now, letter.key, "", "", letter.community)
                await self._write(session, letter, one.attempt.space, fact)
                continue
            first = receipt.messages[0] if receipt.messages else ""
            fact = PostDelivered(now, letter.key, receipt.place, first, letter.community)
            by_space[one.attempt.space].append(fact)
        for space, facts in by_space.items():
            await Diary(session, space).write([self._row(fact) for fact in facts], now)

    async def _store_given_up(self, session: Session, given_up: GivenUp) -> None:
        letter, space = given_up.attempt.letter, given_up.attempt.space
        if not await DeliveryRecord(session, letter).give_up(given_up.why, expired=False):
            return
        if given_up.why == "closed" and letter.member is not None:
            for account in await People(session, letter.community).accounts(letter.member):
                if account.space == space:
                    await Directory(session).close_direct_messages(account.id)
        await self.store_failure(session, letter, space, given_up.why)

    async def store_failure(self, session: Session, letter: Letter, space: int | None, why: str) -> None:
        """Record why a message was given up."""
        fact = PostFailed(self._clock.now(), letter.key, why, letter.community)
        await self._write(session, letter, space, fact)

    async def _write(
        self, session: Session, letter: Letter, space: int | None, fact: PostDelivered | PostFailed
    ) -> None:
        """Write a fact to the diary, in the transaction of the mark."""
        if letter.sealed:
            space = None  # the space would reveal its reader
        spaces = [space] if space is not None else await Directory(session).spaces_of(letter.community)
        if not spaces:
            return
        await Diary(session, spaces[0]).write([self._row(fact)], fact.at)

    def _row(self, fact: PostDelivered | PostFailed) -> Entry:
        fresh = bool(self._registry.listeners_for(fact))
        return codec.diary_entry(fact, community=fact.community, channel=None, author=None, fresh=fresh)
