"""The tables of rhythms, decks and volunteers, and their rows as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import VALUES, Base, BigKey, StoredEnum

LONGEST_NAME = 60
LONGEST_PROMPT = 400
LONGEST_NOTE = 90


class Leader(StoredEnum):
    """Who facilitates a rhythm."""

    NONE = "none"
    FIXED = "fixed"
    ROTATING = "rotating"


class DateOutcome(StoredEnum):
    """What became of one date of a rhythm."""

    POSTED = "posted"
    MISSED = "missed"
    """The bot was away for longer than the grace period."""
    SKIPPED = "skipped"
    """It was skipped on purpose: `why` says for which reason."""
    FAILED = "failed"
    """It could not be delivered: `why` is the courier's reason."""


class PromptState(StoredEnum):
    """How far a prompt has come."""

    READY = "ready"
    SUGGESTED = "suggested"
    """A member suggested it, and it waits for a coordinator's approval."""


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rhythm:
    """A rhythm.

    It is due by `rrule`, `at`, `zone` and `start`. `channel` is the channel's id, at `place` on `space`;
    `gone` says that it is archived or lost. `next_day` and `next_at` are those of the planned date, and
    `done_day` is the latest date that was handled. `prompt` and `host` are set for the next date.
    """

    id: int
    name: str
    channel: int
    space: int
    place: str
    gone: bool
    deck: int
    rrule: str
    at: time
    zone: str
    start: date
    leader: Leader
    led_by: int | None
    holidays: bool
    yields: bool
    paused: bool
    paused_until: datetime | None
    next_day: date | None
    next_at: datetime | None
    done_day: date | None
    prompt: int | None
    host: int | None
    agreed: bool
    judged_from: datetime

    def is_paused(self, at: datetime) -> bool:
        """Whether it is paused at this instant."""
        return self.paused and (self.paused_until is None or at < self.paused_until)


@dataclass(frozen=True)
class Dealt:
    """A date of a rhythm and what became of it. With `by_hand`, a coordinator posted a prompt in between."""

    rhythm: int
    key: str
    day: date
    at: datetime
    outcome: DateOutcome
    why: str
    prompt: int | None
    posted_at: datetime | None
    deck: int | None
    by_hand: bool


@dataclass(frozen=True)
class Deck:
    """A stack of prompts. `ready` counts those that may be used, and `left` those without a turn in this
    round.
    """

    id: int
    slug: str
    name: str
    ready: int = 0
    left: int = 0


@dataclass(frozen=True)
class Prompt:
    """A prompt of a deck. `by` is the member who suggested it."""

    id: int
    deck: int
    words: str
    state: PromptState
    by: int | None
    uses: int
    used_at: datetime | None


@dataclass(frozen=True)
class Volunteer:
    """A volunteer of a rhythm. They are away until `away_until` (exclusive)."""

    member: int
    since: datetime
    away_until: date | None
    last_at: datetime | None
    passed_day: date | None


# Tables ------------------------------------------------------------------------------------------


class DeckRow(Base):
    """A deck of a community. `slug` names the built-in one that it was copied from."""

    __tablename__ = "deck"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))


class PromptRow(Base):
    """A prompt. `uses` counts its turns: one with fewer than the others has a turn to come in this round."""

    __tablename__ = "prompt"
    __table_args__ = (Index("ix_prompt_deck", "community_id", "deck_id", "state"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    deck_id: Mapped[int] = mapped_column(ForeignKey("deck.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(LONGEST_PROMPT))
    state: Mapped[str] = mapped_column(String(24), info={VALUES: PromptState})
    suggested_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id", ondelete="SET NULL"), index=True
    )
    added_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class RhythmRow(Base):
    """A rhythm and its next planned date."""

    __tablename__ = "rhythm"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    deck_id: Mapped[int] = mapped_column(ForeignKey("deck.id", ondelete="CASCADE"), index=True)
    rrule: Mapped[str] = mapped_column(String(80))
    local_at: Mapped[time]
    zone: Mapped[str] = mapped_column(String(64))
    start: Mapped[date]
    leader: Mapped[str] = mapped_column(String(24), default=Leader.NONE.value, info={VALUES: Leader})
    led_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    holidays: Mapped[bool] = mapped_column(default=True)
    yields: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[datetime | None]
    next_day: Mapped[date | None]
    next_at: Mapped[datetime | None]
    done_day: Mapped[date | None]
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id", ondelete="SET NULL"), index=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    agreed: Mapped[bool] = mapped_column(default=False)
    judged_from: Mapped[datetime]


class RhythmDateRow(Base):
    """A date of a rhythm that was handled. `key` is that of its post."""

    __tablename__ = "rhythm_date"
    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index("ix_rhythm_date_rhythm_at", "rhythm_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    rhythm_id: Mapped[int] = mapped_column(ForeignKey("rhythm.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(24), info={VALUES: DateOutcome})
    why: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    prompt_id: Mapped[int | None] = mapped_column(ForeignKey("prompt.id", ondelete="SET NULL"), index=True)
    deck_id: Mapped[int | None] = mapped_column(ForeignKey("deck.id", ondelete="SET NULL"), index=True)
    posted_at: Mapped[datetime | None]
    by_hand: Mapped[bool] = mapped_column(default=False)


class RhythmVolunteerRow(Base):
    """A volunteer of a rhythm."""

    __tablename__ = "rhythm_volunteer"

    rhythm_id: Mapped[int] = mapped_column(ForeignKey("rhythm.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    away_until: Mapped[date | None]
    last_at: Mapped[datetime | None]
    passed_day: Mapped[date | None]


class RhythmDraftRow(Base):
    """A rhythm as a member filled it in, not saved yet. `rhythm_id` is the rhythm that it changes."""

    __tablename__ = "rhythm_draft"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    rhythm_id: Mapped[int | None] = mapped_column(ForeignKey("rhythm.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    filled: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
