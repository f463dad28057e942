"""What the courier asks, over all communities: which messages may go now, and what became of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from storage.base import Base, Instant, short
from storage.outbox.tables import BLOCKING, OutboxRow, is_open
from storage.outbox.values import Letter
from storage.session import Session, orm_of

_LETTER = (
    OutboxRow.id,
    OutboxRow.community_id,
    OutboxRow.space_id,
    OutboxRow.key,
    OutboxRow.feature,
    OutboxRow.lane,
    OutboxRow.place,
    OutboxRow.card,
    OutboxRow.emoji,
    OutboxRow.join_channel,
    OutboxRow.withdrawn,
    OutboxRow.revision,
    OutboxRow.sent_revision,
    OutboxRow.state,
    OutboxRow.nudge,
    OutboxRow.hushable,
    OutboxRow.member_id,
    OutboxRow.delivery,
    OutboxRow.receipt_place,
    OutboxRow.receipt,
    OutboxRow.expires_at,
    OutboxRow.tries,
    OutboxRow.sealed,
    OutboxRow.erased,
)
_AHEAD = aliased(OutboxRow)
_T = Base.metadata.tables[OutboxRow.__tablename__]
_WIPED = dict.fromkeys(("place", "card", "lane", "delivery", "receipt_place", "receipt"), "")
"""The columns of a sealed message that are emptied once it is settled."""


async def claim(
    session: Session,
    now: datetime,
    busy: Collection[str],
    limit: int,
    *,
    full: Collection[int] = (),
) -> list[Letter]:
    """The messages that may go now: at most the first of each lane, and none of busy lanes or full spaces.

    Those that have waited the longest come first. A message is in doubt if the process that was sending it
    has not been heard of since its lease ended.
    """
    await orm_of(session).execute(
        update(OutboxRow)
        .where(OutboxRow.lease_until < now, OutboxRow.state == "sending")
        .values(state="in_doubt", not_before=now, lease_until=None)
    )
    query = (
        select(*_LETTER)
        .where(
            *heads_of_lanes(),
            OutboxRow.not_before <= now,
            OutboxRow.lane.not_in(busy),
            or_(OutboxRow.space_id.is_(None), OutboxRow.space_id.not_in(full)),
        )
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    letters = [Letter._make(row) for row in await orm_of(session).execute(query)]
    first: dict[str, Letter] = {}
    for letter in letters:
        first.setdefault(letter.lane, letter)
    return list(first.values())


async def take_over(session: Session, at: datetime) -> None:
    """Put the messages in doubt, from then on, that another process was sending. For when no other one is
    running.
    """
    await orm_of(session).execute(
        update(OutboxRow)
        .where(is_open(OutboxRow), OutboxRow.state == "sending", OutboxRow.lease_until > at)
        .values(lease_until=at)
    )


async def next_send(session: Session, busy: Collection[str]) -> datetime | None:
    """When the next message may go, leaving out busy lanes, or when a lease ends; None if nothing waits."""
    send = select(OutboxRow.not_before).where(*heads_of_lanes(), OutboxRow.lane.not_in(busy))
    lease = select(OutboxRow.lease_until).where(
        OutboxRow.lease_until.is_not(None), OutboxRow.state == "sending", OutboxRow.lane.not_in(busy)
    )
    found = [
        await orm_of(session).scalar(query.order_by(column).limit(1))
        for query, column in ((send, OutboxRow.not_before), (lease, OutboxRow.lease_until))
    ]
    return min((at for at in found if at is not None), default=None)


def heads_of_lanes() -> tuple[ColumnElement[bool], ...]:
    """The condition for messages that nothing in their lane blocks."""
    is_behind = select(_AHEAD.id).where(
        is_open(_AHEAD),
        _AHEAD.lane == OutboxRow.lane,
        _AHEAD.state.in_(BLOCKING),
        _AHEAD.id < OutboxRow.id,
    )
    return is_open(OutboxRow), OutboxRow.state.in_(("waiting", "held", "in_doubt")), ~is_behind.exists()


_MARK_SENDING = (
    update(_T)
    .where(_T.c.id == bindparam("of_id"), _T.c.community_id == bindparam("of_community"))
    .values(
        state="sending",
        space_id=bindparam("space"),
        lease_until=bindparam("lease", type_=Instant()),
        tries=bindparam("nth"),
    )
)
_MARK_SENT = (
    update(_T)
    .where(_T.c.id == bindparam("of_id"), _T.c.community_id == bindparam("of_community"))
    .values(
        state=bindparam("new_state"),
        sent_revision=bindparam("sent"),
        receipt_place=bindparam("in_place"),
        receipt=bindparam("messages"),
        sent_at=func.coalesce(_T.c.sent_at, bindparam("at", type_=Instant())),
        not_before=bindparam("at", type_=Instant()),
        lease_until=None,
        tries=0,
        why="",
    )
)


async def mark_sending(
    session: Session, letters: Sequence[tuple[Letter, int]], lease_until: datetime
) -> None:
    """Record that messages are being sent, each through a space.

    Those of which nothing more is recorded before the lease ends are in doubt.
    """
    rows = [
        {
            "of_id": letter.id,
            "of_community": letter.community,
            "space": None if letter.sealed else space,
            "lease": lease_until,
            "nth": letter.tries + 1,
        }
        for letter, space in letters
    ]
    if rows:
        await (await orm_of(session).connection()).execute(_MARK_SENDING, rows)


async def mark_sent(
    session: Session, arrived: Sequence[tuple[Letter, str, tuple[str, ...]]], at: datetime
) -> set[int]:
    """Record that messages arrived as they were when they were claimed, each with its place and ids there.

    One that has been revised since goes again. Returns the ids of those whose recipients are not forgotten:
    an event follows for them alone.
    """
    query = (
        select(OutboxRow.id, OutboxRow.revision, OutboxRow.erased)
        .where(OutboxRow.id.in_([letter.id for letter, _, _ in arrived]))
        .with_for_update()
    )
    found = {row.id: row for row in await orm_of(session).execute(query)}
    standing: set[int] = set()
    rows = []
    for letter, place, messages in arrived:
        row = found.get(letter.id)
        if row is None:
            continue
        if letter.sealed or row.erased:
            if await DeliveryRecord(session, letter).sent(place, messages, at):
                standing.add(letter.id)
            continue
        standing.add(letter.id)
        rows.append(
            {
                "of_id": letter.id,
                "of_community": letter.community,
                "new_state": "sent" if row.revision == letter.revision else "waiting",
                "sent": letter.revision,
                "in_place": place,
                "messages": "\n".join(messages),
                "at": at,
            }
        )
    if rows:
        await (await orm_of(session).connection()).execute(_MARK_SENT, rows)
    return standing


class DeliveryRecord:
    """Records what became of one message."""

    def __init__(self, session: Session, letter: Letter) -> None:
        self._session = orm_of(session)
        self._letter = letter
        self._mine = (OutboxRow.community_id == letter.community, OutboxRow.id == letter.id)

    async def hold(self, until: datetime, why: str) -> None:
        """Hold the message for a budget or until the morning. It does not block the others in its lane."""
        await self._set(state="held", not_before=until, lease_until=None, why=why)

    async def sent(self, place: str, messages: tuple[str, ...], at: datetime) -> bool:
        """Record that the message arrived as it was when it was claimed. If it has been revised since, it
        goes again.

        Of a sealed message only the fact remains. False if its recipient has been forgotten meanwhile, in
        which case no event follows.
        """
        if self._letter.sealed:
            revision, done = self._letter.revision, {"state": "sent", "lease_until": None, **_WIPED}
            return await self._set(sent_revision=revision, sent_at=at, why="", **done) is False
        query = (
            update(OutboxRow)
            .where(*self._mine)
            .values(
                sent_revision=self._letter.revision,
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
            (OutboxRow.revision > self._letter.revision, "waiting"),
            (OutboxRow.revision == self._letter.revision, "sent"),
        ):
            await self._session.execute(update(OutboxRow).where(*self._mine, behind).values(state=state))
        await self._clear_erased(OutboxRow.state == "sent")
        return is_erased is False

    async def again(self, at: datetime, why: str, *, in_doubt: bool = False) -> None:
        """Record that the message is tried again at `at`; in doubt, it is looked up first."""
        await self._set(state="in_doubt" if in_doubt else "waiting", not_before=at, lease_until=None, why=why)

    async def unfound(self, at: datetime) -> None:
        """Record that a message in doubt had not arrived. The lookup counts as no attempt."""
        await self._set(state="waiting", not_before=at, lease_until=None, tries=self._letter.tries, why="")

    async def failed(self, at: datetime, why: str) -> None:
        """Record that the message could not be prepared, and is tried again at `at`."""
        state = "in_doubt" if self._letter.state == "in_doubt" else "waiting"
        await self._set(state=state, not_before=at, tries=self._letter.tries + 1, why=why)

    async def give_up(self, why: str, *, expired: bool) -> bool:
        """Record that the message will not be delivered; of a sealed one only the reason remains.

        False if its recipient has been forgotten meanwhile.
        """
        wiped = dict(_WIPED) if self._letter.sealed else {}
        state = "expired" if expired else "failed"
        is_erased = await self._set(state=state, lease_until=None, why=why, **wiped)
        await self._clear_erased()
        return is_erased is False

    async def _set(self, *, why: str | None = None, **values: object) -> bool | None:
        """Change the row; returns whether it is erased, None if it is not there any more."""
        if why is not None:
            values["why"] = short(why)
        query = update(OutboxRow).where(*self._mine).values(**values).returning(OutboxRow.erased)
        is_erased: bool | None = await self._session.scalar(query)
        return is_erased

    async def _clear_erased(self, *conditions: ColumnElement[bool]) -> None:
        """Delete the message if its recipient has been forgotten."""
        await self._session.execute(delete(OutboxRow).where(*self._mine, OutboxRow.erased, *conditions))
