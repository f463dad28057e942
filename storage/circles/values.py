"""Circles, their rounds and groups as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime, time

from storage.base import StoredEnum


class Mix(StoredEnum):
    """Across what the groups of a circle are made."""

    NOTHING = "nothing"
    TENURE = "tenure"
    """Those who came lately, and those who were here before."""
    CHANNEL = "channel"
    """The channel in which somebody writes the most."""


class CircleState(StoredEnum):
    """Where a circle stands."""

    DRAFT = "draft"
    """A coordinator filled it in, and has not saved it."""
    RUNNING = "running"
    ENDED = "ended"
    """There are no more rounds; who has met whom is kept."""


class RoundOutcome(StoredEnum):
    """What became of a round."""

    MADE = "made"
    SKIPPED = "skipped"
    """On purpose: `why` says which."""
    MISSED = "missed"
    """I was away for longer than the grace."""


class MeetingAnswer(StoredEnum):
    """What a group said to *did you meet?*"""

    MET = "met"
    PLANNED = "planned"
    COULD_NOT = "could_not"


@dataclass(frozen=True)
class Circle:
    """A circle as rooms see it.

    Rounds come every `every` weeks on `weekday` (0 is Monday) at the local time `at`, the first on or after
    `start`. `channel` is the id of the sign-up post's channel, `space` and `place` where it is, `gone` that
    it is archived or lost. `next_day` and `next_at` are the round that is planned, `opened_day` the one to
    which people were last invited.
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
        """Whether it rests at this instant."""
        return self.paused and (self.paused_until is None or at < self.paused_until)


@dataclass(frozen=True)
class Seat:
    """Somebody who takes part in a circle; they sit out the round of `skip_day`."""

    member: int
    skip_day: date | None = None


@dataclass(frozen=True)
class Round:
    """One date of a circle and what became of it; `asked` says that its groups were asked how it went."""

    id: int
    circle: int
    day: date
    at: datetime
    outcome: RoundOutcome
    why: str
    asked: bool


@dataclass(frozen=True)
class Group:
    """Who meets in a round: `key` names the place where they are introduced, `introduced` that they were."""

    id: int
    round: int
    circle: int
    key: str
    members: tuple[int, ...]
    introduced: bool = False
    answer: MeetingAnswer | None = None


@dataclass(frozen=True)
class Acquaintance:
    """How often two members were in a group, and when last; the lower id stands first."""

    one: int
    other: int
    times: int
    last: datetime


@dataclass(frozen=True)
class Figures:
    """How a circle does, or all of a community, over a time.

    `rounds` were made, `skipped` and `missed` were not; `people` is how many different ones were in a group,
    `seats` how many times somebody was. `new` and `repeats` count pairs who were put together for the first
    time, and again. `met` is the share of groups that met among those that answered. None is unknown: what is
    about fewer than three people, and the share while fewer than three groups answered.
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
