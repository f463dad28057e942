"""Circles, their rounds and groups as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime, time

from storage.base import StoredEnum


class Mix(StoredEnum):
    """What the groups of a circle are mixed by."""

    NOTHING = "nothing"
    TENURE = "tenure"
    """New members with those who have been here longer."""
    CHANNEL = "channel"
    """Members who write most in different channels."""


class CircleState(StoredEnum):
    """How far a circle has come."""

    DRAFT = "draft"
    """A coordinator has filled it in and not saved it."""
    RUNNING = "running"
    ENDED = "ended"
    """There are no more rounds. Who has met whom is kept."""


class RoundOutcome(StoredEnum):
    """What became of a round."""

    MADE = "made"
    SKIPPED = "skipped"
    """It was skipped on purpose: `why` says for which reason."""
    MISSED = "missed"
    """The bot was away for longer than the grace period."""


class MeetingAnswer(StoredEnum):
    """A group's answer to *did you meet?*"""

    MET = "met"
    PLANNED = "planned"
    COULD_NOT = "could_not"


@dataclass(frozen=True)
class Circle:
    """A circle.

    Rounds come every `every` weeks on `weekday` (0 is Monday) at the local time `at`, the first on or after
    `start`. `channel` is the id of the channel with the sign-up post, at `place` on `space`; `gone` says that
    it is archived or lost. `next_day` and `next_at` are those of the planned round, and `opened_day` is that
    of the last round to which people were invited.
    """

    id: int
    name: str
    state: CircleState
    size: int
    every: int
    weekday: int
    at: time
    zone: str
    start: date
    channel: int
    space: int
    place: str
    gone: bool
    mix: Mix
    paused: bool
    paused_until: datetime | None
    next_day: date | None
    next_at: datetime | None
    opened_day: date | None

    def is_paused(self, at: datetime) -> bool:
        """Whether it is paused at an instant."""
        return self.paused and (self.paused_until is None or at < self.paused_until)


@dataclass(frozen=True)
class Seat:
    """A participant of a circle. They sit out the round of `skip_day`."""

    member: int
    skip_day: date | None = None


@dataclass(frozen=True)
class Round:
    """One date of a circle and what became of it. With `asked`, its groups were asked how it went."""

    id: int
    circle: int
    day: date
    at: datetime
    outcome: RoundOutcome
    why: str
    asked: bool


@dataclass(frozen=True)
class Group:
    """A group of a round. `key` is that of the place where it is introduced, and `introduced` says that it
    was.
    """

    id: int
    round: int
    circle: int
    key: str
    members: tuple[int, ...]
    introduced: bool = False
    answer: MeetingAnswer | None = None


@dataclass(frozen=True)
class Acquaintance:
    """How often two members were in one group, and when last. `one` is the lower id."""

    one: int
    other: int
    times: int
    last: datetime


@dataclass(frozen=True)
class Figures:
    """The figures of one circle, or of all of a community, over a time.

    `rounds` were made, `skipped` and `missed` ones were not. `people` counts different members in groups, and
    `seats` counts each time. `new` and `repeats` count pairs who were together for the first time, and again.
    `met` is the share of answering groups that met. None is unknown: figures about fewer than three people,
    and the share of fewer than three answers.
    """

    rounds: int = 0
    skipped: int = 0
    missed: int = 0
    people: int | None = None
    seats: int | None = None
    groups: int = 0
    answered: int = 0
    met: float | None = None
    new: int | None = None
    repeats: int | None = None
