"""The tables of rhythms, decks and volunteers, and what rooms see of them."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import VALUES, Base, BigKey, StoredEnum

LONGEST_NAME = 60
LONGEST_PROMPT = 400
LONGEST_NOTE = 90


class Leader(StoredEnum):
    """Who looks after the answers."""

    NONE = "none"
    FIXED = "fixed"
    ROTATING = "rotating"


class DateOutcome(StoredEnum):
    """What became of one date of a rhythm."""

    POSTED = "posted"
    MISSED = "missed"
    """I was away for longer than the grace."""
    SKIPPED = "skipped"
    """On purpose: `why` says which."""
    FAILED = "failed"
    """It was on its way and could not be posted; `why` is the courier's word."""


class PromptState(StoredEnum):
    """Where a prompt stands."""

    READY = "ready"
    SUGGESTED = "suggested"
    """A member's, which waits for a coordinator's word."""


# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rhythm:
    """A rhythm as rooms see it.

    `rrule`, `at`, `zone` and `start` say when; `channel` is the channel's id, `space` and `place` where it
    is, `gone` that it is archived or lost. `next_day` and `next_at` are the date that is planned, `done_day`
    the latest that was dealt with. `prompt` and `host` are what and who is set for the next date.
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
    """One date of a rhythm and what became of it; by hand, it is a prompt that somebody posted in between."""

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
    """A stack of prompts: how many are ready, and how many of them have had no turn in this round."""

    id: int
    slug: str
    name: str
    ready: int = 0
    left: int = 0


@dataclass(frozen=True)
class Prompt:
    """One prompt of a deck; `by` is the member who suggested it."""

    id: int
    deck: int
    words: str
    state: PromptState
    by: int | None
    uses: int
    used_at: datetime | None


@dataclass(frozen=True)
class Volunteer:
    """Who takes turns facilitating a rhythm; away up to and without `away_until`."""

    member: int
    since: datetime
    away_until: date | None
    last_at: datetime | None
    passed_day: date | None


# Tables ------------------------------------------------------------------------------------------


class DeckRow(Base):
    """A deck of a community; `slug` names the built-in one that it is a copy of."""

    __tablename__ = "deck"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))


class PromptRow(Base):
    """A prompt. `uses` counts rounds: whoever has fewer than the others has a turn to come."""

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
    """A rhythm and the date that is planned next."""

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
    """One date of a rhythm that was dealt with; the key is that of its post."""

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
    """Who takes turns facilitating a rhythm."""

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
    """A rhythm as somebody filled it in and has not saved it yet; `rhythm_id` is the one it changes."""

    __tablename__ = "rhythm_draft"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    rhythm_id: Mapped[int | None] = mapped_column(ForeignKey("rhythm.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    filled: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
