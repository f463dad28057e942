"""Concerns: who told what in confidence, sealed while it is open. Once closed, only its days remain."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Date, ForeignKey, Select, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, VALUES, Base, BigKey, Repository, StoredEnum
from storage.sealing import Unopened
from storage.session import Session, orm_of, seals_of


class ConcernState(StoredEnum):
    """How far a concern has come."""

    OPEN = "open"
    IN_HAND = "in_hand"
    CLOSED = "closed"


class Remark(msgspec.Struct, frozen=True):
    """A remark on a concern: by a coordinator, or by the reporter if `by` is None."""

    on: date
    by: int | None
    words: str


class Matter(msgspec.Struct, frozen=True):
    """What a concern is about.

    `excluded` are members who must not learn of it, and `assignee` is the coordinator who has taken it.
    """

    words: str
    anonymous: bool = False
    urgency: str = ""
    excluded: tuple[int, ...] = ()
    assignee: int | None = None
    remarks: tuple[Remark, ...] = ()

    def with_remark(self, remark: Remark) -> "Matter":
        """The matter with one more remark."""
        return msgspec.structs.replace(self, remarks=(*self.remarks, remark))

    def assigned_to(self, assignee: int) -> "Matter":
        """The matter in the hands of a coordinator."""
        return msgspec.structs.replace(self, assignee=assignee)

    def without(self, member: int) -> "Matter":
        """The matter without a coordinator's remarks, and without their id."""
        return msgspec.structs.replace(
            self,
            excluded=tuple(one for one in self.excluded if one != member),
            assignee=None if self.assignee == member else self.assignee,
            remarks=tuple(remark for remark in self.remarks if remark.by != member),
        )


@dataclass(frozen=True)
class Concern:
    """A concern that is not closed. Buttons carry its `token`, which nobody can guess or count."""

    token: str
    state: ConcernState
    opened_on: date
    reporter: int
    matter: Matter

    def is_for(self, member: int) -> bool:
        """Whether a coordinator may know of it."""
        return member not in self.matter.excluded


class ConcernRow(Base):
    """A concern. It has days instead of times, because a time could be matched with other traces.

    `reporter` (the member who raised it) and `matter` are sealed, and empty once it is closed.
    """

    __tablename__ = "concern"
    __table_args__ = (UniqueConstraint("community_id", "token"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(24), info={VALUES: ConcernState})
    opened_on: Mapped[date] = mapped_column(Date)
    taken_on: Mapped[date | None] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    reporter: Mapped[str] = mapped_column(Text, default="", info={NAMES: "kept"})
    matter: Mapped[str] = mapped_column(Text, default="", info={NAMES: "kept"})


class Concerns(Repository):
    """The concerns of one community. Those that no key opens are left out."""

    heading = "Concerns"
    export_key = "concerns"

    @property
    def can_seal(self) -> bool:
        """Whether there is a key; without one no concern can be raised."""
        return bool(seals_of(self._unit))

    async def put(self, token: str, reporter: int, matter: Matter, on: date) -> None:
        """Store a concern, sealed. Raises NoKey."""
        row = ConcernRow(
            community_id=self._community,
            token=token,
            state=ConcernState.OPEN,
            opened_on=on,
            reporter=self._seal(token, "reporter", str(reporter)),
            matter=self._seal(token, "matter", _written(matter)),
        )
        self._session.add(row)
        await self._session.flush()

    async def get(self, token: str) -> Concern | None:
        """A concern that is not closed, locked until the unit ends, so that changes happen one after the
        other.
        """
        query = self._running().where(ConcernRow.token == token).with_for_update()
        row = await self._session.scalar(query)
        return self._opened(row) if row is not None else None

    async def running(self) -> list[Concern]:
        """All concerns that are not closed, the oldest first."""
        rows = await self._session.scalars(self._running().order_by(ConcernRow.id))
        return [concern for row in rows if (concern := self._opened(row)) is not None]

    async def raised_by(self, member: int) -> list[Concern]:
        """A member's own concerns that are not closed."""
        return [concern for concern in await self.running() if concern.reporter == member]

    async def change(self, token: str, matter: Matter) -> None:
        """Store a changed matter. Raises NoKey."""
        await self._set(token, matter=self._seal(token, "matter", _written(matter)))

    async def take(self, token: str, on: date) -> bool:
        """Mark an open concern as taken; False if it is not open."""
        return await self._set(token, ConcernState.OPEN, state=ConcernState.IN_HAND.value, taken_on=on)

    async def close(self, token: str, on: date) -> bool:
        """Close a concern and erase its words and people; False if it is closed already."""
        return await self._set(token, state=ConcernState.CLOSED.value, closed_on=on, reporter="", matter="")

    async def show(self, member: int) -> list[str]:
        """What a member raised, as lines, without anything of other people."""
        mine = await self.raised_by(member)
        lines = [
            f"A concern of {one.opened_on:%d %B %Y}, {one.state.in_words}: {one.matter.words}" for one in mine
        ]
        added = [remark for one in mine for remark in one.matter.remarks if remark.by is None]
        return lines + [f"Added on {remark.on:%d %B %Y}: {remark.words}" for remark in added]

    async def export(self, member: int) -> dict[str, Any]:
        """What a member raised, without anything of other people."""
        return {
            "concerns": [
                {
                    "raised": one.opened_on.isoformat(),
                    "state": one.state.value,
                    "anonymous": one.matter.anonymous,
                    "words": one.matter.words,
                    "added": [remark.words for remark in one.matter.remarks if remark.by is None],
                }
                for one in await self.raised_by(member)
            ]
        }

    async def forget(self, member: int) -> None:
        """Close and erase what a member raised; remove their remarks and their id from other concerns."""
        for one in await self.running():
            if one.reporter == member:
                await self._session.execute(
                    update(ConcernRow)
                    .where(ConcernRow.community_id == self._community, ConcernRow.token == one.token)
                    .values(state=ConcernState.CLOSED.value, reporter="", matter="")
                )
            elif (without := one.matter.without(member)) != one.matter:
                await self.change(one.token, without)

    def _running(self) -> Select[ConcernRow]:
        return select(ConcernRow).where(
            ConcernRow.community_id == self._community, ConcernRow.state != ConcernState.CLOSED.value
        )

    async def _set(self, token: str, only: ConcernState | None = None, /, **values: object) -> bool:
        query = update(ConcernRow).where(
            ConcernRow.community_id == self._community,
            ConcernRow.token == token,
            ConcernRow.state != ConcernState.CLOSED.value,
        )
        if only is not None:
            query = query.where(ConcernRow.state == only.value)
        done = await self._session.scalar(query.values(**values).returning(ConcernRow.id))
        return done is not None

    def _seal(self, token: str, what: str, text: str) -> str:
        return seals_of(self._unit).seal(text, _of(self._community, token, what))

    def _opened(self, row: ConcernRow) -> Concern | None:
        try:
            return _opened(self._unit, row)
        except Unopened:
            return None


# What `tertulia check` asks, over all communities --------------------------------------------------


async def unreadable(session: Session) -> int:
    """The number of concerns that are not closed and that no key of this process opens."""
    count = 0
    for row in await orm_of(session).scalars(
        select(ConcernRow).where(ConcernRow.state != ConcernState.CLOSED.value)
    ):
        try:
            _opened(session, row)
        except Unopened:
            count += 1
    return count


def _opened(session: Session, row: ConcernRow) -> Concern:
    seals, community = seals_of(session), row.community_id
    reporter = int(seals.open(row.reporter, _of(community, row.token, "reporter")))
    matter = msgspec.json.decode(seals.open(row.matter, _of(community, row.token, "matter")), type=Matter)
    return Concern(row.token, ConcernState(row.state), row.opened_on, reporter, matter)


def _written(matter: Matter) -> str:
    return msgspec.json.encode(matter).decode()


def _of(community: int, token: str, what: str) -> str:
    return f"concern:{community}:{token}:{what}"
