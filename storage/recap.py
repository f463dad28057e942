"""The recaps of a community, and queries of its diary for the time that a recap covers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import VALUES, Base, BigKey, Repository, StoredEnum, inserting
from storage.communities import ChannelRow, MemberRow, OwnershipRow
from storage.diary import EXCERPT, DiaryRow

_POSTED = "posted"
"""The diary's kind for a person's message."""


class RecapState(StoredEnum):
    """What became of a recap."""

    WAITING = "waiting"
    """It waits for a coordinator's approval."""
    POSTED = "posted"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    """Nobody approved it, and a newer one covers its time."""
    FAILED = "failed"
    """It could not be posted. The next one covers its time."""


SETTLED = (RecapState.POSTED, RecapState.SKIPPED)
"""The states that end a period: the next recap begins there."""


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recap:
    """A recap. It covers the time from `since` (inclusive) to `until` (exclusive)."""

    id: int
    since: datetime
    until: datetime
    state: RecapState
    key: str
    at: datetime


class Message(NamedTuple):
    """A message, with what a recap needs of it.

    `person` is the same for all accounts of a member, and None for a forgotten person. `member` is set only
    for present members, who may be named. `excerpt` is None once it has been pruned. `cut` says that the
    message was longer.
    """

    space: int
    place: str
    message: str
    thread: str
    refers_to: str
    at: datetime
    person: int | None
    member: int | None
    name: str
    question: bool
    excerpt: str | None
    cut: bool


class Speaker(NamedTuple):
    """A person who wrote, and the number of their messages."""

    person: int | None
    messages: int


# Tables ------------------------------------------------------------------------------------------


class RecapRow(Base):
    """A recap of a community."""

    __tablename__ = "recap"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_recap_community_state_until", "community_id", "state", "until"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(24), info={VALUES: RecapState})
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    def value(self) -> Recap:
        """The row as a value."""
        return Recap(self.id, self.since, self.until, RecapState(self.state), self.key, self.at)


class Recaps(Repository):
    """The recaps of one community, and queries of its diary."""

    heading = "Recaps"
    export_key = "recaps"

    # Recaps

    async def put(
        self, since: datetime, until: datetime, state: RecapState, key: str, at: datetime
    ) -> int | None:
        """Record a recap; returns its id, None if there is one with this key."""
        query = inserting(self._session, RecapRow).values(
            community_id=self._community, since=since, until=until, state=state.value, key=key, at=at
        )
        found: int | None = await self._session.scalar(query.on_conflict_do_nothing().returning(RecapRow.id))
        return found

    async def get(self, recap: int) -> Recap | None:
        """One recap by id."""
        row = await self._session.scalar(self._mine().where(RecapRow.id == recap))
        return row.value() if row else None

    async def settle(self, recap: int, state: RecapState, at: datetime) -> bool:
        """Change the state of a waiting recap; False if it does not wait."""
        query = (
            update(RecapRow)
            .where(
                RecapRow.community_id == self._community,
                RecapRow.id == recap,
                RecapRow.state == RecapState.WAITING.value,
            )
            .values(state=state.value, at=at)
            .returning(RecapRow.id)
        )
        return await self._session.scalar(query) is not None

    async def mark_failed(self, key: str) -> None:
        """Record that a recap could not be posted."""
        await self._session.execute(
            update(RecapRow)
            .where(
                RecapRow.community_id == self._community,
                RecapRow.key == key,
                RecapRow.state == RecapState.POSTED.value,
            )
            .values(state=RecapState.FAILED.value)
        )

    async def bring_back(self, recap: int, now: datetime) -> bool:
        """Undo a skip whose time has not come; False if there is none."""
        query = (
            delete(RecapRow)
            .where(
                RecapRow.community_id == self._community,
                RecapRow.id == recap,
                RecapRow.state == RecapState.SKIPPED.value,
                RecapRow.until > now,
            )
            .returning(RecapRow.id)
        )
        return await self._session.scalar(query) is not None

    async def waiting(self) -> Recap | None:
        """The recap that waits for approval."""
        return await self._last(RecapState.WAITING)

    async def last_posted(self) -> Recap | None:
        """The recap that was posted last."""
        return await self._last(RecapState.POSTED)

    async def settled(self, before: datetime | None = None) -> Recap | None:
        """The posted or skipped recap that ends last, or last before an instant.

        A skip of a future recap ends in the future.
        """
        query = self._mine().where(RecapRow.state.in_([state.value for state in SETTLED]))
        if before is not None:
            query = query.where(RecapRow.until <= before)
        row = await self._session.scalar(query.order_by(RecapRow.until.desc(), RecapRow.id.desc()).limit(1))
        return row.value() if row else None

    async def is_trusted(self) -> bool:
        """Whether a coordinator has ever approved one."""
        stood = self._mine().where(RecapRow.state.in_([RecapState.POSTED.value, RecapState.FAILED.value]))
        return await self._session.scalar(stood.limit(1)) is not None

    # The diary

    async def began(self) -> datetime | None:
        """The time of the oldest known message, which may come from an import."""
        query = (
            select(DiaryRow.at)
            .where(DiaryRow.community_id == self._community, DiaryRow.kind == _POSTED)
            .order_by(DiaryRow.at)
            .limit(1)
        )
        first: datetime | None = await self._session.scalar(query)
        return first

    async def messages(self, since: datetime, until: datetime) -> list[Message]:
        """The messages from `since` (inclusive) to `until` (exclusive), the oldest first."""
        query = self._messages().where(DiaryRow.at >= since, DiaryRow.at < until)
        rows = await self._session.execute(query.order_by(DiaryRow.at, DiaryRow.id))
        return [_message(*row) for row in rows]

    async def roots(self, wanted: Iterable[tuple[int, str, str]]) -> list[Message]:
        """The messages with these spaces, channels and message ids, whenever they were written."""
        found: list[Message] = []
        by_space: dict[int, list[str]] = {}
        for space, place, message in sorted(set(wanted)):
            by_space.setdefault(space, []).append(f"{place}:{message}")
        for space, keys in by_space.items():
            for start in range(0, len(keys), 500):
                part = keys[start : start + 500]
                query = self._messages().where(DiaryRow.space_id == space, DiaryRow.key.in_(part))
                found += [_message(*row) for row in await self._session.execute(query)]
        return found

    async def speakers(self, since: datetime, until: datetime) -> list[Speaker]:
        """The people who wrote in this time, by number of messages. Forgotten ones are one entry without a
        person.
        """
        talk = (
            select(DiaryRow.author_id, func.count().label("messages"))
            .where(
                DiaryRow.community_id == self._community,
                DiaryRow.kind == _POSTED,
                DiaryRow.at >= since,
                DiaryRow.at < until,
            )
            .group_by(DiaryRow.author_id)
            .subquery()
        )
        query = select(talk.c.author_id, talk.c.messages, OwnershipRow.member_id).outerjoin(
            OwnershipRow,
            (OwnershipRow.account_id == talk.c.author_id) & (OwnershipRow.community_id == self._community),
        )
        counts: dict[int | None, int] = {}
        for author, messages, member in await self._session.execute(query):
            person = _person(author, member)
            counts[person] = counts.get(person, 0) + messages
        ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0] is None, entry[0] or 0))
        return [Speaker(person, messages) for person, messages in ranked]

    async def newcomers(self, since: datetime, until: datetime, *, joined: datetime) -> list[int]:
        """Members who joined since `joined` and whose first message is from `since` to `until`."""
        return await self._first_heard(since, until, joined, None)

    async def introduced(
        self, channel: int, since: datetime, until: datetime, *, joined: datetime
    ) -> list[int]:
        """The same, by their messages in one channel: the one for introductions."""
        return await self._first_heard(since, until, joined, channel)

    async def people_per_week(self, edges: Sequence[datetime]) -> list[int]:
        """The number of people who wrote between each of these instants and the next."""
        week = case(
            *((DiaryRow.at < edge, number) for number, edge in enumerate(edges[1:])), else_=len(edges)
        )
        talk = (
            select(week.label("week"), DiaryRow.author_id)
            .where(
                DiaryRow.community_id == self._community,
                DiaryRow.kind == _POSTED,
                DiaryRow.at >= edges[0],
                DiaryRow.at < edges[-1],
                DiaryRow.author_id.is_not(None),
            )
            .distinct()
            .subquery()
        )
        person = func.coalesce(OwnershipRow.member_id, -talk.c.author_id)
        query = (
            select(talk.c.week, func.count(person.distinct()))
            .outerjoin(
                OwnershipRow,
                (OwnershipRow.account_id == talk.c.author_id)
                & (OwnershipRow.community_id == self._community),
            )
            .group_by(talk.c.week)
        )
        counts: dict[int, int] = dict((await self._session.execute(query)).all())
        return [counts.get(number, 0) for number in range(len(edges) - 1)]

    # What is stored about a member: nothing here names anybody

    async def show(self, member: int) -> list[str]:
        """No lines: the messages that a recap mentions are the diary's."""
        return []

    async def export(self, member: int) -> dict[str, Any]:
        """Nothing."""
        return {}

    async def forget(self, member: int) -> None:
        """Nothing to erase: recaps are composed from the diary when they are posted."""

    # Small parts

    def _mine(self) -> Select[RecapRow]:
        return select(RecapRow).where(RecapRow.community_id == self._community)

    async def _last(self, state: RecapState) -> Recap | None:
        query = self._mine().where(RecapRow.state == state.value)
        row = await self._session.scalar(query.order_by(RecapRow.until.desc(), RecapRow.id.desc()).limit(1))
        return row.value() if row else None

    def _messages(self) -> Select[*tuple[Any, ...]]:
        return (
            select(
                ChannelRow.space_id,
                ChannelRow.handle,
                DiaryRow.message,
                DiaryRow.thread,
                DiaryRow.refers_to,
                DiaryRow.at,
                DiaryRow.author_id,
                MemberRow.id,
                MemberRow.left_at,
                MemberRow.name,
                DiaryRow.question,
                DiaryRow.excerpt,
            )
            .join(ChannelRow, ChannelRow.id == DiaryRow.channel_id)
            .outerjoin(
                OwnershipRow,
                (OwnershipRow.account_id == DiaryRow.author_id)
                & (OwnershipRow.community_id == self._community),
            )
            .outerjoin(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .where(DiaryRow.community_id == self._community, DiaryRow.kind == _POSTED)
        )

    async def _first_heard(
        self, since: datetime, until: datetime, joined: datetime, channel: int | None
    ) -> list[int]:
        """Members by their first message in a time. Only recent members count, so the search does not scan
        the diary.
        """
        recent = await self._accounts_since(joined)
        if not recent:
            return []
        heard = await self._first_posts(recent.keys(), since, until, channel)
        members = [recent[account] for account in sorted(heard, key=heard.__getitem__)]
        theirs = [account for account, member in recent.items() if member in members]
        earlier = {recent[account] for account in await self._first_posts(theirs, joined, since, channel)}
        return [member for member in dict.fromkeys(members) if member not in earlier]

    async def _accounts_since(self, joined: datetime) -> dict[int, int]:
        """The present members who joined since then and are not in the baseline, by account."""
        query = (
            select(OwnershipRow.account_id, OwnershipRow.member_id)
            .join(MemberRow, MemberRow.id == OwnershipRow.member_id)
            .where(
                MemberRow.community_id == self._community,
                MemberRow.baseline.is_(False),
                MemberRow.left_at.is_(None),
                MemberRow.joined_at >= joined,
            )
        )
        return dict((await self._session.execute(query)).all())

    async def _first_posts(
        self, accounts: Collection[int], since: datetime, until: datetime, channel: int | None
    ) -> dict[int, datetime]:
        """When each of these accounts first wrote in this time."""
        if not accounts or since >= until:
            return {}
        query = select(DiaryRow.author_id, func.min(DiaryRow.at)).where(
            DiaryRow.community_id == self._community,
            DiaryRow.kind == _POSTED,
            DiaryRow.at >= since,
            DiaryRow.at < until,
            DiaryRow.author_id.in_(sorted(accounts)),
        )
        if channel is not None:
            query = query.where(DiaryRow.channel_id == channel)
        rows = await self._session.execute(query.group_by(DiaryRow.author_id))
        return {author: at for author, at in rows if author is not None}


def _person(author: int | None, member: int | None) -> int | None:
    """A number per person: the member's id, otherwise minus the account's. None for a forgotten person."""
    return member if member is not None else None if author is None else -author


def _message(
    space: int,
    place: str,
    message: str,
    thread: str,
    refers_to: str,
    at: datetime,
    author: int | None,
    member: int | None,
    left: datetime | None,
    name: str | None,
    question: bool,
    excerpt: str | None,
) -> Message:
    return Message(
        space,
        place,
        message,
        thread,
        refers_to,
        at,
        _person(author, member),
        member if left is None else None,
        name or "",
        question,
        excerpt,
        excerpt is not None and len(excerpt) >= EXCERPT,
    )
