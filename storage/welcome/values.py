"""Journeys and their steps as frozen values."""

from dataclasses import dataclass
from datetime import datetime, time

from storage.base import StoredEnum


class JourneyState(StoredEnum):
    """How far a newcomer has come."""

    ARRIVED = "arrived"
    """They joined and have not been greeted."""
    OFFERED = "offered"
    """The welcome channel has a button for them."""
    GREETED = "greeted"
    """They got the first message."""
    UNDER_WAY = "under_way"
    """They answered it, and steps follow by themselves."""
    OVER = "over"
    """They had every step."""
    ENDED = "ended"
    """They left, accept no direct messages, or do not want the welcome."""


class Via(StoredEnum):
    """How newcomers are greeted first."""

    PLATFORM = "platform"
    """As is usual on the platform: by direct message, and on Discord by a button."""
    DIRECT = "direct"
    BUTTON = "button"


@dataclass(frozen=True)
class Journey:
    """A newcomer's journey; a member has one at most, ever.

    `fell_back` says that the newcomer has had the button that starts the welcome, so that it is not posted
    again if a direct message fails. The days of the steps count from the day of `steps_from`; steps due up to
    `checked_until` have been handled. `post_key` is the key of the last direct message.
    `first_message_settled` says that the newcomer's first message has a reply or was reported to member
    support (at `flagged_at`), so it is not checked again.
    """

    member: int
    state: JourneyState
    arrived_at: datetime
    joined_at: datetime
    greeted_at: datetime | None = None
    fell_back: bool = False
    reminded: bool = False
    answer: str = ""
    steps_from: datetime | None = None
    checked_until: datetime | None = None
    post_key: str = ""
    agreed_at: datetime | None = None
    introduced_at: datetime | None = None
    introduction: str = ""
    buddy: int | None = None
    first_message_settled: bool = False
    flagged_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """A step of the journey. `day` and `at` are in the newcomer's own zone.

    The ids of built-in steps are negative. `audience` is an answer to the first question, or everyone.
    """

    id: int
    kind: str
    words: str
    day: int
    at: time
    audience: str
    person: int | None = None
    channel: int | None = None
    link: str = ""


@dataclass(frozen=True)
class WelcomeSettings:
    """How a community greets newcomers: the way, and the words (empty for the built-in ones).

    `edited` says that coordinators have changed the steps. `crowd_greeted_at` is when several newcomers were
    last greeted in one post, and `next_check_at` when first messages are checked next.
    """

    via: Via = Via.PLATFORM
    words: str = ""
    edited: bool = False
    crowd_greeted_at: datetime | None = None
    next_check_at: datetime | None = None


@dataclass(frozen=True)
class FirstMessage:
    """A newcomer's first message, and whether anybody else has replied to it."""

    member: int
    space: int
    place: str
    message: str
    at: datetime
    replied: bool


@dataclass(frozen=True)
class StepCount:
    """How many newcomers got a step, and how many completed it."""

    sent: int = 0
    done: int = 0


@dataclass(frozen=True)
class Progress:
    """The number of newcomers who have reached each stage of the journey.

    `answers` counts by answer to the first question, and `steps` by the id of the step.
    """

    arrived: int
    greeted: int
    agreed: int
    introduced: int
    with_buddy: int
    answers: dict[str, int]
    steps: dict[int, StepCount]
