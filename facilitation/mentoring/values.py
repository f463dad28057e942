"""What a matching is given and what it answers."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar


class Orderable(Hashable, Protocol):
    """What an id can be: ties are settled in the order of ids, so all are numbers, or all are texts."""

    def __lt__(self, other: Any, /) -> bool: ...


Id = TypeVar("Id", bound=Orderable)

ORDINARY_WEEK = date(2026, 1, 12)
"""A Monday in winter time of the north: hours are compared in its week where nobody says in which."""


@dataclass(frozen=True)
class Mentor(Generic[Id]):
    """Somebody who offers: `capacity` is how many more they would take now, `load` how many they have.

    An empty `zone` is an unknown one; without `languages`, any will do.
    """

    id: Id
    topics: tuple[str, ...] = ()
    capacity: int = 1
    load: int = 0
    zone: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request(Generic[Id]):
    """Somebody who asks for a mentor; `waited` in days.

    Whoever is `front` counts as having waited longer than everybody who is not. Topics that the words of
    `goal` name count a little, too.
    """

    id: Id
    topics: tuple[str, ...] = ()
    waited: int = 0
    zone: str = ""
    languages: tuple[str, ...] = ()
    priority: bool = False
    goal: str = ""


@dataclass(frozen=True)
class Round(Generic[Id]):
    """All that a matching considers; pairs are (mentor, request)."""

    mentors: tuple[Mentor[Id], ...]
    requests: tuple[Request[Id], ...]
    exclude: frozenset[tuple[Id, Id]] = frozenset()
    past: frozenset[tuple[Id, Id]] = frozenset()
    near: dict[str, frozenset[str]] = field(default_factory=dict)
    """Topics that stand close to a topic: synonyms, and tags that the shelf often shows together."""
    on: date = ORDINARY_WEEK
    """A day of the week in which working hours are compared: zones change their clocks on different days."""


@dataclass(frozen=True)
class Proposal(Generic[Id]):
    """A pair, its fit (0-1,000) and why, in words: `shared: testing, packaging`."""

    mentor: Id
    request: Id
    fit: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Unmatched(Generic[Id]):
    """Somebody who asked and whom nobody could be found for, with the reason in words."""

    request: Id
    reason: str


@dataclass(frozen=True)
class Matching(Generic[Id]):
    """Everyone who asked is in exactly one of the two lists; both in the order of who asked, by id."""

    proposals: tuple[Proposal[Id], ...]
    unmatched: tuple[Unmatched[Id], ...]
    total_fit: int
    more_at: tuple[int, int] = (0, 0)
    """(how many more could be served, at this lower minimum fit)."""
