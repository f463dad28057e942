"""Mentoring as frozen values: offers, requests, mentor pairs and rounds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """How far a pair has come."""

    DRAFT = "draft"
    """Waits for a coordinator’s word."""
    PROPOSED = "proposed"
    """The mentee is asked."""
    OFFERED = "offered"
    """The mentee said *fine*, the mentor is asked."""
    ACCEPTED = "accepted"
    """Both said yes; their introduction is on its way."""
    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"
    """Parted without fault, or one of them is gone."""
    LAPSED = "lapsed"
    DECLINED = "declined"
    """It did not come about; nobody is told so."""


COMING = (Stage.DRAFT, Stage.PROPOSED, Stage.OFFERED, Stage.ACCEPTED)
"""Stages of what may become a pair."""
LIVE = (*COMING, Stage.ACTIVE)
"""Stages in which a mentor’s place is taken, and a request is not open to others."""
DONE = (Stage.COMPLETED, Stage.ENDED, Stage.LAPSED)
"""Stages of those who were a pair."""


class Standing(StrEnum):
    """What becomes of a request."""

    WAITING = "waiting"
    IN_HAND = "in hand"
    """A pair is being made of it."""
    MATCHED = "matched"
    OVER = "over"
    """Served, or withdrawn."""


class Review(StrEnum):
    """Who lets a pair go out."""

    COORDINATOR = "by a coordinator"
    IN_TIME = "by itself after 3 days"
    AT_ONCE = "by itself at once"


@dataclass(frozen=True)
class Offer:
    """What somebody offers as a mentor, to so many at a time."""

    member: int
    topics: tuple[str, ...]
    capacity: int
    since: datetime
    languages: tuple[str, ...] = ()
    enjoys: str = ""


@dataclass(frozen=True)
class Request:
    """What somebody looks for.

    `front` ones are served before others; `told_at` is when they last heard that nobody was found, `why` the
    reason.
    """

    id: int
    member: int
    topics: tuple[str, ...]
    asked_at: datetime
    standing: Standing = Standing.WAITING
    goal: str = ""
    often: str = ""
    languages: tuple[str, ...] = ()
    front: bool = False
    told_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Pair:
    """A mentor and a mentee. Who is forgotten is None.

    `said_at` is when the question that waits for an answer was put, `post` its key. `checks` counts the
    check-ins, `answered` is the last one that was answered, `how` in which word; `quiet` counts those in a
    row without a meeting. `mentor_says` and `mentee_says` answer how it should go on. `ends_at` is when it is
    time to round off; `told` whether who is left behind knows that it is over.
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
    post: str = ""
    said_at: datetime | None = None
    weeks: int = 8
    started_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    checks: int = 0
    answered: int = 0
    how: str = ""
    how_at: datetime | None = None
    quiet: int = 0
    met_at: datetime | None = None
    mentor_says: str = ""
    mentee_says: str = ""
    told: bool = False

    def has(self, member: int) -> bool:
        """Whether a member is one of the two."""
        return member in (self.mentor, self.mentee)

    def other(self, member: int) -> int | None:
        """The other one of the two."""
        return self.mentee if member == self.mentor else self.mentor


@dataclass(frozen=True)
class Feedback:
    """Two lines about a pair that is over; `shared` says whether coordinators may read them."""

    pair: int
    member: int
    words: str
    shared: bool


@dataclass(frozen=True)
class Exclusion:
    """Two whom coordinators would not pair."""

    one: int
    other: int


@dataclass(frozen=True)
class Wishes:
    """What coordinators chose.

    Whether there are rounds and on which day of the month, how many weeks a pair has, who lets a pair go
    out, and whether requests are matched as they come.
    """

    rounds: bool = False
    day: int = 1
    weeks: int = 8
    review: Review = Review.COORDINATOR
    at_once: bool = False


@dataclass(frozen=True)
class Round:
    """One round: its sign-up was posted at `opened_at` and is over at `closes_at`."""

    id: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Outcomes:
    """What came of mentoring since an instant. None is unknown, as is any group of fewer than three.

    `offered` and `unmatched` are as of now: people who offer, and open requests. `requests` were made since
    then; `matched` pairs were introduced since then, after `median_days` from the request. `active` are pairs
    as of now, `met_share` (0 to 1) how many of those introduced since then have met.
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
