"""The tables of circles."""

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import VALUES, Base, BigKey
from storage.circles.values import CircleState, MeetingAnswer, Mix, RoundOutcome

LONGEST_NAME = 60
LONGEST_WHY = 90


class CircleRow(Base):
    """A circle and its next planned round. A draft belongs to the coordinator who filled it in."""

    __tablename__ = "circle"
    __table_args__ = (Index("ix_circle_state", "community_id", "state"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(24), info={VALUES: CircleState})
    drafted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    size: Mapped[int] = mapped_column(SmallInteger)
    every: Mapped[int] = mapped_column(SmallInteger)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[time]
    zone: Mapped[str] = mapped_column(String(64))
    start: Mapped[date]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    mix: Mapped[str] = mapped_column(String(24), info={VALUES: Mix})
    paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[datetime | None]
    next_day: Mapped[date | None]
    next_at: Mapped[datetime | None]
    opened_day: Mapped[date | None]


class SeatRow(Base):
    """A participant of a circle."""

    __tablename__ = "circle_seat"

    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    skip_day: Mapped[date | None]


class CircleAvoidRow(Base):
    """Somebody whom a member would rather not be in a group with. Only the grouping reads it."""

    __tablename__ = "circle_avoid"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)


class CircleRoundRow(Base):
    """What became of one date of a circle. Because there is one row per date, a round happens once."""

    __tablename__ = "circle_round"
    __table_args__ = (UniqueConstraint("circle_id", "day"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(24), info={VALUES: RoundOutcome})
    why: Mapped[str] = mapped_column(String(LONGEST_WHY), default="")
    asked: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int] = mapped_column(default=0)
    new_pairs: Mapped[int] = mapped_column(default=0)
    repeated_pairs: Mapped[int] = mapped_column(default=0)


class GroupRow(Base):
    """A group of a round."""

    __tablename__ = "circle_group"
    __table_args__ = (Index("ix_circle_group_key", "community_id", "key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("circle_round.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    introduced: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(String(24), default="", info={VALUES: MeetingAnswer})


class GroupMemberRow(Base):
    """A member of a group. Two of them have met, unless their group could not meet."""

    __tablename__ = "circle_group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("circle_group.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
