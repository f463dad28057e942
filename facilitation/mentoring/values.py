"""The input and the result of a matching, as frozen values."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar


class Orderable(Hashable, Protocol):
    """An id. Ids decide ties by their order, so all are numbers or all are texts."""

    def __lt__(self, other: Any, /) -> bool: ...


Id = TypeVar("Id", bound=Orderable)

ORDINARY_WEEK = date(2026, 1, 12)
"""A Monday in the winter time of the northern hemisphere, in whose week hours are compared by default."""


@dataclass(frozen=True)
class Mentor(Generic[Id]):
    """A mentor with `capacity` free places, and `load` mentees.

    An empty `zone` is an unknown one. A mentor without `languages` accepts any.
    """

    id: Id
    topics: tuple[str, ...] = ()
    capacity: int = 1
    load: int = 0
    zone: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request(Generic[Id]):
    """A request for a mentor that has `waited` for a number of days.

    A request at the `front` counts as having waited longer than all others. Topics that the `goal` names
    count half.
    """

    id: Id
    topics: tuple[str, ...] = ()
    waited: int = 0
    zone: str = ""
    languages: tuple[str, ...] = ()
    priority: bool = False
    goal: str = ""


@dataclass(frozen=True)
class MatchingInput(Generic[Id]):
    """Everything that a matching considers. Pairs are (mentor, request)."""

    mentors: tuple[Mentor[Id], ...]
    requests: tuple[Request[Id], ...]
    exclude: frozenset[tuple[Id, Id]] = frozenset()
    past: frozenset[tuple[Id, Id]] = frozenset()
    near: dict[str, frozenset[str]] = field(default_factory=dict)
    """Topics that are close to a topic: synonyms, and tags that often occur together on the shelf."""
    day: date = ORDINARY_WEEK
    """A day in the week in which working hours are compared. Zones change their clocks on different days."""


@dataclass(frozen=True)
class Proposal(Generic[Id]):
    """A pair, its fit (0 to 1,000) and its reasons in words: `shared: testing, packaging`."""

    mentor: Id
    request: Id
    fit: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Unmatched(Generic[Id]):
    """A request without a mentor, and the reason in words."""

    request: Id
    reason: str


@dataclass(frozen=True)
class Matching(Generic[Id]):
    """Every request in exactly one of two lists, both in the order of their ids."""

    proposals: tuple[Proposal[Id], ...]
    unmatched: tuple[Unmatched[Id], ...]
    total_fit: int
    more_at: tuple[int, int] = (0, 0)
    """How many more requests could be matched, and at which lower minimum fit; zeros for none."""
