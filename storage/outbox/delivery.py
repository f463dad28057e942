"""The courier's view, over all communities: what may go now, and what became of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, literal, select, update
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
"""What is left of a sealed message once nothing more becomes of it."""


async def claim(session: Session, now: datetime, busy: Collection[str], limit: int) -> list[Letter]:
    """Messages that may go now: at most the head of each lane, and none of the busy lanes.

    What was being sent by a process that has not been heard of since its lease ended is in doubt.
    """
    await orm_of(session).execute(
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
    letters = [Letter._make(row) for row in await orm_of(session).execute(query)]
    first: dict[str, Letter] = {}
    for letter in letters:
        first.setdefault(letter.lane, letter)
    return list(first.values())


async def take_over(session: Session, at: datetime) -> None:
    """Nobody else is at work: what a process that is gone was sending is in doubt from then on."""
    await orm_of(session).execute(
        update(OutboxRow)
        .where(is_open(OutboxRow), OutboxRow.state == "sending", OutboxRow.lease_until > at)
        .values(lease_until=at)
    )


async def heads(session: Session) -> list[tuple[str, datetime]]:
    """Each lane with something to say, and when; what waits behind another of its lane does not count."""
    query = select(OutboxRow.lane, func.min(OutboxRow.not_before)).where(*heads_of_lanes())
    return [(lane, at) for lane, at in await orm_of(session).execute(query.group_by(OutboxRow.lane))]


def heads_of_lanes() -> tuple[ColumnElement[bool], ...]:
    """What the head of a lane fulfils, and whoever is held in it."""
    is_behind = select(_AHEAD.id).where(
        is_open(_AHEAD),
        _AHEAD.lane == OutboxRow.lane,
        _AHEAD.state.in_(BLOCKING),
        _AHEAD.id < OutboxRow.id,
    )
    return is_open(OutboxRow), OutboxRow.state.in_(("waiting", "held", "in_doubt")), ~is_behind.exists()


class DeliveryRecord:
    """What becomes of one message, written beside it."""

    def __init__(self, session: Session, letter: Letter) -> None:
        self._session = orm_of(session)
        self._letter = letter
        self._mine = (OutboxRow.community_id == letter.community, OutboxRow.id == letter.id)

    async def hold(self, until: datetime, why: str) -> None:
        """Not now: a budget or a night; whoever is behind in the lane goes on."""
        await self._set(state="held", not_before=until, lease_until=None, why=why)

    async def sending(self, space: int, lease_until: datetime) -> None:
        """It is on its way; if nobody says more before the lease ends, its outcome is in doubt."""
        await self._set(
            state="sending",
            space_id=None if self._letter.sealed else space,
            lease_until=lease_until,
            tries=self._letter.tries + 1,
        )

    async def sent(self, place: str, messages: tuple[str, ...], at: datetime) -> bool:
        """It arrived as it looked at the claim; revised since, it goes out again.

        Of a sealed one nothing is kept but that it was said. False if whom it was for was forgotten
        meanwhile: then nobody is told of it.
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
        """Try again then; in doubt, look first whether it arrived."""
        await self._set(state="in_doubt" if in_doubt else "waiting", not_before=at, lease_until=None, why=why)

    async def unfound(self, at: datetime) -> None:
        """Looked up, it turned out never to have arrived: as if this look had not been."""
        await self._set(state="waiting", not_before=at, lease_until=None, tries=self._letter.tries, why="")

    async def failed(self, at: datetime, why: str) -> None:
        """It could not even be judged; try that again then."""
        state = "in_doubt" if self._letter.state == "in_doubt" else "waiting"
        await self._set(state=state, not_before=at, tries=self._letter.tries + 1, why=why)

    async def give_up(self, why: str, *, expired: bool) -> bool:
        """It will not be said; of a sealed one nothing is kept but why.

        False if whom it was for was forgotten meanwhile.
        """
        wiped = dict(_WIPED) if self._letter.sealed else {}
        state = "expired" if expired else "failed"
        is_erased = await self._set(state=state, lease_until=None, why=why, **wiped)
        await self._clear_erased()
        return is_erased is False

    async def _set(self, *, why: str | None = None, **values: object) -> bool | None:
        """Change a row; returns whether it is erased, None if it is not there any more."""
        if why is not None:
            values["why"] = short(why)
        query = update(OutboxRow).where(*self._mine).values(**values).returning(OutboxRow.erased)
        is_erased: bool | None = await self._session.scalar(query)
        return is_erased

    async def _clear_erased(self, *conditions: ColumnElement[bool]) -> None:
        """Nothing more is to be done about a message to somebody forgotten."""
        await self._session.execute(delete(OutboxRow).where(*self._mine, OutboxRow.erased, *conditions))
