"""The messages of one community. A row is the message as it should look, and the courier makes it so."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, case, cast, delete, func, literal, or_, select, update

from storage.base import Instant, insert_missing
from storage.name_redaction import NamePatterns
from storage.outbox.tables import OPEN, OutboxRow
from storage.outbox.values import Sent, StoredMessage
from storage.session import Session, Work, note_work, orm_of


class Outbox:
    """The messages of one community."""

    def __init__(self, session: Session, community: int) -> None:
        self._session = orm_of(session)
        self._community = community

    async def put(  # noqa: PLR0913  # one for each column
        self,
        *,
        key: str,
        feature: str,
        space: int | None,
        lane: str,
        place: str,
        card: str,
        at: datetime,
        stale: timedelta,
        delivery: str,
        emoji: str = "",
        join_channel: bool = False,
        nudge: str = "",
        hushable: bool = False,
        member: int | None = None,
        sealed: bool = False,
    ) -> bool:
        """Store a message, once per key; False if there is one under this key."""
        row = {
            "community_id": self._community,
            "space_id": space,
            "key": key,
            "feature": feature,
            "lane": lane,
            "place": place,
            "card": card,
            "emoji": emoji,
            "join_channel": join_channel,
            "nudge": nudge,
            "hushable": hushable,
            "member_id": member,
            "delivery": delivery,
            "created_at": at,
            "not_before": at,
            "expires_at": at + stale,
            "sealed": sealed,
        }
        dialect = self._session.get_bind().dialect.name
        is_new = await self._session.scalar(insert_missing(dialect, OutboxRow, "id"), row) is not None
        if is_new:
            note_work(self._session, Work.MESSAGES)
        return is_new

    async def revise(self, key: str, card: str, at: datetime, stale: timedelta) -> bool:
        """Change a message's card; False if there is none, or it was withdrawn or given up."""
        return await self._anew(key, at, stale, card=card)

    async def withdraw(self, key: str, at: datetime, stale: timedelta) -> bool:
        """Withdraw a message: it is removed, or never sent. False as for `revise`."""
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
            note_work(self._session, Work.MESSAGES)
        return True

    async def key_at(self, space: int, place: str, message: str) -> str | None:
        """The key of a message of ours at this place; None if it is not ours or was withdrawn."""
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
        """The space, place and first message id of a post that was delivered."""
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
        """Whether a post waits to be delivered for the first time."""
        query = select(OutboxRow.id).where(
            OutboxRow.community_id == self._community,
            OutboxRow.key == key,
            OutboxRow.state.in_(OPEN),
            OutboxRow.receipt == "",
        )
        return await self._session.scalar(query) is not None

    async def nudges_since(self, member: int, since: datetime) -> list[datetime]:
        """When a member received unsolicited messages since then, the oldest first.

        One that is being sent or in doubt may have arrived. It counts at its `not_before`.
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
        """The number of unsolicited messages with these reasons that a member could be sent now."""
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

    # What is said of a person

    async def naming(
        self, member: int, accounts: Collection[int], names: NamePatterns
    ) -> list[StoredMessage]:
        """Messages that may name or quote a member with these accounts, the newest first.

        It leaves out sealed ones, whose characters may look like a name by chance.
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
        # Locked, so that nobody revises one between this query and its redaction.
        rows = await self._session.execute(query.order_by(OutboxRow.id.desc()).with_for_update())
        return [StoredMessage._make(row) for row in rows]

    async def reword(self, message: int, card: str, place: str, at: datetime) -> None:
        """Replace a message's card and place. One that was delivered is edited at `at`, blocking nothing in
        its lane.
        """
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
        note_work(self._session, Work.MESSAGES)

    async def drop(self, message: int) -> None:
        """Delete a message that has no recipient any more."""
        await self._session.execute(
            delete(OutboxRow).where(OutboxRow.community_id == self._community, OutboxRow.id == message)
        )

    async def forget(self, member: int) -> list[str]:
        """Erase the messages to a member alone; returns their keys.

        A message that is being sent is withdrawn once it has arrived.
        """
        theirs = (OutboxRow.community_id == self._community, OutboxRow.member_id == member)
        # Locked until the unit ends: a courier that has just claimed one finishes its claim first.
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
        """The messages to a member alone, delivered or not, the oldest first."""
        query = select(OutboxRow.feature, OutboxRow.card, OutboxRow.created_at, OutboxRow.sent_at).where(
            OutboxRow.community_id == self._community, OutboxRow.member_id == member
        )
        rows = await self._session.execute(query.order_by(OutboxRow.id))
        return [Sent._make(row) for row in rows]


def _life(expires_at: datetime) -> ColumnElement[datetime]:
    """A change prolongs the life of a delivered message, but not that of one that still waits."""
    return case((OutboxRow.sent_revision > 0, literal(expires_at, Instant())), else_=OutboxRow.expires_at)
