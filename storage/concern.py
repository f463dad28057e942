"""Concerns: who told what in confidence, sealed while it is open; afterwards only that there was one."""

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
    """How far a concern is."""

    OPEN = "open"
    IN_HAND = "in_hand"
    CLOSED = "closed"


class Remark(msgspec.Struct, frozen=True):
    """What was said about a concern after it was raised; `by` is a coordinator, None for who raised it."""

    on: date
    by: int | None
    words: str


class Matter(msgspec.Struct, frozen=True):
    """What a concern is about.

    `excluded` are members who must not learn of it, `assignee` the coordinator who has it in hand.
    """

    words: str
    anonymous: bool = False
    urgency: str = ""
    excluded: tuple[int, ...] = ()
    assignee: int | None = None
    remarks: tuple[Remark, ...] = ()

    def with_remark(self, remark: Remark) -> "Matter":
        """And what was said since."""
        return msgspec.structs.replace(self, remarks=(*self.remarks, remark))

    def assigned_to(self, assignee: int) -> "Matter":
        """In somebody's hands."""
        return msgspec.structs.replace(self, assignee=assignee)

    def without(self, member: int) -> "Matter":
        """Without what a coordinator said, and without their id."""
        return msgspec.structs.replace(
            self,
            excluded=tuple(one for one in self.excluded if one != member),
            assignee=None if self.assignee == member else self.assignee,
            remarks=tuple(remark for remark in self.remarks if remark.by != member),
        )


@dataclass(frozen=True)
class Concern:
    """One concern that is open or in hand. `token` stands in buttons: it cannot be guessed or counted."""

    token: str
    state: ConcernState
    opened_on: date
    reporter: int
    matter: Matter

    def is_for(self, member: int) -> bool:
        """Whether a coordinator may know of it."""
        return member not in self.matter.excluded


class ConcernRow(Base):
    """One concern. Only days are kept: nobody needs an hour that could be held against other traces.

    `reporter` (who raised it) and `matter` are sealed, and empty once it is closed.
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
    """The concerns of one community. What no key opens is as if it were not there."""

    @property
    def can_seal(self) -> bool:
        """Whether there is a key, without which nothing may be told in confidence."""
        return bool(seals_of(self._unit))

    async def put(self, token: str, reporter: int, matter: Matter, on: date) -> None:
        """Keep a concern, sealed. Raises NoKey."""
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
        """One that is not closed, held until this unit ends: what two do at once is done in turn."""
        query = self._running().where(ConcernRow.token == token).with_for_update()
        row = await self._session.scalar(query)
        return self._opened(row) if row is not None else None

    async def running(self) -> list[Concern]:
        """All that are not closed, the oldest first."""
        rows = await self._session.scalars(self._running().order_by(ConcernRow.id))
        return [concern for row in rows if (concern := self._opened(row)) is not None]

    async def raised_by(self, member: int) -> list[Concern]:
        """Those of one member that are not closed."""
        return [concern for concern in await self.running() if concern.reporter == member]

    async def change(self, token: str, matter: Matter) -> None:
        """Keep what was added or decided, sealed anew."""
        await self._set(token, matter=self._seal(token, "matter", _written(matter)))

    async def take(self, token: str, on: date) -> bool:
        """Someone has it in hand; False if that is so already."""
        return await self._set(token, ConcernState.OPEN, state=ConcernState.IN_HAND.value, taken_on=on)

    async def close(self, token: str, on: date) -> bool:
        """It is over: words and persons go, days stay. False if it was closed already."""
        return await self._set(token, state=ConcernState.CLOSED.value, closed_on=on, reporter="", matter="")

    async def show(self, member: int) -> list[str]:
        """Lines of everything kept here about a member: what they raised, and nothing of others."""
        mine = await self.raised_by(member)
        lines = [
            f"A concern of {one.opened_on:%d %B %Y}, {one.state.in_words}: {one.matter.words}" for one in mine
        ]
        added = [remark for one in mine for remark in one.matter.remarks if remark.by is None]
        return lines + [f"Added on {remark.on:%d %B %Y}: {remark.words}" for remark in added]

    async def export(self, member: int) -> dict[str, Any]:
        """Everything kept here about a member: what they raised, and nothing of others."""
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
        """Close and erase what a member raised; of others', erase what they said and that they are named."""
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


# The doctor's view, over all communities ---------------------------------------------------------------


async def unreadable(session: Session) -> int:
    """How many concerns that are not closed no key of this process opens."""
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
