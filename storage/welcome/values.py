"""Journeys and their steps as frozen values."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


class JourneyState(StrEnum):
    """How far a newcomer has come."""

    ARRIVED = "arrived"
    """They joined, and were not greeted yet."""
    OFFERED = "offered"
    """The welcome channel has a button for them."""
    GREETED = "greeted"
    """They got the first message."""
    UNDER_WAY = "under way"
    """They answered it: steps come by themselves."""
    OVER = "over"
    """They had every step."""
    ENDED = "ended"
    """They left, closed their door, or want to be left alone."""


class Via(StrEnum):
    """How newcomers are greeted first."""

    PLATFORM = "platform"
    """As is good manners on the platform: by direct message, on Discord by a button."""
    DIRECT = "direct"
    BUTTON = "button"


@dataclass(frozen=True)
class Journey:
    """One newcomer's journey, of which there is only ever one.

    `since` is the instant from whose day the steps count, `walked_until` that up to which they were looked
    at; `post` is the key of the last direct message; `looked` says that their first message needs no more
    looking after.
    """

    member: int
    state: JourneyState
    arrived_at: datetime
    joined_at: datetime
    greeted_at: datetime | None = None
    fell_back: bool = False
    reminded: bool = False
    answer: str = ""
    since: datetime | None = None
    walked_until: datetime | None = None
    post: str = ""
    agreed_at: datetime | None = None
    introduced_at: datetime | None = None
    introduction: str = ""
    buddy: int | None = None
    looked: bool = False
    flagged_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One step of the journey: `day` and `at` count in the newcomer's own zone.

    The ids of built-in steps are negative. `whom` is an answer to the first question, or everyone.
    """

    id: int
    kind: str
    words: str
    day: int
    at: time
    whom: str
    person: int | None = None
    channel: int | None = None
    link: str = ""


@dataclass(frozen=True)
class Wishes:
    """What coordinators chose: how to greet, in which words (empty: the built-in ones).

    `edited` says that the steps are theirs; `crowd_at` when a crowd was last greeted together; `look_at` when
    first messages are next looked after.
    """

    via: Via = Via.PLATFORM
    words: str = ""
    edited: bool = False
    crowd_at: datetime | None = None
    look_at: datetime | None = None


@dataclass(frozen=True)
class FirstMessage:
    """The first message of a newcomer: where it stands, and whether anybody else replied."""

    member: int
    space: int
    place: str
    message: str
    at: datetime
    replied: bool


@dataclass(frozen=True)
class StepCount:
    """How many newcomers got a step, and how many did what it asks."""

    said: int = 0
    done: int = 0


@dataclass(frozen=True)
class Progress:
    """How many newcomers came how far."""

    arrived: int
    greeted: int
    agreed: int
    introduced: int
    with_buddy: int
    answers: dict[str, int]
    steps: dict[int, StepCount]
