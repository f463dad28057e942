"""The tables of the welcome."""

from datetime import datetime, time

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import NOT_PERSONAL, VALUES, Base, BigKey
from storage.welcome.values import Journey, JourneyState, Step, Via, WelcomeSettings

LONGEST_WORDS = 1000
"""The length of a step, in characters."""
LONGEST_INTRODUCTION = 600


class JourneyRow(Base):
    """A newcomer's journey. Because a member has one row at most, they are welcomed once ever."""

    __tablename__ = "journey"
    __table_args__ = (
        Index("ix_journey_state", "community_id", "state", "arrived_at"),
        Index("ix_journey_post", "community_id", "post_key"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(24), info={VALUES: JourneyState})
    arrived_at: Mapped[datetime]
    joined_at: Mapped[datetime]
    greeted_at: Mapped[datetime | None]
    fell_back: Mapped[bool] = mapped_column(default=False)
    reminded: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(String(24), default="")
    steps_from: Mapped[datetime | None]
    checked_until: Mapped[datetime | None]
    post_key: Mapped[str] = mapped_column(String(64), default="")
    agreed_at: Mapped[datetime | None]
    introduced_at: Mapped[datetime | None]
    introduction: Mapped[str] = mapped_column(String(LONGEST_INTRODUCTION), default="")
    buddy_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    first_message_settled: Mapped[bool] = mapped_column(default=False)
    flagged_at: Mapped[datetime | None]

    def value(self) -> Journey:
        """The row as a value."""
        names = Journey.__dataclass_fields__.keys() - {"member", "buddy", "state"}
        facts = {name: getattr(self, name) for name in names}
        return Journey(member=self.member_id, buddy=self.buddy_id, state=JourneyState(self.state), **facts)


class JourneyStepRow(Base):
    """A step that a newcomer got, and when they completed it."""

    __tablename__ = "journey_step"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("journey.member_id", ondelete="CASCADE"), primary_key=True
    )
    step_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    sent_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class StepRow(Base):
    """A step of the journey that coordinators wrote."""

    __tablename__ = "welcome_step"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    day: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[time]
    audience: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="SET NULL"), index=True)
    link: Mapped[str] = mapped_column(Text, default="")

    def value(self) -> Step:
        """The row as a value."""
        return Step(
            self.id,
            self.kind,
            self.words,
            self.day,
            self.at,
            self.audience,
            self.person_id,
            self.channel_id,
            self.link,
        )


class WelcomeSettingsRow(Base):
    """A community's settings for the welcome."""

    __tablename__ = "welcome_settings"
    __table_args__ = {"info": {NOT_PERSONAL: "the first message, as coordinators word it"}}  # noqa: RUF012

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    via: Mapped[str] = mapped_column(String(24), default=Via.PLATFORM.value, info={VALUES: Via})
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")
    edited: Mapped[bool] = mapped_column(default=False)
    crowd_greeted_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]

    def value(self) -> WelcomeSettings:
        """The row as a value."""
        return WelcomeSettings(
            Via(self.via), self.words, self.edited, self.crowd_greeted_at, self.next_check_at
        )
