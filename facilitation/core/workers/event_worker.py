"""The digest: what happened becomes what the house knows, and is told to the rooms that listen."""

from datetime import datetime

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
from storage.communities import Community, Directory, Member, Membership, People
from storage.diary import Diary, FreshEntry, claim_space
from storage.unit import Session, Units, has_changed

AT_ONCE = 20
"""Happenings per transaction: with 200, commands waited up to 0.9 s for the writer."""
TRIES = 5
"""A happening that no handler can digest blocks its space for so many tries, then is set aside."""

log = structlog.get_logger(__name__)
Concerned = list[tuple[Community, Member | None, bool]]


class EventWorker:
    """Takes fresh happenings of one space at a time, in order of arrival."""

    def __init__(self, units: Units, registry: Registry, clock: Clock, injector: Injector) -> None:
        self._units = units
        self._registry = registry
        self._clock = clock
        self._injector = injector

    async def step(self) -> tuple[int, bool]:
        """Digest some; returns how many were taken and whether anybody's memory of a community is stale."""
        async with self._units.write() as session:
            space = await claim_space(session)
            if space is None:
                return 0, False
            diary = Diary(session, space)
            done: list[int] = []
            for page in await diary.fresh(AT_ONCE):
                try:
                    async with session.savepoint():
                        await self._take(session, space, page)
                except Exception as error:
                    give_up = page.tries + 1 >= TRIES
                    log.exception(
                        "happening not digested",
                        space=space,
                        page=page.id,
                        set_aside=give_up,
                        error=type(error).__name__,
                    )
                    await diary.failed(page.id, give_up=give_up)
                    break
                done.append(page.id)
            await diary.digested(done)
            return len(done) or 1, has_changed(session)

    async def _take(self, session: Session, space: int, page: FreshEntry) -> None:
        event = codec.decode_event(page.body)
        directory = Directory(session)
        concerned = await self._learn(session, directory, space, page, event)
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
        self, session: Session, directory: Directory, space: int, page: FreshEntry, event: Event
    ) -> Concerned:
        """What the house itself makes of a happening; returns the communities it concerns."""
        match event:
            case MemberJoined():
                await self._put_account(directory, space, event.who)
                if event.place:
                    await Membership(session).add_presence(space, [event.who.handle], event.place)
                return await self._enrol(session, space, event.who.handle, event.at)
            case MemberChanged():
                await self._put_account(directory, space, event.who)
                if not event.who.is_person:
                    return await self._part(session, space, event.who.handle, event.at)
                return await self._enrol(session, space, event.who.handle, event.at)
            case MemberLeft():
                if event.place:
                    await Membership(session).remove_presence(space, event.who, event.place)
                else:
                    await Membership(session).leave_space(space, event.who)
                return await self._part(session, space, event.who, event.at)
            case MessagePosted():
                return await self._posted(session, space, page, event)
            case MessageEdited():
                key = f"{event.place}:{event.message}"
                community = await directory.community(page.community) if page.community is not None else None
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
        return await self._of_page(session, page)

    async def _posted(
        self, session: Session, space: int, page: FreshEntry, event: MessagePosted
    ) -> Concerned:
        """Whoever speaks is here, even if nobody told us that they came."""
        if page.community is None or page.author is None:
            return []
        if await People(session, page.community).by_account(page.author) is None:
            await Membership(session).add_presence(space, [event.who], event.place)
            await self._enrol(session, space, event.who, event.at)
        return await self._of_page(session, page)

    async def _of_page(self, session: Session, page: FreshEntry) -> Concerned:
        if page.community is None:
            return []
        people = People(session, page.community)
        member = await people.by_account(page.author) if page.author is not None else None
        return [(await people.community(), member, False)]

    @staticmethod
    async def _put_account(directory: Directory, space: int, profile: Profile) -> None:
        await directory.put_accounts(
            space, [(profile.handle, profile.name, profile.zone, profile.is_person, profile.manager)]
        )

    async def _enrol(self, session: Session, space: int, handle: str, at: datetime) -> Concerned:
        directory, membership = Directory(session), Membership(session)
        account = await directory.account(space, handle)
        if account is None or not account.is_person:
            return []
        concerned: Concerned = []
        for community in await directory.communities(space):
            if await membership.is_eligible(community, account.id):
                member, is_new = await membership.enrol(community.id, account.id, at)
                concerned.append((community, member, is_new and community.begun_at is not None))
        return concerned

    async def _part(self, session: Session, space: int, handle: str, at: datetime) -> Concerned:
        directory, membership = Directory(session), Membership(session)
        account = await directory.account(space, handle)
        if account is None:
            return []
        concerned: Concerned = []
        for community in await directory.communities(space):
            if not await membership.is_eligible(community, account.id):
                member = await membership.end_membership(community.id, account.id, at)
                if member is not None:
                    concerned.append((community, member, False))
        return concerned
