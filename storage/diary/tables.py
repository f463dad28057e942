"""The tables of events, and of the daily counts that remain of them."""

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, case, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NAMES, VALUES, Base, BigKey

EXCERPT = 200
"""The length of a stored excerpt, in characters."""
ROWS_AT_ONCE = 500
"""The number of ids in one statement."""


class DiaryState(IntEnum):
    """How far a row has come."""

    FRESH = 0
    DIGESTED = 1
    SET_ASIDE = 2


class DiaryRow(Base):
    """An event. `body` is all of it until it is digested; after that only the facts remain."""

    __tablename__ = "diary"
    __table_args__ = (
        UniqueConstraint("space_id", "key"),
        Index("ix_diary_community_at", "community_id", "at"),
        Index(
            "ix_diary_fresh",
            "space_id",
            "id",
            sqlite_where=text("state = 0"),
            postgresql_where=text("state = 0"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(240), info={NAMES: "kept"})
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    stored_at: Mapped[datetime]
    state: Mapped[int] = mapped_column(SmallInteger, default=DiaryState.FRESH, info={VALUES: DiaryState})
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(String(64), default="")
    thread: Mapped[str] = mapped_column(String(64), default="")
    refers_to: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reply: Mapped[bool] = mapped_column(default=False)
    question: Mapped[bool] = mapped_column(default=False)
    links: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    excerpt: Mapped[str | None] = mapped_column(String(EXCERPT), info={NAMES: "blank"})
    body: Mapped[str | None] = mapped_column(Text, info={NAMES: "kept"})


class DailyCountRow(Base):
    """The counts that remain of a day in a channel after thirteen months."""

    __tablename__ = "daily_count"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    channel_id: Mapped[int] = mapped_column(
        ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(default=0)
    replies: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int] = mapped_column(default=0)
    links: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    joins: Mapped[int] = mapped_column(default=0)


WITHOUT_BODY = case((DiaryRow.state == DiaryState.FRESH, DiaryState.DIGESTED), else_=DiaryRow.state)
"""The state of a row whose body is deleted: a fresh one without a body could not be digested."""
