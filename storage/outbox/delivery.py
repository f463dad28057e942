"""What the courier asks, over all communities: which messages may go now, and what became of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from storage.base import Instant, short
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
_WIPED = dict.fromkeys(("place", "card", "lane", "delivery", "receipt_place", "receipt"), "")
"""The columns of a sealed message that are emptied once it is settled."""


async def claim(
    session: Session,
    now: datetime,
    busy: Collection[str],
    limit: int,
    *,
    full: Collection[int] = (),
    after: int = 0,
) -> list[Letter]:
    """The messages that may go now: at most the first of each lane, and none of busy lanes or full spaces.

    Communities take turns in the order of their ids: `after` is the one that was served last.

    A message is in doubt if the process that was sending it has not been heard of since its lease ended.
    """
    await orm_of(session).execute(
        update(OutboxRow)
        .where(is_open(OutboxRow), OutboxRow.state == "sending", OutboxRow.lease_until < now)
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
        .order_by(OutboxRow.community_id <= after, OutboxRow.community_id, OutboxRow.id)
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


async def heads(session: Session) -> list[tuple[str, datetime]]:
    """Each lane with something to send, and when. Messages behind another one in their lane do not count."""
    query = select(OutboxRow.lane, func.min(OutboxRow.not_before)).where(*heads_of_lanes())
    return [(lane, at) for lane, at in await orm_of(session).execute(query.group_by(OutboxRow.lane))]


def heads_of_lanes() -> tuple[ColumnElement[bool], ...]:
    """The condition for messages that nothing in their lane blocks."""
    is_behind = select(_AHEAD.id).where(
        is_open(_AHEAD),
        _AHEAD.lane == OutboxRow.lane,
        _AHEAD.state.in_(BLOCKING),
        _AHEAD.id < OutboxRow.id,
    )
    return is_open(OutboxRow), OutboxRow.state.in_(("waiting", "held", "in_doubt")), ~is_behind.exists()


class DeliveryRecord:
    """Records what became of one message."""

    def __init__(self, session: Session, letter: Letter) -> None:
        self._session = orm_of(session)
        self._letter = letter
        self._mine = (OutboxRow.community_id == letter.community, OutboxRow.id == letter.id)

    async def hold(self, until: datetime, why: str) -> None:
        """Hold the message for a budget or until the morning. It does not block the others in its lane."""
        await self._set(state="held", not_before=until, lease_until=None, why=why)

    async def sending(self, space: int, lease_until: datetime) -> None:
        """Record that the message is being sent. If nothing more is recorded before the lease ends, it is in
        doubt.
        """
        await self._set(
            state="sending",
            space_id=None if self._letter.sealed else space,
            lease_until=lease_until,
            tries=self._letter.tries + 1,
        )

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
