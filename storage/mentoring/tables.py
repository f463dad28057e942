"""The tables of mentoring."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import VALUES, Base, BigKey
from storage.mentoring.values import (
    LIVE,
    MentoringSettings,
    Offer,
    Pair,
    Request,
    RequestState,
    Review,
    Round,
    Stage,
)

LONGEST_WORDS = 300
"""The length of a goal, of what a mentor enjoys, and of feedback, in characters."""

_IS_LIVE = text(f"stage IN ({', '.join(repr(stage.value) for stage in LIVE)})")
_IS_OPEN = text(f"state <> '{RequestState.OVER.value}'")


class OfferRow(Base):
    """A member's offer to be a mentor. Topics and languages are separated by spaces."""

    __tablename__ = "mentoring_offer"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    topics: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[datetime]
    languages: Mapped[str] = mapped_column(Text, default="")
    enjoys: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")

    def value(self) -> Offer:
        """The row as a value."""
        topics, languages = tuple(self.topics.split()), tuple(self.languages.split())
        return Offer(self.member_id, topics, self.capacity, self.since, languages, self.enjoys)


class RequestRow(Base):
    """A member's request for a mentor. At most one of each member is not over."""

    __tablename__ = "mentoring_request"
    __table_args__ = (
        Index(
            "ix_mentoring_request_open",
            "community_id",
            "member_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    topics: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(24), info={VALUES: RequestState})
    goal: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")
    often: Mapped[str] = mapped_column(String(24), default="")
    languages: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")

    def value(self) -> Request:
        """The row as a value."""
        return Request(
            self.id,
            self.member_id,
            tuple(self.topics.split()),
            self.asked_at,
            RequestState(self.state),
            self.goal,
            self.often,
            tuple(self.languages.split()),
            self.priority,
            self.told_at,
            self.why,
        )


class PauseRow(Base):
    """A member's pause. Without `until` it lasts until they resume."""

    __tablename__ = "mentoring_pause"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime | None]


class AvoidRow(Base):
    """Somebody whom a member would rather not be matched with. Nobody else may read it."""

    __tablename__ = "mentoring_avoid"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)


class ExclusionRow(Base):
    """Two members whom coordinators would not pair. `one_id` is the lower id."""

    __tablename__ = "mentoring_exclusion"

    one_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)


class RoundRow(Base):
    """A round of sign-up and matching."""

    __tablename__ = "mentoring_round"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def value(self) -> Round:
        """The row as a value."""
        return Round(self.id, self.opened_at, self.closes_at, self.closed_at)


class PairRow(Base):
    """A proposed, active or past pair. `reasons` has one per line. A request has at most one live pair."""

    __tablename__ = "mentoring_pair"
    __table_args__ = (
        Index("ix_mentoring_pair_stage", "community_id", "stage"),
        Index("ix_mentoring_pair_post", "community_id", "post_key"),
        Index(
            "ix_mentoring_pair_live",
            "request_id",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    mentee_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("mentoring_request.id", ondelete="SET NULL"))
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("mentoring_round.id", ondelete="SET NULL"), index=True
    )
    stage: Mapped[str] = mapped_column(String(24), info={VALUES: Stage})
    made_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    fit: Mapped[int] = mapped_column(SmallInteger, default=0)
    reasons: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(String(24), default="")
    post_key: Mapped[str] = mapped_column(String(64), default="")
    posted_at: Mapped[datetime | None]
    weeks: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    checkins: Mapped[int] = mapped_column(SmallInteger, default=0)
    answered_checkin: Mapped[int] = mapped_column(SmallInteger, default=0)
    checkin_answer: Mapped[str] = mapped_column(String(24), default="")
    checkin_answered_at: Mapped[datetime | None]
    unmet_checkins: Mapped[int] = mapped_column(SmallInteger, default=0)
    met_at: Mapped[datetime | None]
    mentor_says: Mapped[str] = mapped_column(String(24), default="")
    mentee_says: Mapped[str] = mapped_column(String(24), default="")
    end_announced: Mapped[bool] = mapped_column(default=False)

    def value(self) -> Pair:
        """The row as a value."""
        renamed = {"mentor", "mentee", "request", "round", "stage", "reasons"}
        facts = {name: getattr(self, name) for name in Pair.__dataclass_fields__.keys() - renamed}
        return Pair(
            mentor=self.mentor_id,
            mentee=self.mentee_id,
            request=self.request_id,
            round=self.round_id,
            stage=Stage(self.stage),
            reasons=tuple(self.reasons.splitlines()),
            **facts,
        )


class FeedbackRow(Base):
    """A member's feedback about a pair that is over."""

    __tablename__ = "mentoring_feedback"

    pair_id: Mapped[int] = mapped_column(
        ForeignKey("mentoring_pair.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    shared: Mapped[bool] = mapped_column(default=False)


class MentoringSettingsRow(Base):
    """A community's settings for mentoring."""

    __tablename__ = "mentoring_settings"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    rounds: Mapped[bool] = mapped_column(default=False)
    day: Mapped[int] = mapped_column(SmallInteger, default=1)
    weeks: Mapped[int] = mapped_column(SmallInteger, default=8)
    review: Mapped[str] = mapped_column(String(24), default=Review.COORDINATOR.value, info={VALUES: Review})
    at_once: Mapped[bool] = mapped_column(default=False)
    more_people: Mapped[int] = mapped_column(SmallInteger, default=0)
    more_people_fit: Mapped[int] = mapped_column(SmallInteger, default=0)

    def value(self) -> MentoringSettings:
        """The row as a value."""
        return MentoringSettings(self.rounds, self.day, self.weeks, Review(self.review), self.at_once)
