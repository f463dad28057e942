"""The intake: stores events before the platform gets its acknowledgement.

An event is committed at once if nothing is being committed. Those that come meanwhile share the next commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
from facilitation.core.workers.group_commit import GroupCommit
from storage.communities import Directory, Route
from storage.diary import Diary, Entry, HistoryEntry
from storage.suppression import Suppressions, suppressions_of
from storage.unit import Changes, Session, Units, is_collision

GROUP_SIZE = 500


@dataclass
class _SpaceMap:
    """What the intake needs to know of a space to store an event without a query."""

    space: int
    pruned_until: datetime | None
    routes: dict[str, Route]
    accounts: dict[str, int]
    persons: set[int]
    members: dict[int, frozenset[int]]
    begun: frozenset[int]
    wordless: frozenset[int]
    """Communities that keep no excerpts of their members' messages."""
    suppressions: Suppressions

    def is_suppressed(self, event: Event) -> bool:
        """Whether a person who asked to be forgotten caused this event; then it is not stored."""
        who = actor_of(event)
        return bool(who) and who not in self.accounts and self.suppressions.has(who)

    def is_stranger(self, account: int, community: int) -> bool:
        """Whether this account is a person who is not a member of the community yet."""
        return account in self.persons and community not in self.members.get(account, ())


class Intake:
    """Stores each event once, in its community. An event that belongs to no community is not stored."""

    def __init__(self, units: Units, registry: Registry, clock: Clock) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._maps: dict[SpaceRef, _SpaceMap] = {}
        self._invalidations = 0
        self._groups = GroupCommit(self._store, GROUP_SIZE)

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Return when the event is safely stored. Raises what the database raised."""
        await self._groups.commit((space, event))

    def invalidate(self) -> None:
        """Read the map of each space again, because settings or people changed."""
        self.apply(Changes(everything=True))

    def apply(self, changes: Changes) -> None:
        """Change the maps by what a unit has committed."""
        self._invalidations += 1
        if changes.everything:
            self._maps.clear()
            return
        for space_map in self._maps.values():
            for (account, community), is_member in changes.members.items():
                others = space_map.members.get(account, frozenset()) - {community}
                space_map.members[account] = others | {community} if is_member else others

    def is_relevant(self, space: SpaceRef, event: Event) -> bool:
        """Whether the core or a listener needs this event, as far as is known without the database."""
        space_map = self._maps.get(space)
        if space_map is None or not isinstance(event, MessagePosted):
            return True
        if space_map.is_suppressed(event):
            return False
        if self._names_unknown(space_map, (event,)):
            return True
        community = space_map.routes[event.place].community
        if community is None or community not in space_map.begun:
            return False
        author = space_map.accounts[event.who]
        return space_map.is_stranger(author, community) or bool(self._registry.listeners_for(event))

    async def commit(self, space: SpaceRef, events: Sequence[Event], *, history: bool = False) -> int:
        """Store a group of events; returns how many were new.

        `history` marks events from an archive: they are stored even before the community has begun, and no
        listener is called for them.
        """
        try:
            return await self._commit(space, events, history=history)
        except Exception as error:
            if not is_collision(error):
                raise
            # Another process erased somebody or something in the map, so it is read again.
            self._maps.pop(space, None)
            return await self._commit(space, events, history=history)

    async def _commit(self, space: SpaceRef, events: Sequence[Event], *, history: bool) -> int:
        space_map = self._maps.get(space) or await self._load_map(space)
        if space_map is None:
            return 0
        if space_map.suppressions.hashes:
            events = [event for event in events if not space_map.is_suppressed(event)]
        if self._names_unknown(space_map, events):
            try:
                async with self._units.write() as session:
                    await self._enrol_unknown(session, space_map, events)
                    entries, rows = self._rows(space_map, events, history=history)
                    return await self._write(session, space_map.space, entries, rows)
            except BaseException:
                self._maps.pop(space, None)  # it names people who are not stored
                raise
        entries, rows = self._rows(space_map, events, history=history)
        if not (entries or rows):
            return 0
        async with self._units.write() as session:
            return await self._write(session, space_map.space, entries, rows)

    async def _write(
        self, session: Session, space: int, entries: list[Entry], rows: list[HistoryEntry]
    ) -> int:
        diary, now = Diary(session, space), self._clock.now()
        return await diary.write(entries, now) + await diary.write_past(rows, now)

    def _rows(
        self, space_map: _SpaceMap, events: Sequence[Event], *, history: bool
    ) -> tuple[list[Entry], list[HistoryEntry]]:
        """The rows of events, and those of messages from an archive. Some events are not stored."""
        entries: list[Entry] = []
        messages: list[MessagePosted] = []
        for event in events:
            if not isinstance(event, MessagePosted):
                row = self._entry(space_map, event, history=history)
            elif history:
                messages.append(event)
                continue
            else:
                row = self._message(space_map, event)
            if row is not None:
                entries.append(row)
        return entries, self._history_rows(space_map, messages)

    async def _store(self, received: Sequence[tuple[SpaceRef, Event]]) -> None:
        by_space: dict[SpaceRef, list[Event]] = {}
        for space, event in received:
            by_space.setdefault(space, []).append(event)
        for space, events in by_space.items():
            await self.commit(space, events)

    def _entry(self, space_map: _SpaceMap, event: Event, *, history: bool) -> Entry | None:
        """The row of an event that is not a message, None if it is not stored."""
        route = space_map.routes.get(channel_of(event))
        if _is_pruned(event, route.pruned_until if route else space_map.pruned_until):
            return None
        community = route.community if route else None
        is_kept = community is not None and (history or community in space_map.begun)
        if not is_kept and not isinstance(event, KEPT_BEFORE_BEGIN):
            return None
        is_relevant = isinstance(event, ALWAYS_DIGESTED) or bool(self._registry.listeners_for(event))
        return diary_entry(
            event,
            community=community,
            channel=route.channel if route else None,
            author=space_map.accounts.get(actor_of(event)),
            fresh=is_relevant and not history,
        )

    def _message(self, space_map: _SpaceMap, message: MessagePosted) -> Entry | None:
        """The row of a message, None if it is not stored."""
        route = space_map.routes.get(message.place)
        if route is None or route.community is None or route.community not in space_map.begun:
            return None
        if _is_pruned(message, route.pruned_until):
            return None
        author = space_map.accounts.get(message.who)
        is_stranger = author is not None and space_map.is_stranger(author, route.community)
        fresh = is_stranger or bool(self._registry.listeners_for(message))
        is_kept = route.community not in space_map.wordless
        return message_entry(
            message, route.community, route.channel, author, fresh=fresh, keeps_words=is_kept
        )

    @staticmethod
    def _history_rows(space_map: _SpaceMap, messages: Sequence[MessagePosted]) -> list[HistoryEntry]:
        """The rows of messages from an archive."""
        homes = {
            route.handle: (route.community, route.channel)
            for route in space_map.routes.values()
            if route.community is not None
        }
        pruned = {r.handle: r.pruned_until for r in space_map.routes.values() if r.pruned_until is not None}
        kept = [
            message
            for message in messages
            if message.place in homes
            and not (message.place in pruned and message.at <= pruned[message.place])
        ]
        return history_entries(kept, homes, space_map.accounts, space_map.wordless)

    @staticmethod
    def _names_unknown(space_map: _SpaceMap, events: Sequence[Event]) -> bool:
        accounts, routes = space_map.accounts, space_map.routes
        for event in events:
            if type(event) is MessagePosted:
                if event.who not in accounts or event.place not in routes:
                    return True
            elif (who := actor_of(event)) and who not in accounts:
                return True
        return False

    @staticmethod
    async def _enrol_unknown(session: Session, space_map: _SpaceMap, events: Sequence[Event]) -> None:
        """Store accounts and channels that no roster has named, and add them to the map."""
        people: dict[str, Profile] = {}
        places: set[str] = set()
        for event in events:
            if isinstance(event, MemberJoined | MemberChanged):
                people[event.who.handle] = event.who
            elif who := actor_of(event):
                people.setdefault(who, Profile(who))
            if isinstance(event, MessagePosted):
                places.add(event.place)
        directory = Directory(session)
        unknown = [profile for handle, profile in people.items() if handle not in space_map.accounts]
        await directory.put_accounts(
            space_map.space, [(p.handle, p.name, p.zone, p.is_person, p.manager) for p in unknown]
        )
        found = await directory.accounts_by_handle(space_map.space, [profile.handle for profile in unknown])
        space_map.accounts |= {account.handle: account.id for account in found}
        space_map.persons |= {account.id for account in found if account.is_person}
        if new := sorted(places - space_map.routes.keys()):
            await directory.put_channels(space_map.space, [(place, place, False, False) for place in new])
            space_map.routes |= {route.handle: route for route in await directory.routes(space_map.space)}

    async def _load_map(self, ref: SpaceRef) -> _SpaceMap | None:
        invalidations = self._invalidations
        async with self._units.read() as session:
            directory = Directory(session)
            space = await directory.space(ref.platform, ref.handle)
            if space is None:
                return None
            communities = await directory.communities(space.id)
            accounts, persons = await directory.accounts(space.id)
            space_map = _SpaceMap(
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
        if invalidations == self._invalidations:
            # Otherwise something changed during the read, and the next event reads again.
            self._maps[ref] = space_map
        return space_map


def _is_pruned(event: Event, until: datetime | None) -> bool:
    """Whether retention has already erased the time of this event."""
    return until is not None and event.at <= until
