"""What one community has to say. A row is the message as it should look; the courier makes it so."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, case, cast, delete, func, literal, or_, select, update

from storage.base import Instant, inserting
from storage.name_redaction import NamePatterns
from storage.outbox.tables import OPEN, OutboxRow
from storage.outbox.values import Sent, StoredMessage
from storage.session import Session, orm_of


class Outbox:
    """What one community has to say."""

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
        """Store a message once per key; False if the key was said or is waiting already."""
        query = (
            inserting(self._session, OutboxRow)
            .values(
                community_id=self._community,
                space_id=space,
                key=key,
                feature=feature,
                lane=lane,
                place=place,
                card=card,
                emoji=emoji,
                join_channel=join_channel,
                withdrawn=False,
                revision=1,
                sent_revision=0,
                state="waiting",
                nudge=nudge,
                hushable=hushable,
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

    # what is said of a person

    async def naming(
        self, member: int, accounts: Collection[int], names: NamePatterns
    ) -> list[StoredMessage]:
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
        return [StoredMessage._make(row) for row in rows]

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
        query = select(OutboxRow.feature, OutboxRow.card, OutboxRow.created_at, OutboxRow.sent_at).where(
            OutboxRow.community_id == self._community, OutboxRow.member_id == member
        )
        rows = await self._session.execute(query.order_by(OutboxRow.id))
        return [Sent._make(row) for row in rows]


def _life(expires_at: datetime) -> ColumnElement[datetime]:
    """What was said lives on with each change; what waits to be said does not gain time by one."""
    return case((OutboxRow.sent_revision > 0, literal(expires_at, Instant())), else_=OutboxRow.expires_at)
