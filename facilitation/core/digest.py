"""The digest: what happened becomes what the house knows, and is told to the rooms that listen."""

from datetime import datetime

import structlog

from facilitation.core import ledger
from facilitation.core.clock import Clock
from facilitation.core.gathering import Heard
from facilitation.core.happenings import (
    ChannelChanged,
    Happening,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    Profile,
    SpaceLost,
)
from facilitation.core.keeping import keep
from facilitation.core.providing import Provider
from facilitation.core.room import Catalogue
from storage.base import CHANGED
from storage.communities import Community, Directory, Member, People
from storage.diary import Diary, Page, claim_space
from storage.unit import Session, Units, has_changed

AT_ONCE = 20
"""Happenings per transaction: with 200, commands waited up to 0.9 s for the writer."""
TRIES = 5
"""A happening that no handler can digest blocks its space for so many tries, then is set aside."""

log = structlog.get_logger(__name__)
Told = list[tuple[Community, Member | None, bool]]


class Digest:
    """Takes fresh happenings of one space at a time, in order of arrival."""

    def __init__(self, units: Units, catalogue: Catalogue, clock: Clock, provider: Provider) -> None:
        self._units = units
        self._catalogue = catalogue
        self._clock = clock
        self._provider = provider

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
                    async with session.begin_nested():
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

    async def _take(self, session: Session, space: int, page: Page) -> None:
        happening = ledger.happening_from(page.body)
        directory = Directory(session)
        told = await self._learn(session, directory, space, page, happening)
        for ear in self._catalogue.ears_for(happening):
            for community, member, is_new in told:
                if community.begun_at is None:
                    continue
                heard = Heard(happening, community, member, is_new, self._clock.now())
                effects = await self._provider.run(session, community, ear.handler, {Heard: heard})
                await keep(session, self._catalogue, community, ear.room, effects, heard.at)

    async def _learn(
        self, session: Session, directory: Directory, space: int, page: Page, happening: Happening
    ) -> Told:
        """What the house itself makes of a happening; returns the communities it concerns."""
        match happening:
            case MemberJoined():
                await self._put_account(directory, space, happening.who)
                if happening.place:
                    await directory.enter(space, [happening.who.handle], happening.place)
                return await self._enrol(directory, space, happening.who.handle, happening.at)
            case MemberChanged():
                await self._put_account(directory, space, happening.who)
                if not happening.who.is_person:
                    return await self._part(directory, space, happening.who.handle, happening.at)
                return await self._enrol(directory, space, happening.who.handle, happening.at)
            case MemberLeft():
                if happening.place:
                    await directory.exit(space, happening.who, happening.place)
                else:
                    await directory.leave(space, happening.who)
                return await self._part(directory, space, happening.who, happening.at)
            case MessagePosted():
                return await self._posted(session, directory, space, page, happening)
            case MessageChanged():
                key = f"{happening.place}:{happening.message}"
                community = await directory.community(page.community) if page.community is not None else None
                excerpt = happening.text if community is None or community.keep_excerpts else None
                await Diary(session, space).amend(
                    key, excerpt=excerpt, links=len(happening.links), question=happening.question
                )
            case MessageDeleted():
                await Diary(session, space).drop(f"{happening.place}:{happening.message}")
            case ChannelChanged(channel=channel):
                session.info[CHANGED] = True
                await directory.put_channels(
                    space, [(channel.handle, channel.name, channel.private, channel.archived)]
                )
                if happening.lost:
                    await directory.lose_channel(space, channel.handle)
                return [(community, None, False) for community in await directory.communities(space)]
            case SpaceLost():
                session.info[CHANGED] = True
                await directory.lose_space(space, happening.at)
            case _:
                pass
        return await self._of_page(session, page)

    async def _posted(
        self, session: Session, directory: Directory, space: int, page: Page, happening: MessagePosted
    ) -> Told:
        """Whoever speaks is here, even if nobody told us that they came."""
        if page.community is None or page.author is None:
            return []
        if await People(session, page.community).by_account(page.author) is None:
            await directory.enter(space, [happening.who], happening.place)
            await self._enrol(directory, space, happening.who, happening.at)
        return await self._of_page(session, page)

    async def _of_page(self, session: Session, page: Page) -> Told:
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

    async def _enrol(self, directory: Directory, space: int, handle: str, at: datetime) -> Told:
        account = await directory.account(space, handle)
        if account is None or not account.person:
            return []
        told: Told = []
        for community in await directory.communities(space):
            if await directory.is_eligible(community, account.id):
                member, is_new = await directory.enrol(community.id, account.id, at)
                told.append((community, member, is_new and community.begun_at is not None))
        return told

    async def _part(self, directory: Directory, space: int, handle: str, at: datetime) -> Told:
        account = await directory.account(space, handle)
        if account is None:
            return []
        told: Told = []
        for community in await directory.communities(space):
            if not await directory.is_eligible(community, account.id):
                member = await directory.part(community.id, account.id, at)
                if member is not None:
                    told.append((community, member, False))
        return told
