"""The outbox: what is to be said. A row is the message as it should look; the courier makes it so."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.base import NAMES, Base, BigKey, Instant, inserting, short
from storage.communities import CommunityRow
from storage.naming import Names

OPEN = ("waiting", "held", "sending", "in_doubt")
"""Not settled yet: `held` waits for a budget or a morning and blocks nobody behind it."""
_OPEN = "state IN ('waiting', 'held', 'sending', 'in_doubt')"
BLOCKING = ("waiting", "sending", "in_doubt")


class OutboxRow(Base):
    """One message. It is settled when `sent_revision` has reached `revision`."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index(
            "ix_outbox_open",
            "lane",
            "id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_outbox_receipt", "community_id", "receipt_place"),
        Index("ix_outbox_nudged", "member_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    room: Mapped[str] = mapped_column(String(40), default="")
    lane: Mapped[str] = mapped_column(String(240), info={NAMES: "kept"})
    place: Mapped[str] = mapped_column(Text, info={NAMES: "kept"})
    card: Mapped[str] = mapped_column(Text, info={NAMES: "kept"})
    emoji: Mapped[str] = mapped_column(String(64), default="")
    enter: Mapped[bool] = mapped_column(default=False)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    sent_revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    nudge: Mapped[str] = mapped_column(String(16), default="")
    beat: Mapped[bool] = mapped_column(default=False)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    delivery: Mapped[str] = mapped_column(String(40))
    receipt_place: Mapped[str] = mapped_column(String(64), default="")
    receipt: Mapped[str] = mapped_column(Text, default="", info={NAMES: "kept"})
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    why: Mapped[str] = mapped_column(String(300), default="")
    sealed: Mapped[bool] = mapped_column(default=False)
    erased: Mapped[bool] = mapped_column(default=False)
    """Whom it was for was forgotten while it was on its way: it is taken back, and then the row goes."""


class Letter(NamedTuple):
    """One message, claimed for delivery."""

    id: int
    community: int
    space: int | None
    key: str
    room: str
    lane: str
    place: str
    card: str
    emoji: str
    enter: bool
    withdrawn: bool
    revision: int
    sent_revision: int
    state: str
    nudge: str
    beat: bool
    member: int | None
    delivery: str
    receipt_place: str
    receipt: str
    expires_at: datetime
    tries: int
    sealed: bool = False
    erased: bool = False


class Standing(NamedTuple):
    """A message as it is stored, for whoever changes what it says of a person."""

    id: int
    place: str
    card: str
    lane: str


class Sent(NamedTuple):
    """A message to one person, for that person."""

    room: str
    card: str
    at: datetime
    sent_at: datetime | None


_LETTER = (
    OutboxRow.id,
    OutboxRow.community_id,
    OutboxRow.space_id,
    OutboxRow.key,
    OutboxRow.room,
    OutboxRow.lane,
    OutboxRow.place,
    OutboxRow.card,
    OutboxRow.emoji,
    OutboxRow.enter,
    OutboxRow.withdrawn,
    OutboxRow.revision,
    OutboxRow.sent_revision,
    OutboxRow.state,
    OutboxRow.nudge,
    OutboxRow.beat,
    OutboxRow.member_id,
    OutboxRow.delivery,
    OutboxRow.receipt_place,
    OutboxRow.receipt,
    OutboxRow.expires_at,
    OutboxRow.tries,
    OutboxRow.sealed,
    OutboxRow.erased,
)
_WIPED = dict.fromkeys(("place", "card", "lane", "delivery", "receipt_place", "receipt"), "")
"""What is left of a sealed message once nothing more becomes of it."""


class Outbox:
    """What one community has to say."""

    def __init__(self, session: AsyncSession, community: int) -> None:
        self._session = session
        self._community = community

    async def put(  # noqa: PLR0913  # one for each column
        self,
        *,
        key: str,
        room: str,
        space: int | None,
        lane: str,
        place: str,
        card: str,
        at: datetime,
        stale: timedelta,
        delivery: str,
        emoji: str = "",
        enter: bool = False,
        nudge: str = "",
        beat: bool = False,
        member: int | None = None,
        sealed: bool = False,
    ) -> bool:
        """Store a message once per key; False if the key was said or is waiting already."""
        query = (
            inserting(self._session, OutboxRow)
            .values(
                community_id=self._community,
                space_id=space,
                key=key,
                room=room,
                lane=lane,
                place=place,
                card=card,
                emoji=emoji,
                enter=enter,
                withdrawn=False,
                revision=1,
                sent_revision=0,
                state="waiting",
                nudge=nudge,
                beat=beat,
                member_id=member,
                delivery=delivery,
                receipt_place="",
                receipt="",
                created_at=at,
                not_before=at,
                expires_at=at + stale,
                tries=0,
                why="",
                sealed=sealed,
            )
            .on_conflict_do_nothing()
            .returning(OutboxRow.id)
        )
        return await self._session.scalar(query) is not None

    async def revise(self, key: str, card: str, at: datetime, stale: timedelta) -> bool:
        """Show another card there; False if there is no such message, or it was withdrawn or given up."""
        return await self._anew(key, at, stale, card=card)

    async def withdraw(self, key: str, at: datetime, stale: timedelta) -> bool:
        """Remove the message; one that was not said yet never will be."""
        return await self._anew(key, at, stale, withdrawn=True)

    async def _anew(self, key: str, at: datetime, stale: timedelta, **values: object) -> bool:
        gone = OutboxRow.state.in_(("failed", "expired"))
        query = (
            update(OutboxRow)
            .where(
                OutboxRow.community_id == self._community,
                OutboxRow.key == key,
                OutboxRow.withdrawn.is_(False),
                ~gone,
            )
            .values(revision=OutboxRow.revision + 1, expires_at=_life(at + stale), **values)
            .returning(OutboxRow.id, OutboxRow.state)
        )
        row = (await self._session.execute(query)).first()
        if row is None:
            return False
        if row.state == "sent":
            await self._session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row.id)
                .values(state="waiting", not_before=at, tries=0)
            )
        return True

    async def key_at(self, space: int, place: str, message: str) -> str | None:
        """The key of the message that stands there, if it is one of ours and not withdrawn."""
        query = select(OutboxRow.key, OutboxRow.receipt).where(
            OutboxRow.community_id == self._community,
            OutboxRow.space_id == space,
            OutboxRow.receipt_place == place,
            OutboxRow.withdrawn.is_(False),
        )
        for key, receipt in await self._session.execute(query.order_by(OutboxRow.id.desc())):
            if message in receipt.split("\n"):
                return str(key)
        return None

    async def receipt(self, key: str) -> tuple[int, str, str] | None:
        """Space, place and first message of a post that was said."""
        query = select(OutboxRow.space_id, OutboxRow.receipt_place, OutboxRow.receipt).where(
            OutboxRow.community_id == self._community, OutboxRow.key == key
        )
        row = (await self._session.execute(query)).first()
        if row is None or not row.receipt or row.space_id is None:
            return None
        return row.space_id, row.receipt_place, row.receipt.split("\n")[0]

    async def opened(self, lane: str) -> str | None:
        """The platform's id of the conversation that an earlier message of this lane opened."""
        query = select(OutboxRow.receipt_place).where(
            OutboxRow.community_id == self._community, OutboxRow.lane == lane, OutboxRow.receipt_place != ""
        )
        place: str | None = await self._session.scalar(query.order_by(OutboxRow.id.desc()).limit(1))
        return place

    async def is_open(self, key: str) -> bool:
        """Whether a post waits to be said for the first time."""
        query = select(OutboxRow.id).where(
            OutboxRow.community_id == self._community,
            OutboxRow.key == key,
            OutboxRow.state.in_(OPEN),
            OutboxRow.receipt == "",
        )
        return await self._session.scalar(query) is not None

    async def nudges_since(self, member: int, since: datetime) -> list[datetime]:
        """When a member got unsolicited messages since then, the oldest first.

        One on its way, or in doubt, may arrive: it counts as of when it may go out again.
        """
        on_its_way = OutboxRow.state.in_(("sending", "in_doubt")) & (OutboxRow.receipt == "")
        query = (
            select(func.coalesce(OutboxRow.sent_at, OutboxRow.not_before))
            .where(
                OutboxRow.community_id == self._community,
                OutboxRow.member_id == member,
                OutboxRow.nudge != "",
                (OutboxRow.sent_at >= since) | on_its_way,
            )
            .order_by(func.coalesce(OutboxRow.sent_at, OutboxRow.not_before))
        )
        return list(await self._session.scalars(query))

    async def nudges_waiting(self, member: int, reasons: Collection[str], now: datetime) -> int:
        """How many unsolicited messages for these reasons a member might be sent now."""
        query = select(func.count()).where(
            OutboxRow.community_id == self._community,
            OutboxRow.member_id == member,
            OutboxRow.nudge.in_(reasons),
            OutboxRow.state.in_(("waiting", "held")),
            OutboxRow.withdrawn.is_(False),
            OutboxRow.not_before <= now,
            OutboxRow.expires_at >= now,
        )
        return await self._session.scalar(query) or 0

    async def hold(self, letter: Letter, until: datetime, why: str) -> None:
        """Not now: a budget or a night; whoever is behind in the lane goes on."""
        await self._set(letter, state="held", not_before=until, lease_until=None, why=why)

    async def sending(self, letter: Letter, space: int, lease_until: datetime) -> None:
        """It is on its way; if nobody says more before the lease ends, its outcome is in doubt."""
        await self._set(
            letter,
            state="sending",
            space_id=None if letter.sealed else space,
            lease_until=lease_until,
            tries=letter.tries + 1,
        )

    async def sent(self, letter: Letter, place: str, messages: tuple[str, ...], at: datetime) -> bool:
        """It arrived as it looked at the claim; revised since, it goes out again.

        Of a sealed one nothing is kept but that it was said. False if whom it was for was forgotten
        meanwhile: then nobody is told of it.
        """
        if letter.sealed:
            revision, done = letter.revision, {"state": "sent", "lease_until": None, **_WIPED}
            return await self._set(letter, sent_revision=revision, sent_at=at, why="", **done) is False
        query = (
            update(OutboxRow)
            .where(OutboxRow.community_id == self._community, OutboxRow.id == letter.id)
            .values(
                sent_revision=letter.revision,
                receipt_place=place,
                receipt="\n".join(messages),
                lease_until=None,
                sent_at=func.coalesce(OutboxRow.sent_at, literal(at, Instant())),
                not_before=at,
                tries=0,
                why="",
            )
            .returning(OutboxRow.erased)
        )
        is_erased = await self._session.scalar(query)
        for behind, state in (
            (OutboxRow.revision > letter.revision, "waiting"),
            (OutboxRow.revision == letter.revision, "sent"),
        ):
            await self._session.execute(
                update(OutboxRow)
                .where(OutboxRow.community_id == self._community, OutboxRow.id == letter.id, behind)
                .values(state=state)
            )
        await self._clear_erased(letter, OutboxRow.state == "sent")
        return is_erased is False

    async def again(self, letter: Letter, at: datetime, why: str, *, in_doubt: bool = False) -> None:
        """Try again then; in doubt, look first whether it arrived."""
        await self._set(
            letter, state="in_doubt" if in_doubt else "waiting", not_before=at, lease_until=None, why=why
        )

    async def unfound(self, letter: Letter, at: datetime) -> None:
        """Looked up, it turned out never to have arrived: as if this look had not been."""
        await self._set(letter, state="waiting", not_before=at, lease_until=None, tries=letter.tries, why="")

    async def failed(self, letter: Letter, at: datetime, why: str) -> None:
        """It could not even be judged; try that again then."""
        state = "in_doubt" if letter.state == "in_doubt" else "waiting"
        await self._set(letter, state=state, not_before=at, tries=letter.tries + 1, why=why)

    async def give_up(self, letter: Letter, why: str, *, expired: bool) -> bool:
        """It will not be said; of a sealed one nothing is kept but why.

        False if whom it was for was forgotten meanwhile.
        """
        wiped = dict(_WIPED) if letter.sealed else {}
        state = "expired" if expired else "failed"
        is_erased = await self._set(letter, state=state, lease_until=None, why=why, **wiped)
        await self._clear_erased(letter)
        return is_erased is False

    async def _set(self, letter: Letter, *, why: str | None = None, **values: object) -> bool | None:
        """Change a row; returns whether it is erased, None if it is not there any more."""
        if why is not None:
            values["why"] = short(why)
        query = (
            update(OutboxRow)
            .where(OutboxRow.community_id == self._community, OutboxRow.id == letter.id)
            .values(**values)
            .returning(OutboxRow.erased)
        )
        is_erased: bool | None = await self._session.scalar(query)
        return is_erased

    async def _clear_erased(self, letter: Letter, *conditions: ColumnElement[bool]) -> None:
        """Nothing more is to be done about a message to somebody forgotten."""
        mine = (OutboxRow.community_id == self._community, OutboxRow.id == letter.id)
        await self._session.execute(delete(OutboxRow).where(*mine, OutboxRow.erased, *conditions))

    # what is said of a person

    async def naming(self, member: int, accounts: Collection[int], names: Names) -> list[Standing]:
        """Messages that may name or quote this member, whose accounts these are; the newest first.

        Not the sealed ones: what looks like a name in their letters is none.
        """
        spans = [f'"member":{member}}}', f'"by":{member}}}', *(f'"by":-{account}}}' for account in accounts)]
        groups = [f"{before}{member}{after}" for before in "[," for after in ",]"]
        query = select(OutboxRow.id, OutboxRow.place, OutboxRow.card, OutboxRow.lane).where(
            OutboxRow.community_id == self._community,
            OutboxRow.sealed.is_(False),
            or_(
                *(OutboxRow.card.contains(span, autoescape=True) for span in spans),
                *(OutboxRow.place.contains(group, autoescape=True) for group in groups),
                names.perhaps_in(OutboxRow.card),
            ),
        )
        # Held, so that nobody revises one between this look and what is made of it.
        rows = await self._session.execute(query.order_by(OutboxRow.id.desc()).with_for_update())
        return [Standing._make(row) for row in rows]

    async def reword(self, message: int, card: str, place: str, at: datetime) -> None:
        """Say it in other words. What stands already is shown anew at that time; nobody waits for it."""
        stands = OutboxRow.state == "sent"
        await self._session.execute(
            update(OutboxRow)
            .where(OutboxRow.community_id == self._community, OutboxRow.id == message)
            .values(
                card=card,
                place=place,
                revision=OutboxRow.revision + 1,
                state=case((stands, "held"), else_=OutboxRow.state),
                not_before=case((stands, literal(at, Instant())), else_=OutboxRow.not_before),
                tries=0,
            )
        )

    async def drop(self, message: int) -> None:
        """Forget a message: nobody is left for whom it is."""
        await self._session.execute(
            delete(OutboxRow).where(OutboxRow.community_id == self._community, OutboxRow.id == message)
        )

    async def forget(self, member: int) -> list[str]:
        """Erase what was said, or was to be said, to a member alone; returns the keys of those messages.

        What is on its way at this moment is taken back when it has arrived.
        """
        theirs = (OutboxRow.community_id == self._community, OutboxRow.member_id == member)
        # Held until the end: a courier that has just claimed one is waited for, and then it is on its way.
        query = select(OutboxRow.id, OutboxRow.key, OutboxRow.state).where(*theirs).with_for_update()
        rows = (await self._session.execute(query)).all()
        await self._session.execute(
            update(OutboxRow)
            .where(*theirs, OutboxRow.state.in_(("sending", "in_doubt")))
            .values(
                key=literal("erased:").concat(cast(OutboxRow.id, String)),
                card="{}",
                member_id=None,
                withdrawn=True,
                erased=True,
                revision=OutboxRow.revision + 1,
            )
        )
        await self._session.execute(delete(OutboxRow).where(*theirs))
        return [row.key for row in rows]

    async def sent_to(self, member: int) -> list[Sent]:
        """What was said, or waits to be said, to a member alone, the oldest first."""
        query = select(OutboxRow.room, OutboxRow.card, OutboxRow.created_at, OutboxRow.sent_at).where(
            OutboxRow.community_id == self._community, OutboxRow.member_id == member
        )
        rows = await self._session.execute(query.order_by(OutboxRow.id))
        return [Sent._make(row) for row in rows]


# The courier's view, over all communities -----------------------------------------------------------


async def claim(session: AsyncSession, now: datetime, busy: Collection[str], limit: int) -> list[Letter]:
    """Messages that may go now: at most the head of each lane, and none of the busy lanes.

    What was being sent by a process that has not been heard of since its lease ended is in doubt.
    """
    await session.execute(
        update(OutboxRow)
        .where(is_open(OutboxRow), OutboxRow.state == "sending", OutboxRow.lease_until < now)
        .values(state="in_doubt", not_before=now, lease_until=None)
    )
    query = (
        select(*_LETTER)
        .where(*heads_of_lanes(), OutboxRow.not_before <= now, OutboxRow.lane.not_in(busy))
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    letters = [Letter._make(row) for row in await session.execute(query)]
    first: dict[str, Letter] = {}
    for letter in letters:
        first.setdefault(letter.lane, letter)
    return list(first.values())


async def heads(session: AsyncSession) -> list[tuple[str, datetime]]:
    """Each lane with something to say, and when; what waits behind another of its lane does not count."""
    query = select(OutboxRow.lane, func.min(OutboxRow.not_before)).where(*heads_of_lanes())
    return [(lane, at) for lane, at in await session.execute(query.group_by(OutboxRow.lane))]


def heads_of_lanes() -> tuple[ColumnElement[bool], ...]:
    """What the head of a lane fulfils, and whoever is held in it."""
    ahead = aliased(OutboxRow)
    is_behind = select(ahead.id).where(
        is_open(ahead), ahead.lane == OutboxRow.lane, ahead.state.in_(BLOCKING), ahead.id < OutboxRow.id
    )
    return is_open(OutboxRow), OutboxRow.state.in_(("waiting", "held", "in_doubt")), ~is_behind.exists()


def is_open(row: type[OutboxRow]) -> ColumnElement[bool]:
    """The condition of the index of open messages, in its own words: else SQLite would not use it."""
    return row.state.in_(bindparam("open", OPEN, expanding=True, literal_execute=True))


def _life(expires_at: datetime) -> ColumnElement[datetime]:
    """What was said lives on with each change; what waits to be said does not gain time by one."""
    return case((OutboxRow.sent_revision > 0, literal(expires_at, Instant())), else_=OutboxRow.expires_at)


async def failures(session: AsyncSession) -> list[tuple[str, str, str]]:
    """What could not be delivered lately: community, key and reason of each."""
    query = (
        select(CommunityRow.name, OutboxRow.key, OutboxRow.why)
        .join(CommunityRow, CommunityRow.id == OutboxRow.community_id)
        .where(OutboxRow.state == "failed")
        .order_by(OutboxRow.id.desc())
        .limit(100)
    )
    return [(name, key, why) for name, key, why in await session.execute(query)]


async def quoting(session: AsyncSession, before: datetime, limit: int = 200) -> list[Standing]:
    """Settled messages from before then with somebody's words, and those with a file that was handed over."""
    words = OutboxRow.card.contains('"by":') & (
        (OutboxRow.created_at < before) | OutboxRow.community_id.in_(_WORDLESS)
    )
    file = OutboxRow.card.contains('"type":"file"') & ~OutboxRow.card.contains('"data":""')
    query = select(OutboxRow.id, OutboxRow.place, OutboxRow.card, OutboxRow.lane)
    rows = await session.execute(
        query.where(OutboxRow.state.not_in(OPEN), words | file).order_by(OutboxRow.id).limit(limit)
    )
    return [Standing._make(row) for row in rows]


async def keep_less(session: AsyncSession, message: int, card: str) -> None:
    """Keep less of a settled message; where it stands, it stays as it is."""
    settled = OutboxRow.state.not_in(OPEN)
    await session.execute(update(OutboxRow).where(OutboxRow.id == message, settled).values(card=card))


_WORDLESS = select(CommunityRow.id).where(CommunityRow.keep_excerpts.is_(False))
"""Communities that keep no words of their members' messages."""


async def prune(session: AsyncSession, before: datetime) -> None:
    """Forget messages settled before then."""
    await session.execute(
        delete(OutboxRow).where(OutboxRow.created_at < before, OutboxRow.state.not_in(OPEN))
    )
