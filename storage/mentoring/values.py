"""Mentoring as frozen values: offers, requests, mentor pairs and rounds."""

from dataclasses import dataclass
from datetime import datetime

from storage.base import StoredEnum


class Stage(StoredEnum):
    """How far a pair has come."""

    DRAFT = "draft"
    """It waits for a coordinator’s approval."""
    PROPOSED = "proposed"
    """The mentee has been asked."""
    OFFERED = "offered"
    """The mentee has accepted, and the mentor has been asked."""
    ACCEPTED = "accepted"
    """Both have accepted, and their introduction is on its way."""
    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"
    """They have parted without fault, or one of them is gone."""
    LAPSED = "lapsed"
    DECLINED = "declined"
    """It did not come about. Nobody is told."""


COMING = (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED, Stage.ACCEPTED)
"""The stages of a pair in preparation."""
LIVE = (*COMING, Stage.ACTIVE)
"""The stages in which a pair takes a mentor’s place, and its request is not open to others."""
DONE = (Stage.COMPLETED, Stage.ENDED, Stage.LAPSED)
"""The stages of those who were a pair."""


class RequestState(StoredEnum):
    """How far a request has come."""

    WAITING = "waiting"
    IN_HAND = "in_hand"
    """A pair is being made of it."""
    MATCHED = "matched"
    OVER = "over"
    """It was served, or withdrawn."""


class Review(StoredEnum):
    """Who approves a pair."""

    COORDINATOR = "coordinator"
    AFTER_THREE_DAYS = "after_three_days"
    AT_ONCE = "at_once"


@dataclass(frozen=True)
class Offer:
    """A member's offer to be the mentor of `capacity` people at a time."""

    member: int
    topics: tuple[str, ...]
    capacity: int
    since: datetime
    languages: tuple[str, ...] = ()
    enjoys: str = ""


@dataclass(frozen=True)
class Request:
    """A member's request for a mentor.

    Requests with `priority` are served first. `told_at` is when the member was last told that no mentor was
    found, and `why` is the reason.
    """

    id: int
    member: int
    topics: tuple[str, ...]
    asked_at: datetime
    state: RequestState = RequestState.WAITING
    goal: str = ""
    often: str = ""
    languages: tuple[str, ...] = ()
    priority: bool = False
    told_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Pair:
    """A mentor and a mentee. A forgotten person is None.

    `post_key` is the key of the question that waits for an answer, and `posted_at` when it was delivered.
    `checkins` counts the check-ins; `answered_checkin` is the number of the last one that was answered, and
    `checkin_answer` the answer. `unmet_checkins` counts consecutive check-ins without a meeting.
    `mentor_says` and `mentee_says` answer how the pair should go on. At `ends_at` the pair is asked to round
    off. `end_announced` says that the person who is left behind knows that the pair is over.
    """

    id: int
    mentor: int | None
    mentee: int | None
    stage: Stage
    made_at: datetime
    asked_at: datetime
    request: int | None = None
    round: int | None = None
    fit: int = 0
    reasons: tuple[str, ...] = ()
    why: str = ""
    post_key: str = ""
    posted_at: datetime | None = None
    weeks: int = 8
    started_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    checkins: int = 0
    answered_checkin: int = 0
    checkin_answer: str = ""
    checkin_answered_at: datetime | None = None
    unmet_checkins: int = 0
    met_at: datetime | None = None
    mentor_says: str = ""
    mentee_says: str = ""
    end_announced: bool = False

    def has(self, member: int) -> bool:
        """Whether a member is one of the two."""
        return member in (self.mentor, self.mentee)

    def other(self, member: int) -> int | None:
        """The other member of the pair."""
        return self.mentee if member == self.mentor else self.mentor


@dataclass(frozen=True)
class Feedback:
    """A member's feedback about a pair. `shared` says whether coordinators may read it."""

    pair: int
    member: int
    words: str
    shared: bool


@dataclass(frozen=True)
class Exclusion:
    """Two members whom coordinators would not pair."""

    one: int
    other: int


@dataclass(frozen=True)
class MentoringSettings:
    """How a community makes mentor pairs.

    Whether there are rounds, on which day of the month, how many weeks a pair has, who approves a pair, and
    whether requests are matched as they come.
    """

    rounds: bool = False
    day: int = 1
    weeks: int = 8
    review: Review = Review.COORDINATOR
    at_once: bool = False


@dataclass(frozen=True)
class Round:
    """A round. Its sign-up was posted at `opened_at`, and closes at `closes_at`."""

    id: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of mentoring since an instant. None is unknown, as is any group of fewer than three.

    `offered` and `unmatched` count present offers and open requests, and `active` counts present pairs.
    `requests` were made since then. `matched` pairs were introduced since then, `median_days` after their
    request; `met_share` (0 to 1) of them have met.
    """

    offered: int | None
    requests: int | None
    matched: int | None
    median_days: float | None
    active: int | None
    met_share: float | None
    completed: int | None
    lapsed: int | None
    unmatched: int | None
