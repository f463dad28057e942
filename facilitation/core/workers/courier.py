"""The courier: delivers what waits in the outbox, once, in order, and only where it is allowed.

It claims messages in one short transaction, sends each in a task of its own outside any, and records outcomes
in groups. A lane has at most one message under way, so a call that hangs holds up its own lane alone. A send
whose outcome is unknown is looked up before it is repeated.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from facilitation.core.features.registry import Registry
from facilitation.core.people.contact import next_waking, with_footer, zone_of
from facilitation.core.people.name_lookup import resolve_names
from facilitation.core.persistence import codec, sealing
from facilitation.core.platforms.surface import Address, OutgoingMessage, Receipt, Surface
from facilitation.core.values.cards import Card, Channel, Direct, Group, PostThread, Thread
from facilitation.core.values.clock import Clock
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from facilitation.core.values.events import SpaceRef
from facilitation.core.workers.delivery_outcomes import (
    Again,
    Arrived,
    Attempt,
    GivenUp,
    Outcome,
    OutcomeRecord,
    Unfound,
)
from facilitation.core.workers.group_commit import GroupCommit
from facilitation.core.workers.worker import end_tasks
from storage import outbox as outboxes
from storage.communities import Account, Community, Directory, Member, People, SpaceFacts
from storage.outbox import DeliveryRecord, Letter, Outbox
from storage.unit import Session, Units, seals_of

AT_ONCE = 100
"""Messages claimed, and outcomes recorded, in one transaction."""
UNDER_WAY = 1_000
"""Messages that this process sends at a time."""
UNDER_WAY_PER_SPACE = 100
LEASE = timedelta(minutes=2)
ATTEMPT_TIMEOUT = timedelta(seconds=75)
"""How long an attempt may take as a whole before its message is in doubt: less than the lease, so that no
other process takes it meanwhile.
"""
LAST_BREATH = timedelta(seconds=10)
"""How long a message that a dead process was sending may still arrive."""
TRIES = 8
WEEK = timedelta(days=7)
A_MOMENT = timedelta(seconds=1)
BUSY = timedelta(minutes=10)
"""How long a nudge waits at least when the budget of its reader is spent, or promised to another."""

log = structlog.get_logger(__name__)


class _Wait(Exception):
    """Not now, but at `until`. A `held` message blocks nothing behind it in its lane."""

    def __init__(self, until: datetime, why: str, *, held: bool = False) -> None:
        super().__init__(why)
        self.until = until
        self.why = why
        self.held = held


class _Drop(Exception):
    """Never: `expired` if time or a wish of the reader settled it, else a failure."""

    def __init__(self, why: str, *, expired: bool) -> None:
        super().__init__(why)
        self.why = why
        self.expired = expired


class _Known:
    """What several messages of one claim need, read once, and how many sends each space has."""

    def __init__(self, session: Session, under_way: Counter[int]) -> None:
        self.under_way = under_way.copy()
        self._session = session
        self._communities: dict[int, Community] = {}
        self._spaces: dict[int, SpaceFacts] | None = None

    async def community(self, community: int) -> Community:
        if community not in self._communities:
            self._communities[community] = await People(self._session, community).community()
        return self._communities[community]

    async def spaces(self) -> dict[int, SpaceFacts]:
        if self._spaces is None:
            self._spaces = {space.id: space for space in await Directory(self._session).spaces()}
        return self._spaces


class Courier:
    """Delivers through the surfaces of the spaces that this process is connected to."""

    def __init__(self, units: Units, clock: Clock, registry: Registry) -> None:
        self._units = units
        self._clock = clock
        self._registry = registry
        self._surfaces: dict[SpaceRef, tuple[Surface, timedelta]] = {}
        self._free_at: dict[str, datetime] = {}
        """When a lane may be used again, by the pace of its platform or because it was throttled."""
        self._under_way: dict[str, asyncio.Task[None]] = {}
        """The send that is under way in each busy lane."""
        self._per_space: Counter[int] = Counter()
        self._record = OutcomeRecord(registry, clock)
        self._outcomes = GroupCommit(self._store_outcomes, AT_ONCE)
        self.on_free: Callable[[], None] = lambda: None
        """Called when a lane has become free."""

    def connect(self, space: SpaceRef, surface: Surface, pace: timedelta = timedelta()) -> None:
        """Deliver to a space through this surface, at most one message per lane and `pace`."""
        self._surfaces[space] = (surface, pace)

    def disconnect(self, space: SpaceRef) -> None:
        """Stop delivering to a space; messages for it keep waiting."""
        self._surfaces.pop(space, None)

    async def take_over(self) -> None:
        """Declare that no other process is at work: its unfinished sends need not wait for their lease.

        They still wait for LAST_BREATH, because a send that was under way may yet arrive.
        """
        async with self._units.write() as session:
            await outboxes.take_over(session, self._clock.now() + LAST_BREATH)

    async def step(self) -> int:
        """Deliver at most one message per lane; returns how many were claimed, 0 when none may go now."""
        claimed = await self.dispatch()
        await asyncio.gather(*self._under_way.values())
        return claimed

    async def dispatch(self) -> int:
        """Begin to send messages whose lanes are free; returns how many were claimed, 0 when none may go."""
        now = self._clock.now()
        self._free_at = {lane: free for lane, free in self._free_at.items() if free > now}
        limit = min(AT_ONCE, UNDER_WAY - len(self._under_way))
        if limit <= 0:
            return 0
        busy = self._free_at.keys() | self._under_way.keys()
        full = [space for space, count in self._per_space.items() if count >= UNDER_WAY_PER_SPACE]
        try:
            letters, attempts = await self._claim(now, busy, full, limit)
        except Exception:  # noqa: BLE001  # it comes again, and is then recorded with the message that caused it
            letters, attempts = await self._claim(now, busy, full, limit, guarded=True)
        for attempt in attempts:
            self._begin(attempt)
        return len(letters)

    async def next_at(self) -> datetime | None:
        """When the next message may go, considering the pace of each lane. A busy lane calls `on_free`."""
        busy = self._free_at.keys() | self._under_way.keys()
        async with self._units.read() as session:
            at = await outboxes.next_send(session, busy)
        free = (free for lane, free in self._free_at.items() if lane not in self._under_way)
        return min((at, *free) if at is not None else free, default=None)

    async def finish(self, patience: timedelta) -> None:
        """Wait for the sends that are under way, and abandon those that take longer.

        An abandoned message stays claimed. The next process looks it up before it sends it again.
        """
        await end_tasks(list(self._under_way.values()), patience)
        await self._outcomes.finish()

    def _begin(self, attempt: Attempt) -> None:
        lane = attempt.letter.lane
        self._per_space[attempt.space] += 1
        self._under_way[lane] = task = asyncio.create_task(self._send(attempt))

        def end(done: asyncio.Task[None]) -> None:
            del self._under_way[lane]
            self._per_space[attempt.space] -= 1
            if not done.cancelled() and (error := done.exception()) is not None:
                # The outcome could not be stored. Once its lease ends, the message is looked up.
                self._log_error("outcome not recorded", attempt.letter, error)
            self.on_free()

        task.add_done_callback(end)

    # Before the send ---------------------------------------------------------------------------------

    async def _claim(
        self,
        now: datetime,
        busy: Collection[str],
        full: Collection[int],
        limit: int,
        *,
        guarded: bool = False,
    ) -> tuple[list[Letter], list[Attempt]]:
        """Claim messages, decide which are sent now, and mark those as being sent.

        With `guarded`, an error concerns only the message that causes it, for the price of a savepoint each.
        """
        async with self._units.write() as session:
            letters = await outboxes.claim(session, now, busy, limit, full=full)
            known = _Known(session, self._per_space)
            prepared = [
                await self._prepare(session, letter, known, now, guarded=guarded) for letter in letters
            ]
            attempts = [attempt for attempt in prepared if attempt is not None]
            await outboxes.mark_sending(session, [(one.letter, one.space) for one in attempts], now + LEASE)
        return letters, attempts

    async def _prepare(
        self, session: Session, letter: Letter, known: _Known, now: datetime, *, guarded: bool
    ) -> Attempt | None:
        try:
            async with session.savepoint() if guarded else nullcontext():
                return await self._judge(session, letter, known, now)
        except _Wait as wait:
            record = DeliveryRecord(session, letter)
            if wait.held:
                await record.hold(wait.until, wait.why)
            else:
                await record.again(wait.until, wait.why, in_doubt=letter.state == "in_doubt")
        except _Drop as drop:
            record = DeliveryRecord(session, letter)
            if await record.give_up(drop.why, expired=drop.expired):
                await self._record.store_failure(session, letter, letter.space, drop.why)
        except Exception as error:
            if not guarded:
                raise
            # One unreadable message must not stop the others.
            why = self._log_error("letter not judged", letter, error)
            record = DeliveryRecord(session, letter)
            if letter.tries + 1 < TRIES:
                await record.failed(now + _backoff(letter), why)
            elif await record.give_up(why, expired=False):
                await self._record.store_failure(session, letter, letter.space, "invalid")
        return None

    async def _judge(self, session: Session, letter: Letter, known: _Known, now: datetime) -> Attempt:
        """Decide whether, where and as what a message goes now. Raises _Wait or _Drop."""
        community = await known.community(letter.community)
        is_new = not letter.receipt and letter.state != "in_doubt"
        if is_new and letter.withdrawn:
            raise _Drop("withdrawn", expired=True)
        if is_new and now > letter.expires_at:
            raise _Drop("stale", expired=True)
        if is_new and (letter.hushable or letter.nudge) and community.is_hushed(now):
            raise _Drop("hushed", expired=True)
        letter = _readable(session, letter, now)
        space, address, recipient = await self._address(session, letter, community, now)
        if is_new and letter.nudge and recipient is not None:
            await self._may_nudge(session, letter, community, *recipient, now)
        surface = self._surface((await known.spaces()).get(space))
        if surface is None:
            raise _Wait(now + timedelta(minutes=1), "its space is not connected")
        if known.under_way[space] >= UNDER_WAY_PER_SPACE:
            raise _Wait(now + A_MOMENT, "many others of its space are being sent")
        known.under_way[space] += 1
        card = codec.decode_card(letter.card)
        outgoing = OutgoingMessage(
            delivery=letter.delivery,
            address=address,
            renderable=await resolve_names(session, community, space, self._as_sent(card, letter)),
            feature=letter.feature,
            key=letter.key,
            receipt=Receipt(letter.receipt_place, tuple(letter.receipt.split("\n")))
            if letter.receipt
            else None,
            withdraw=letter.withdrawn,
            emoji=letter.emoji,
            join_channel=letter.join_channel,
        )
        return Attempt(letter, space, surface, outgoing)

    def _as_sent(self, card: Card, letter: Letter) -> Card:
        return with_footer(card, self._registry.nudge(letter.nudge)) if letter.nudge else card

    async def _may_nudge(
        self,
        session: Session,
        letter: Letter,
        community: Community,
        member: Member,
        account: Account,
        now: datetime,
    ) -> None:
        """Check opt-out, closed direct messages, quiet hours and the weekly budget, in this order."""
        if member.quiet:
            raise _Drop("quiet", expired=True)
        if account.dms_closed:
            raise _Drop("closed", expired=False)
        waking = next_waking(
            now,
            zone_of(member, account, community),
            community.quiet_from,
            community.quiet_to,
            weekends=community.quiet_weekends,
        )
        if waking > now:
            raise _Wait(waking, "quiet hours", held=True)
        outbox = Outbox(session, letter.community)
        sent = await outbox.nudges_since(member.id, now - WEEK)
        left = member.weekly_limit - len(sent)
        if left <= 0:
            free = sent[-member.weekly_limit] + WEEK + A_MOMENT
            raise _Wait(max(free, now + BUSY), "over the weekly budget", held=True)
        nudge = self._registry.nudge(letter.nudge)
        if await outbox.nudges_waiting(member.id, self._registry.nudges_before(nudge), now) >= left:
            raise _Wait(now + BUSY, "something more important comes first", held=True)

    async def _address(
        self, session: Session, letter: Letter, community: Community, now: datetime
    ) -> tuple[int, Address, tuple[Member, Account] | None]:
        place = codec.decode_place(letter.place)
        match place:
            case Channel():
                return place.space, Address("channel", place.handle), None
            case Thread():
                return place.space, Address("thread", place.handle, place.root), None
            case PostThread():
                receipt = await Outbox(session, community.id).receipt(place.key)
                if receipt is None:
                    raise _Wait(now + timedelta(seconds=5), "the post it belongs under is not sent yet")
                return receipt[0], Address("thread", receipt[1], receipt[2]), None
            case Direct() if letter.erased and letter.receipt and letter.space is not None:
                # The reader is forgotten: the message is removed from where it arrived.
                return letter.space, Address("direct", letter.receipt_place), None
            case Direct():
                member, account = await self._recipient(session, community, place.member)
                return account.space, Address("direct", people=(account.handle,)), (member, account)
            case Group():
                reached = [await self._recipient(session, community, member) for member in place.members]
                space = reached[0][1].space
                handles = tuple(account.handle for _, account in reached if account.space == space)
                known = await Outbox(session, community.id).opened(letter.lane)
                return space, Address("group", known or "", people=handles), None
            case _:
                assert_never(place)

    @staticmethod
    async def _recipient(session: Session, community: Community, member: int) -> tuple[Member, Account]:
        people = People(session, community.id)
        found = await people.member(member)
        accounts = [account for account in await people.accounts(member) if account.is_person]
        if found is None or found.left_at is not None or not accounts:
            raise _Drop("left", expired=True)
        return found, accounts[0]

    def _surface(self, space: SpaceFacts | None) -> Surface | None:
        if space is None or space.lost_at is not None:
            raise _Drop("gone", expired=True)
        found = self._surfaces.get(SpaceRef(space.platform, space.handle))
        return found[0] if found else None

    # The send and its outcome-------------------------------------------------------------------------

    async def _send(self, attempt: Attempt) -> None:
        letter = attempt.letter
        if pace := self._pace_of(attempt.surface):
            self._free_at[letter.lane] = self._clock.now() + pace
        is_doubtful = letter.state == "in_doubt" and not letter.receipt
        try:
            receipt = await self._call_platform(attempt, is_doubtful=is_doubtful)
            now = self._clock.now()
            outcome: Outcome = Arrived(attempt, receipt) if receipt else Unfound(letter, now)
        except Throttled as throttled:
            self._free_at[letter.lane] = self._clock.now() + throttled.wait
            outcome = self._again(letter, throttled.wait, str(throttled), in_doubt=is_doubtful)
        except Unknown as unknown:
            why = "Unknown" if letter.sealed else str(unknown)
            outcome = self._again(letter, _backoff(letter), why, in_doubt=True)
        except Unreachable as unreachable:
            outcome = GivenUp(attempt, unreachable.why)
        except Exception as error:  # noqa: BLE001  # likewise
            why = self._log_error("delivery failed", letter, error)
            if letter.tries + 1 >= TRIES:
                outcome = GivenUp(attempt, why)
            else:
                outcome = self._again(letter, _backoff(letter), type(error).__name__, in_doubt=True)
        await self._outcomes.commit(outcome)

    async def _call_platform(self, attempt: Attempt, *, is_doubtful: bool) -> Receipt | None:
        """The receipt; None if a message in doubt has not arrived.

        A call that takes longer than ATTEMPT_TIMEOUT leaves its message in doubt. The call itself goes on,
        because a library may not survive its cancellation, and its lane stays busy, because the message may
        still arrive.
        """
        call = asyncio.create_task(self._look_up_or_deliver(attempt, is_doubtful=is_doubtful))
        try:
            await asyncio.wait({call}, timeout=ATTEMPT_TIMEOUT.total_seconds())
            if not call.done():
                late = self._again(attempt.letter, _backoff(attempt.letter), "no answer", in_doubt=True)
                await self._outcomes.commit(late)
            return await call
        finally:
            call.cancel()  # only when the process ends, otherwise the call has ended

    @staticmethod
    async def _look_up_or_deliver(attempt: Attempt, *, is_doubtful: bool) -> Receipt | None:
        """Deliver; a message that did arrive is edited, since it may have been revised meanwhile."""
        outgoing = attempt.outgoing
        if is_doubtful:
            found = await attempt.surface.find(outgoing.delivery, outgoing.address)
            if found is None:
                return None
            outgoing = replace(outgoing, receipt=found)
        return await attempt.surface.deliver(outgoing)

    def _again(self, letter: Letter, wait: timedelta, why: str, *, in_doubt: bool) -> Again:
        return Again(letter, self._clock.now() + wait, why, in_doubt)

    async def _store_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        async with self._units.write() as session:
            await self._record.store(session, outcomes)

    def _pace_of(self, surface: Surface) -> timedelta:
        return next((pace for known, pace in self._surfaces.values() if known is surface), timedelta())

    @staticmethod
    def _log_error(what: str, letter: Letter, error: BaseException) -> str:
        """Log an error; returns it in words, which for a sealed message are never the error's own."""
        cause = sealing.error_details(error, sealed=letter.sealed)
        log.error(what, key=letter.key, tries=letter.tries + 1, **cause)
        return sealing.error_words(error, sealed=letter.sealed)


def _readable(session: Session, letter: Letter, now: datetime) -> Letter:
    """The message, opened if it is sealed. Without any key it waits, because the operator's mistake can be
    mended.
    """
    seals = seals_of(session)
    if letter.sealed and not seals:
        raise _Wait(now + timedelta(hours=1), "no key is set")
    try:
        return sealing.unsealed_letter(letter, seals)
    except sealing.Unopened as unopened:
        raise _Drop(str(unopened), expired=False) from None


def _backoff(letter: Letter) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes."""
    return timedelta(seconds=min(2 ** (letter.tries + 1), 600))
