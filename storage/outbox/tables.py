"""The table of messages to deliver."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, Base, BigKey

OPEN = ("waiting", "held", "sending", "in_doubt")
"""The states of messages that are not settled. A `held` one waits for a budget or a morning, blocking nobody.
"""
_OPEN = "state IN ('waiting', 'held', 'sending', 'in_doubt')"
SETTLED = ("sent", "failed", "expired")
BLOCKING = ("waiting", "sending", "in_doubt")


class OutboxRow(Base):
    """A message. It is settled when `sent_revision` has reached `revision`."""

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
        Index(
            "ix_outbox_due",
            "not_before",
            "id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "ix_outbox_lease",
            "lease_until",
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
        Index("ix_outbox_receipt", "community_id", "receipt_place"),
        Index("ix_outbox_nudged", "member_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200), info={NAMES: "kept"})
    feature: Mapped[str] = mapped_column(String(40), default="")
    lane: Mapped[str] = mapped_column(String(240), info={NAMES: "kept"})
    place: Mapped[str] = mapped_column(Text, info={NAMES: "kept"})
    card: Mapped[str] = mapped_column(Text, info={NAMES: "kept"})
    emoji: Mapped[str] = mapped_column(String(64), default="")
    join_channel: Mapped[bool] = mapped_column(default=False)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    sent_revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(24), default="waiting")
    nudge: Mapped[str] = mapped_column(String(80), default="")
    hushable: Mapped[bool] = mapped_column(default=False)
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
    """Its recipient was forgotten while it was being sent. It is removed once it has arrived, and then
    deleted.
    """


def is_open(row: type[OutboxRow]) -> ColumnElement[bool]:
    """The condition of the partial index of open messages, in its own wording: otherwise SQLite would not use
    it.
    """
    return row.state.in_(bindparam("open", OPEN, expanding=True, literal_execute=True))
