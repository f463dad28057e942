"""The intake: happenings are stored, in groups, before the platform hears that we have them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from facilitation.core.clock import Clock
from facilitation.core.happenings import (
    Happening,
    MemberChanged,
    MemberJoined,
    MessagePosted,
    Profile,
    SpaceRef,
)
from facilitation.core.ledger import (
    ABOUT_PEOPLE_AND_PLACES,
    WITH_ROOMS,
    entry,
    past,
    place_of,
    posted,
    who_of,
)
from facilitation.core.room import Catalogue
from storage.communities import Directory, Route
from storage.diary import Diary, Entry, Past
from storage.forgotten import Forgotten, forgotten_in
from storage.unit import Units, is_collision

GROUP_SIZE = 500
GROUP_WAIT = 0.02
"""How long a happening waits for company, in seconds."""

log = structlog.get_logger(__name__)


@dataclass
class _Map:
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
    forgotten: Forgotten

    def is_forgotten(self, happening: Happening) -> bool:
        """Whether somebody did this who asked to be forgotten: it is not kept at all."""
        who = who_of(happening)
        return bool(who) and who not in self.accounts and self.forgotten.has(who)

    def is_stranger(self, account: int, community: int) -> bool:
        """Whether this is a person whom the community does not know as a member yet."""
        return account in self.persons and community not in self.members.get(account, ())


class Intake:
    """Stores happenings, each once, where they belong; what belongs nowhere is not kept at all."""

    def __init__(self, units: Units, catalogue: Catalogue, clock: Clock) -> None:
        self._units = units
        self._catalogue = catalogue
        self._clock = clock
        self._maps: dict[SpaceRef, _Map] = {}
        self._forgotten = 0
        self._waiting: list[tuple[SpaceRef, Happening, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def hear(self, space: SpaceRef, happening: Happening) -> None:
        """Return when the happening is safely stored. Raises what the database raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((space, happening, done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        await done

    def forget(self) -> None:
        """Settings or people changed: read the map of each space again."""
        self._maps.clear()
        self._forgotten += 1

    def is_heard(self, space: SpaceRef, happening: Happening) -> bool:
        """Whether the house or a room does something with this, as far as is known without the database."""
        chart = self._maps.get(space)
        if chart is None or not isinstance(happening, MessagePosted):
            return True
        if chart.is_forgotten(happening):
            return False
        if self._strangers(chart, (happening,)):
            return True
        community = chart.routes[happening.place].community
        if community is None or community not in chart.begun:
            return False
        author = chart.accounts[happening.who]
        return chart.is_stranger(author, community) or bool(self._catalogue.ears_for(happening))

    async def commit(self, space: SpaceRef, happenings: Sequence[Happening], *, history: bool = False) -> int:
        """Store a group; returns how many were new.

        `history` is what an archive tells of the past: it is kept whether or not the community has begun,
        and no room hears of it.
        """
        try:
            return await self._commit(space, happenings, history=history)
        except Exception as error:
            if not is_collision(error):
                raise
            # Somebody or something that the map knows is gone: another process erased it. Read it again.
            self._maps.pop(space, None)
            return await self._commit(space, happenings, history=history)

    async def _commit(self, space: SpaceRef, happenings: Sequence[Happening], *, history: bool) -> int:
        chart = self._maps.get(space) or await self._chart(space)
        if chart is None:
            return 0
        if chart.forgotten.hashes:
            happenings = [happening for happening in happenings if not chart.is_forgotten(happening)]
        if self._strangers(chart, happenings):
            chart = await self._introduce(space, chart, happenings)
        entries: list[Entry] = []
        messages: list[MessagePosted] = []
        for happening in happenings:
            if not isinstance(happening, MessagePosted):
                row = self._entry(chart, happening, history=history)
            elif history:
                messages.append(happening)
                continue
            else:
                row = self._message(chart, happening)
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
            by_space: dict[SpaceRef, list[tuple[Happening, asyncio.Future[None]]]] = {}
            for space, happening, done in group:
                by_space.setdefault(space, []).append((happening, done))
            for space, things in by_space.items():
                await self._store(space, things)

    async def _store(self, space: SpaceRef, things: list[tuple[Happening, asyncio.Future[None]]]) -> None:
        """One group in one transaction; if that fails, each by itself, so that one cannot sink the others."""
        try:
            await self.commit(space, [happening for happening, _ in things])
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

    def _entry(self, chart: _Map, happening: Happening, *, history: bool) -> Entry | None:
        """The row of a happening that is no message, None for what is not kept."""
        route = chart.routes.get(place_of(happening))
        if _is_pruned(happening, route.pruned_until if route else chart.pruned_until):
            return None
        community = route.community if route else None
        is_kept = community is not None and (history or community in chart.begun)
        if not is_kept and not isinstance(happening, ABOUT_PEOPLE_AND_PLACES):
            return None
        is_heard = isinstance(happening, WITH_ROOMS) or bool(self._catalogue.ears_for(happening))
        return entry(
            happening,
            community=community,
            channel=route.channel if route else None,
            author=chart.accounts.get(who_of(happening)),
            fresh=is_heard and not history,
        )

    def _message(self, chart: _Map, message: MessagePosted) -> Entry | None:
        """The row of a message, None for what is not kept."""
        route = chart.routes.get(message.place)
        if route is None or route.community is None or route.community not in chart.begun:
            return None
        if _is_pruned(message, route.pruned_until):
            return None
        author = chart.accounts.get(message.who)
        is_stranger = author is not None and chart.is_stranger(author, route.community)
        fresh = is_stranger or bool(self._catalogue.ears_for(message))
        is_kept = route.community not in chart.wordless
        return posted(message, route.community, route.channel, author, fresh=fresh, keeps_words=is_kept)

    @staticmethod
    def _past(chart: _Map, messages: Sequence[MessagePosted]) -> list[Past]:
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
        return past(kept, homes, chart.accounts, chart.wordless)

    @staticmethod
    def _strangers(chart: _Map, happenings: Sequence[Happening]) -> bool:
        accounts, routes = chart.accounts, chart.routes
        for happening in happenings:
            if type(happening) is MessagePosted:
                if happening.who not in accounts or happening.place not in routes:
                    return True
            elif (who := who_of(happening)) and who not in accounts:
                return True
        return False

    async def _introduce(self, space: SpaceRef, chart: _Map, happenings: Sequence[Happening]) -> _Map:
        """Take in accounts and channels nobody told us about."""
        people: dict[str, Profile] = {}
        places: set[str] = set()
        for happening in happenings:
            if isinstance(happening, MemberJoined | MemberChanged):
                people[happening.who.handle] = happening.who
            elif who := who_of(happening):
                people.setdefault(who, Profile(who))
            if isinstance(happening, MessagePosted):
                places.add(happening.place)
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

    async def _chart(self, ref: SpaceRef) -> _Map | None:
        forgotten = self._forgotten
        async with self._units.read() as session:
            directory = Directory(session)
            space = await directory.space(ref.platform, ref.handle)
            if space is None:
                return None
            communities = await directory.communities(space.id)
            accounts, persons = await directory.accounts(space.id)
            chart = _Map(
                space.id,
                space.pruned_until,
                {route.handle: route for route in await directory.routes(space.id)},
                accounts,
                persons,
                await directory.member_accounts(space.id),
                frozenset(community.id for community in communities if community.begun_at is not None),
                frozenset(community.id for community in communities if not community.keep_excerpts),
                await forgotten_in(session, space.id),
            )
        if forgotten == self._forgotten:
            # Else something changed while we read, and the next happening reads again.
            self._maps[ref] = chart
        return chart


def _is_pruned(happening: Happening, until: datetime | None) -> bool:
    """Whether this is from a time that retention has done with."""
    return until is not None and happening.at <= until
