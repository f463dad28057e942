"""The intake: happenings are stored, in groups, before the platform hears that we have them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from facilitation.core.features.registry import Registry
from facilitation.core.persistence.codec import (
    ALWAYS_DIGESTED,
    KEPT_BEFORE_BEGIN,
    actor_of,
    channel_of,
    diary_entry,
    history_entries,
    message_entry,
)
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import (
    Event,
    MemberChanged,
    MemberJoined,
    MessagePosted,
    Profile,
    SpaceRef,
)
from storage.communities import Directory, Route
from storage.diary import Diary, Entry, HistoryEntry
from storage.suppression import Suppressions, suppressions_of
from storage.unit import Units, is_collision

GROUP_SIZE = 500
GROUP_WAIT = 0.02
"""How long a happening waits for company, in seconds."""

log = structlog.get_logger(__name__)


@dataclass
class _SpaceMap:
    """What the intake must know of a space to store a happening without asking the database."""

    space: int
    pruned_until: datetime | None
    routes: dict[str, Route]
    accounts: dict[str, int]
    persons: frozenset[int]
    members: dict[int, frozenset[int]]
    begun: frozenset[int]
    wordless: frozenset[int]
    """Communities that keep no words of their messages."""
    forgotten: Suppressions

    def is_forgotten(self, event: Event) -> bool:
        """Whether somebody did this who asked to be forgotten: it is not kept at all."""
        who = actor_of(event)
        return bool(who) and who not in self.accounts and self.forgotten.has(who)

    def is_stranger(self, account: int, community: int) -> bool:
        """Whether this is a person whom the community does not know as a member yet."""
        return account in self.persons and community not in self.members.get(account, ())


class Intake:
    """Stores happenings, each once, where they belong; what belongs nowhere is not kept at all."""

    def __init__(self, units: Units, registry: Registry, clock: Clock) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._maps: dict[SpaceRef, _SpaceMap] = {}
        self._forgotten = 0
        self._waiting: list[tuple[SpaceRef, Event, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Return when the happening is safely stored. Raises what the database raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((space, event, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        await done

    def invalidate(self) -> None:
        """Settings or people changed: read the map of each space again."""
        self._maps.clear()
        self._forgotten += 1

    def is_relevant(self, space: SpaceRef, event: Event) -> bool:
        """Whether the house or a room does something with this, as far as is known without the database."""
        chart = self._maps.get(space)
        if chart is None or not isinstance(event, MessagePosted):
            return True
        if chart.is_forgotten(event):
            return False
        if self._strangers(chart, (event,)):
            return True
        community = chart.routes[event.place].community
        if community is None or community not in chart.begun:
            return False
        author = chart.accounts[event.who]
        return chart.is_stranger(author, community) or bool(self._registry.listeners_for(event))

    async def commit(self, space: SpaceRef, events: Sequence[Event], *, history: bool = False) -> int:
        """Store a group; returns how many were new.

        `history` is what an archive tells of the past: it is kept whether or not the community has begun,
        and no room hears of it.
        """
        try:
            return await self._commit(space, events, history=history)
        except Exception as error:
            if not is_collision(error):
                raise
            # Somebody or something that the map knows is gone: another process erased it. Read it again.
            self._maps.pop(space, None)
            return await self._commit(space, events, history=history)

    async def _commit(self, space: SpaceRef, events: Sequence[Event], *, history: bool) -> int:
        chart = self._maps.get(space) or await self._chart(space)
        if chart is None:
            return 0
        if chart.forgotten.hashes:
            events = [event for event in events if not chart.is_forgotten(event)]
        if self._strangers(chart, events):
            chart = await self._introduce(space, chart, events)
        entries: list[Entry] = []
        messages: list[MessagePosted] = []
        for event in events:
            if not isinstance(event, MessagePosted):
                row = self._entry(chart, event, history=history)
            elif history:
                messages.append(event)
                continue
            else:
                row = self._message(chart, event)
            if row is not None:
                entries.append(row)
        rows = self._past(chart, messages)
        if not (entries or rows):
            return 0
        async with self._units.write() as session:
            diary, now = Diary(session, chart.space), self._clock.now()
            return await diary.write(entries, now) + await diary.write_past(rows, now)

    async def _flush(self) -> None:
        while self._waiting:
            if len(self._waiting) < GROUP_SIZE:
                await asyncio.sleep(GROUP_WAIT)
            group, self._waiting = self._waiting[:GROUP_SIZE], self._waiting[GROUP_SIZE:]
            by_space: dict[SpaceRef, list[tuple[Event, asyncio.Future[None]]]] = {}
            for space, event, done in group:
                by_space.setdefault(space, []).append((event, done))
            for space, things in by_space.items():
                await self._store(space, things)

    async def _store(self, space: SpaceRef, things: list[tuple[Event, asyncio.Future[None]]]) -> None:
        """One group in one transaction; if that fails, each by itself, so that one cannot sink the others."""
        try:
            await self.commit(space, [event for event, _ in things])
        except Exception as error:  # noqa: BLE001  # whatever it was, its senders must hear of it
            if len(things) == 1:
                if not things[0][1].done():
                    things[0][1].set_exception(error)
                return
            log.warning(
                "intake group failed", space=str(space), size=len(things), collision=is_collision(error)
            )
            for thing in things:
                await self._store(space, [thing])
            return
        for _, done in things:
            if not done.done():
                done.set_result(None)

    def _entry(self, chart: _SpaceMap, event: Event, *, history: bool) -> Entry | None:
        """The row of a happening that is no message, None for what is not kept."""
        route = chart.routes.get(channel_of(event))
        if _is_pruned(event, route.pruned_until if route else chart.pruned_until):
            return None
        community = route.community if route else None
        is_kept = community is not None and (history or community in chart.begun)
        if not is_kept and not isinstance(event, KEPT_BEFORE_BEGIN):
            return None
        is_relevant = isinstance(event, ALWAYS_DIGESTED) or bool(self._registry.listeners_for(event))
        return diary_entry(
            event,
            community=community,
            channel=route.channel if route else None,
            author=chart.accounts.get(actor_of(event)),
            fresh=is_relevant and not history,
        )

    def _message(self, chart: _SpaceMap, message: MessagePosted) -> Entry | None:
        """The row of a message, None for what is not kept."""
        route = chart.routes.get(message.place)
        if route is None or route.community is None or route.community not in chart.begun:
            return None
        if _is_pruned(message, route.pruned_until):
            return None
        author = chart.accounts.get(message.who)
        is_stranger = author is not None and chart.is_stranger(author, route.community)
        fresh = is_stranger or bool(self._registry.listeners_for(message))
        is_kept = route.community not in chart.wordless
        return message_entry(
            message, route.community, route.channel, author, fresh=fresh, keeps_words=is_kept
        )

    @staticmethod
    def _past(chart: _SpaceMap, messages: Sequence[MessagePosted]) -> list[HistoryEntry]:
        """The rows of messages that an archive tells: kept whether or not the community has begun."""
        homes = {
            route.handle: (route.community, route.channel)
            for route in chart.routes.values()
            if route.community is not None
        }
        pruned = {r.handle: r.pruned_until for r in chart.routes.values() if r.pruned_until is not None}
        kept = [
            message
            for message in messages
            if message.place in homes
            and not (message.place in pruned and message.at <= pruned[message.place])
        ]
        return history_entries(kept, homes, chart.accounts, chart.wordless)

    @staticmethod
    def _strangers(chart: _SpaceMap, events: Sequence[Event]) -> bool:
        accounts, routes = chart.accounts, chart.routes
        for event in events:
            if type(event) is MessagePosted:
                if event.who not in accounts or event.place not in routes:
                    return True
            elif (who := actor_of(event)) and who not in accounts:
                return True
        return False

    async def _introduce(self, space: SpaceRef, chart: _SpaceMap, events: Sequence[Event]) -> _SpaceMap:
        """Take in accounts and channels nobody told us about."""
        people: dict[str, Profile] = {}
        places: set[str] = set()
        for event in events:
            if isinstance(event, MemberJoined | MemberChanged):
                people[event.who.handle] = event.who
            elif who := actor_of(event):
                people.setdefault(who, Profile(who))
            if isinstance(event, MessagePosted):
                places.add(event.place)
        async with self._units.write() as session:
            directory = Directory(session)
            unknown = [profile for handle, profile in people.items() if handle not in chart.accounts]
            await directory.put_accounts(
                chart.space, [(p.handle, p.name, p.zone, p.is_person, p.manager) for p in unknown]
            )
            await directory.put_channels(
                chart.space, [(place, place, False, False) for place in sorted(places - chart.routes.keys())]
            )
        self._maps.pop(space, None)
        fresh = await self._chart(space)
        assert fresh is not None
        return fresh

    async def _chart(self, ref: SpaceRef) -> _SpaceMap | None:
        forgotten = self._forgotten
        async with self._units.read() as session:
            directory = Directory(session)
            space = await directory.space(ref.platform, ref.handle)
            if space is None:
                return None
            communities = await directory.communities(space.id)
            accounts, persons = await directory.accounts(space.id)
            chart = _SpaceMap(
                space.id,
                space.pruned_until,
                {route.handle: route for route in await directory.routes(space.id)},
                accounts,
                persons,
                await directory.member_accounts(space.id),
                frozenset(community.id for community in communities if community.begun_at is not None),
                frozenset(community.id for community in communities if not community.keep_excerpts),
                await suppressions_of(session, space.id),
            )
        if forgotten == self._forgotten:
            # Else something changed while we read, and the next happening reads again.
            self._maps[ref] = chart
        return chart


def _is_pruned(event: Event, until: datetime | None) -> bool:
    """Whether this is from a time that retention has done with."""
    return until is not None and event.at <= until
