"""The fits of all pairs, computed in blocks of rows.

They equal those of `fit.compare` for each pair. For 10,000 people there are twenty million pairs, whose table
would take more memory than the rest of the bot. So each pass computes the blocks anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from facilitation.mentoring.fit import (
    CLOSE,
    HOURS,
    PLENTY,
    SHARED,
    TOPICS,
    UNKNOWN_HOURS,
    WEEKDAYS,
    WORKDAY,
    Nearness,
    is_zone,
    normalized,
    normalized_languages,
    phrases,
    requested_topics,
    workday_starts,
)
from facilitation.mentoring.values import Id, MatchingInput, Mentor, Request

Numbers: TypeAlias = NDArray[np.int64]
Fits: TypeAlias = NDArray[np.int16]
Flags: TypeAlias = NDArray[np.bool_]
BLOCK = 1 << 18
"""Pairs in a block, which take about ten megabytes with all intermediate results."""


@dataclass(frozen=True)
class Row:
    """One request with all mentors: each condition, and the fit regardless of past and exclusions."""

    on_topic: Flags
    common_language: Flags
    common_hours: Flags
    past: Flags
    excluded: Flags
    fits: Fits


class Scores(Generic[Id]):
    """The fits of requests (rows) with mentors (columns), in the given order.

    The fit of an impossible pair is 0, and so is that of an excluded or past one.
    """

    def __init__(
        self, people: MatchingInput[Id], mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]
    ) -> None:
        self.shape = (len(requests), len(mentors))
        self._step = max(1, BLOCK // max(len(mentors), 1))
        self.is_small = self._step >= len(requests)
        """Whether one block holds everything."""
        near = Nearness(people.near)
        goals = [phrases(request.goal) if request.goal else set() for request in requests]
        topics = [requested_topics(request) for request in requests]
        self._offered, self._requested = _topics(mentors, topics, goals, near)
        self._most = np.array([SHARED * max(len(words), 1) for words in topics], np.int32)[:, None]
        self._hours = _hours(people, mentors, requests)
        self._languages = _languages(mentors, requests)
        columns = {mentor.id: at for at, mentor in enumerate(mentors)}
        rows = {request.id: at for at, request in enumerate(requests)}
        self._excluded, self._past = (
            _Pairs((rows[b], columns[a]) for a, b in pairs if a in columns and b in rows)
            for pairs in (people.exclude, people.past)
        )
        self._self = _Pairs((rows[one], columns[one]) for one in rows.keys() & columns.keys())

    @cached_property
    def _whole(self) -> Fits:
        """All fits, if they are one block."""
        return self._block(0, self.shape[0])

    def blocks(self, minimum: int = 1) -> Iterator[tuple[int, Fits]]:
        """Blocks as (first row, fits of these rows). Fits below the minimum are 0."""
        rows = self.shape[0]
        for first in range(0, rows, self._step):
            fits = self._whole if self.is_small else self._block(first, min(first + self._step, rows))
            yield first, fits * (fits >= minimum)

    def row(self, at: int) -> Row:
        """One request with all mentors."""
        others = np.ones(self.shape[1], bool)
        others[self._self.of(at)] = False
        points, hours, language = self._parts(at, at + 1)
        on_topic = (points[0] > 0) & others
        past, excluded = np.zeros((2, self.shape[1]), bool)
        past[self._past.of(at)] = True
        excluded[self._excluded.of(at)] = True
        fits = np.where(on_topic & language[0] & (hours[0] > 0), points[0] + hours[0], 0)
        return Row(on_topic, language[0], hours[0] > 0, past, excluded, fits.astype(np.int16))

    def _block(self, first: int, last: int) -> Fits:
        fits, hours, language = self._parts(first, last)
        possible = (fits > 0) & (hours > 0) & language
        fits += hours
        fits *= possible
        for forbidden in (self._excluded, self._past, self._self):
            forbidden.clear(fits, first, last)
        return fits

    def _parts(self, first: int, last: int) -> tuple[Fits, Fits, Flags]:
        """For some rows: points for topics, points for hours, and whether there is a common language."""
        weights = (self._requested[first:last] @ self._offered).toarray()
        most = self._most[first:last]
        np.minimum(weights, most, out=weights)
        weights *= TOPICS
        (zones, hours), (kinds, languages) = self._hours, self._languages
        return (weights // most).astype(np.int16), hours[zones[first:last]], languages[kinds[first:last]]


class _Pairs:
    """Some pairs of rows and columns."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        found = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        self._rows, self._columns = found[:, 0], found[:, 1]

    def of(self, row: int) -> Numbers:
        """The columns of a row's pairs."""
        start, end = np.searchsorted(self._rows, (row, row + 1))
        return self._columns[start:end]

    def clear(self, fits: Fits, first: int, last: int) -> None:
        """Set the fits of the pairs in these rows to 0."""
        start, end = np.searchsorted(self._rows, (first, last))
        fits[self._rows[start:end] - first, self._columns[start:end]] = 0


def _topics(
    mentors: Sequence[Mentor[Id]],
    requested: Sequence[dict[str, str]],
    goals: Sequence[set[str]],
    near: Nearness,
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Two matrices whose product is the weight of topics: what mentors offer, and what requests contain.

    A topic has two columns: one for requests that ask for it, and one for requests whose goal names it.
    """
    index = {topic: 2 * at for at, topic in enumerate(sorted(set().union(*requested, *goals)))}
    offers: list[tuple[int, int, int]] = []
    for column, mentor in enumerate(mentors):
        offered = {normalized(topic) for topic in mentor.topics}
        beside = {other for topic in offered for other in near[topic]} - offered
        offers += [(index[topic], column, SHARED) for topic in offered if topic in index]
        offers += [(index[topic] + 1, column, CLOSE) for topic in offered if topic in index]
        offers += [(index[topic], column, CLOSE) for topic in beside if topic in index]
    entries = [
        (row, column, 1)
        for row, (topics, goal) in enumerate(zip(requested, goals, strict=True))
        for column in [*(index[topic] for topic in topics), *(index[one] + 1 for one in goal - topics.keys())]
    ]
    width = 2 * len(index)
    return _sparse(offers, (width, len(mentors))), _sparse(entries, (len(requested), width))


def _sparse(entries: list[tuple[int, int, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows, columns, values = np.array(entries, np.int32).reshape(-1, 3).T
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _hours(
    people: MatchingInput[Id], mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]
) -> tuple[Numbers, Fits]:
    """The zone of each request, and the points of each zone with each mentor, 0 for no common hour."""
    zones = sorted({mentor.zone for mentor in mentors} | {request.zone for request in requests})
    index = {zone: at for at, zone in enumerate(zones)}
    known = np.array([is_zone(zone) for zone in zones], bool)
    begins = np.array(
        [workday_starts(zone, people.day) if is_zone(zone) else (0,) * WEEKDAYS for zone in zones], np.int64
    ).reshape(-1, WEEKDAYS)
    points = np.full((len(zones), len(zones)), UNKNOWN_HOURS, np.int16)
    for at in np.flatnonzero(known):
        apart = np.abs(begins[at][None, :, None] - begins[:, None, :])
        minutes = np.maximum(0, WORKDAY - apart).sum(axis=(1, 2)) // WEEKDAYS
        points[at, known] = (HOURS * np.minimum(minutes, PLENTY) // PLENTY)[known]
    of_mentors = np.array([index[mentor.zone] for mentor in mentors], np.int64)
    of_requests = np.array([index[request.zone] for request in requests], np.int64)
    return of_requests, points[:, of_mentors]


def _languages(mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]) -> tuple[Numbers, Flags]:
    """The set of languages of each request, and for each set whether each mentor speaks one of them."""
    offered = [normalized_languages(mentor.languages) for mentor in mentors]
    wanted = [normalized_languages(request.languages) for request in requests]
    rows = {kind: at for at, kind in enumerate(dict.fromkeys(wanted))}
    columns = {kind: at for at, kind in enumerate(dict.fromkeys(offered))}
    table = np.array(
        [[not one or not other or not one.isdisjoint(other) for other in columns] for one in rows], bool
    ).reshape(len(rows), len(columns))
    of_mentors = np.array([columns[kind] for kind in offered], np.int64)
    return np.array([rows[kind] for kind in wanted], np.int64), table[:, of_mentors]
