"""The event worker: brings fresh events into what the core knows, and calls the listeners."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from facilitation.core.execution.effect_store import store_effects
from facilitation.core.execution.injection import Injector
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.registry import Registry
from facilitation.core.persistence import codec
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import (
    ChannelChanged,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Profile,
    SpaceLost,
)
from storage.communities import Community, Directory, Member, Memberships, People
from storage.diary import Diary, FreshEntry, claim_space
from storage.unit import Changes, Session, Units, changes_of

AT_ONCE = 20
"""Events per transaction. With 200, commands waited up to 0.9 s for the writer."""
TRIES = 5
"""An event that no handler can digest blocks its space for this many attempts; then it is set aside."""

log = structlog.get_logger(__name__)
Concerned = list[tuple[Community, Member | None, bool]]


class EventWorker:
    """Digests the fresh events of one space at a time, in order of arrival."""

    def __init__(
        self,
        units: Units,
        registry: Registry,
        clock: Clock,
        injector: Injector,
        on_change: Callable[[Changes], None],
    ) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._injector = injector
        self._on_change = on_change
        self._last_space = 0

    async def step(self, within: timedelta = timedelta.max) -> int:
        """Digest a batch of one space; returns how many events were taken, 0 when none is left.

        A batch that takes longer than `within` is committed as far as it got, so that others may write.
        """
        async with self._units.write() as session:
            space = await claim_space(session, self._last_space)
            if space is None:
                return 0
            self._last_space = space
            diary = Diary(session, space)
            done: list[int] = []
            until = asyncio.get_running_loop().time() + within.total_seconds()
            for entry in await diary.fresh(AT_ONCE):
                try:
                    async with session.savepoint():
                        await self._digest(session, space, entry)
                except Exception as error:
                    give_up = entry.tries + 1 >= TRIES
                    log.exception(
                        "event not digested",
                        space=space,
                        entry=entry.id,
                        set_aside=give_up,
                        error=type(error).__name__,
                    )
                    await diary.failed(entry.id, give_up=give_up)
                    break
                done.append(entry.id)
                if asyncio.get_running_loop().time() > until:
                    break
            await diary.digested(done)
            changes = changes_of(session)
        if changes:
            self._on_change(changes)
        return len(done) or 1

    async def _digest(self, session: Session, space: int, entry: FreshEntry) -> None:
        event = codec.decode_event(entry.body)
        directory = Directory(session)
        concerned = await self._learn(session, directory, space, entry, event)
        for listener in self._registry.listeners_for(event):
            for community, member, is_new in concerned:
                if community.begun_at is None:
                    continue
                context = EventContext(event, community, member, is_new, self._clock.now())
                effects = await self._injector.run(
                    session, community, listener.handler, {EventContext: context}
                )
                await store_effects(session, self._registry, community, listener.feature, effects, context.at)

    async def _learn(
        self, session: Session, directory: Directory, space: int, entry: FreshEntry, event: Event
    ) -> Concerned:
        """Update what the core knows; returns the communities that the event concerns."""
        match event:
            case MemberJoined():
                await self._put_account(directory, space, event.who)
                if event.place:
                    await Memberships(session).add_presence(space, [event.who.handle], event.place)
                return await self._enrol(session, space, event.who.handle, event.at)
            case MemberChanged():
                await self._put_account(directory, space, event.who)
                if not event.who.is_person:
                    return await self._mark_left(session, space, event.who.handle, event.at)
                return await self._enrol(session, space, event.who.handle, event.at)
            case MemberLeft():
                if event.place:
                    await Memberships(session).remove_presence(space, event.who, event.place)
                else:
                    await Memberships(session).leave_space(space, event.who)
                return await self._mark_left(session, space, event.who, event.at)
            case MessagePosted():
                return await self._posted(session, space, entry, event)
            case MessageEdited():
                key = f"{event.place}:{event.message}"
                community = (
                    await directory.community(entry.community) if entry.community is not None else None
                )
                excerpt = event.text if community is None or community.keep_excerpts else None
                await Diary(session, space).amend(
                    key, excerpt=excerpt, links=len(event.links), question=event.question
                )
            case MessageDeleted():
                await Diary(session, space).drop(f"{event.place}:{event.message}")
            case ChannelChanged(channel=channel):
                session.mark_changed()
                await directory.put_channels(
                    space, [(channel.handle, channel.name, channel.private, channel.archived)]
                )
                if event.lost:
                    await directory.lose_channel(space, channel.handle)
                return [(community, None, False) for community in await directory.communities(space)]
            case SpaceLost():
                session.mark_changed()
                await directory.lose_space(space, event.at)
            case _:
                pass
        return await self._concerned_by(session, entry)

    async def _posted(
        self, session: Session, space: int, entry: FreshEntry, event: MessagePosted
    ) -> Concerned:
        """Enrol an author who is not a member yet: platforms lose joins."""
        if entry.community is None or entry.author is None:
            return []
        if await People(session, entry.community).by_account(entry.author) is None:
            await Memberships(session).add_presence(space, [event.who], event.place)
            await self._enrol(session, space, event.who, event.at)
        return await self._concerned_by(session, entry)

    async def _concerned_by(self, session: Session, entry: FreshEntry) -> Concerned:
        if entry.community is None:
            return []
        people = People(session, entry.community)
        member = await people.by_account(entry.author) if entry.author is not None else None
        return [(await people.community(), member, False)]

    @staticmethod
    async def _put_account(directory: Directory, space: int, profile: Profile) -> None:
        await directory.put_accounts(
            space, [(profile.handle, profile.name, profile.zone, profile.is_person, profile.manager)]
        )

    async def _enrol(self, session: Session, space: int, handle: str, at: datetime) -> Concerned:
        directory, memberships = Directory(session), Memberships(session)
        account = await directory.account(space, handle)
        if account is None or not account.is_person:
            return []
        concerned: Concerned = []
        for community in await directory.communities(space):
            if await memberships.is_eligible(community, account.id):
                member, is_new = await memberships.enrol(community.id, account.id, at)
                concerned.append((community, member, is_new and community.begun_at is not None))
        return concerned

    async def _mark_left(self, session: Session, space: int, handle: str, at: datetime) -> Concerned:
        directory, memberships = Directory(session), Memberships(session)
        account = await directory.account(space, handle)
        if account is None:
            return []
        concerned: Concerned = []
        for community in await directory.communities(space):
            if not await memberships.is_eligible(community, account.id):
                member = await memberships.end_membership(community.id, account.id, at)
                if member is not None:
                    concerned.append((community, member, False))
        return concerned
