"""The fit of everybody with everybody, a few people at a time.

Says the same as `fit.common` of each pair. At 10,000 people there are twenty million pairs: as a table of
whole numbers they would take more memory than the rest of the bot, so they are made in blocks of rows, as
often as somebody looks.
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
    asked_of,
    is_zone,
    languages_spoken,
    phrases,
    plain,
    starts,
)
from facilitation.mentoring.values import Id, Mentor, Request, Round

Numbers: TypeAlias = NDArray[np.int64]
Fits: TypeAlias = NDArray[np.int16]
Flags: TypeAlias = NDArray[np.bool_]
BLOCK = 1 << 18
"""Pairs that are looked at together: ten megabytes or so with everything that is reckoned on the way."""


@dataclass(frozen=True)
class Row:
    """One request beside all mentors: what is in the way, and the fit but for what is forbidden."""

    on_topic: Flags
    speak: Flags
    together: Flags
    past: Flags
    excluded: Flags
    fits: Fits


class Scores(Generic[Id]):
    """The fits of requests (rows) with mentors (columns), in the order in which they are given.

    0 where a pair cannot be, excluded and past pairs among them.
    """

    def __init__(
        self, asked: Round[Id], mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]
    ) -> None:
        self.shape = (len(requests), len(mentors))
        self._step = max(1, BLOCK // max(len(mentors), 1))
        self.is_small = self._step >= len(requests)
        """Whether one block holds everything."""
        near = Nearness(asked.near)
        goals = [phrases(request.goal) if request.goal else set() for request in requests]
        topics = [asked_of(request) for request in requests]
        self._offers, self._asks = _topics(mentors, topics, goals, near)
        self._most = np.array([SHARED * max(len(words), 1) for words in topics], np.int32)[:, None]
        self._hours = _hours(asked, mentors, requests)
        self._speak = _languages(mentors, requests)
        columns = {mentor.id: at for at, mentor in enumerate(mentors)}
        rows = {request.id: at for at, request in enumerate(requests)}
        self._excluded, self._past = (
            _Pairs((rows[b], columns[a]) for a, b in pairs if a in columns and b in rows)
            for pairs in (asked.exclude, asked.past)
        )
        self._self = _Pairs((rows[one], columns[one]) for one in rows.keys() & columns.keys())

    @cached_property
    def _whole(self) -> Fits:
        """All of it, where that is no more than a block."""
        return self._block(0, self.shape[0])

    def blocks(self, minimum: int = 1) -> Iterator[tuple[int, Fits]]:
        """(first row, fits of these rows); what is below the minimum is 0."""
        rows = self.shape[0]
        for first in range(0, rows, self._step):
            fits = self._whole if self.is_small else self._block(first, min(first + self._step, rows))
            yield first, fits * (fits >= minimum)

    def row(self, at: int) -> Row:
        """One request beside all mentors."""
        others = np.ones(self.shape[1], bool)
        others[self._self.of(at)] = False
        points, together, speak = self._parts(at, at + 1)
        on_topic = (points[0] > 0) & others
        past, excluded = np.zeros((2, self.shape[1]), bool)
        past[self._past.of(at)] = True
        excluded[self._excluded.of(at)] = True
        fits = np.where(on_topic & speak[0] & (together[0] > 0), points[0] + together[0], 0)
        return Row(on_topic, speak[0], together[0] > 0, past, excluded, fits.astype(np.int16))

    def _block(self, first: int, last: int) -> Fits:
        fits, together, speak = self._parts(first, last)
        possible = (fits > 0) & (together > 0) & speak
        fits += together
        fits *= possible
        for forbidden in (self._excluded, self._past, self._self):
            forbidden.clear(fits, first, last)
        return fits

    def _parts(self, first: int, last: int) -> tuple[Fits, Fits, Flags]:
        """Points for topics, points for hours, and whether there is a language."""
        counted = (self._asks[first:last] @ self._offers).toarray()
        most = self._most[first:last]
        np.minimum(counted, most, out=counted)
        counted *= TOPICS
        (zones, hours), (tongues, speak) = self._hours, self._speak
        return (counted // most).astype(np.int16), hours[zones[first:last]], speak[tongues[first:last]]


class _Pairs:
    """Some pairs, by row."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        found = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        self._rows, self._columns = found[:, 0], found[:, 1]

    def of(self, row: int) -> Numbers:
        """The columns of one row."""
        start, end = np.searchsorted(self._rows, (row, row + 1))
        return self._columns[start:end]

    def clear(self, fits: Fits, first: int, last: int) -> None:
        """Set them to 0 in these rows."""
        start, end = np.searchsorted(self._rows, (first, last))
        fits[self._rows[start:end] - first, self._columns[start:end]] = 0


def _topics(
    mentors: Sequence[Mentor[Id]],
    asked: Sequence[dict[str, str]],
    goals: Sequence[set[str]],
    near: Nearness,
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Whose product counts topics: what mentors offer, by topic; what requests ask for and their goals name.

    A topic has a column for those who ask for it, and one for those whose goal names it.
    """
    index = {topic: 2 * at for at, topic in enumerate(sorted(set().union(*asked, *goals)))}
    offers: list[tuple[int, int, int]] = []
    for column, mentor in enumerate(mentors):
        offered = {plain(topic) for topic in mentor.topics}
        beside = {other for topic in offered for other in near[topic]} - offered
        offers += [(index[topic], column, SHARED) for topic in offered if topic in index]
        offers += [(index[topic] + 1, column, CLOSE) for topic in offered if topic in index]
        offers += [(index[topic], column, CLOSE) for topic in beside if topic in index]
    commands = [
        (row, column, 1)
        for row, (topics, goal) in enumerate(zip(asked, goals, strict=True))
        for column in [*(index[topic] for topic in topics), *(index[one] + 1 for one in goal - topics.keys())]
    ]
    width = 2 * len(index)
    return _sparse(offers, (width, len(mentors))), _sparse(commands, (len(asked), width))


def _sparse(entries: list[tuple[int, int, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows, columns, values = np.array(entries, np.int32).reshape(-1, 3).T
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _hours(
    asked: Round[Id], mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]
) -> tuple[Numbers, Fits]:
    """The zone of each request, and the points of each such zone with each mentor; 0 for no common hour."""
    zones = sorted({mentor.zone for mentor in mentors} | {request.zone for request in requests})
    index = {zone: at for at, zone in enumerate(zones)}
    known = np.array([is_zone(zone) for zone in zones], bool)
    begins = np.array(
        [starts(zone, asked.on) if is_zone(zone) else (0,) * WEEKDAYS for zone in zones], np.int64
    ).reshape(-1, WEEKDAYS)
    points = np.full((len(zones), len(zones)), UNKNOWN_HOURS, np.int16)
    for at in np.flatnonzero(known):
        apart = np.abs(begins[at][None, :, None] - begins[:, None, :])
        minutes = np.maximum(0, WORKDAY - apart).sum(axis=(1, 2)) // WEEKDAYS
        points[at, known] = (HOURS * np.minimum(minutes, PLENTY) // PLENTY)[known]
    theirs = np.array([index[mentor.zone] for mentor in mentors], np.int64)
    mine = np.array([index[request.zone] for request in requests], np.int64)
    return mine, points[:, theirs]


def _languages(mentors: Sequence[Mentor[Id]], requests: Sequence[Request[Id]]) -> tuple[Numbers, Flags]:
    """Which languages each request names, and who among the mentors speaks one of them."""
    offered = [languages_spoken(mentor.languages) for mentor in mentors]
    asked = [languages_spoken(request.languages) for request in requests]
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(asked))}
    others = {kind: at for at, kind in enumerate(dict.fromkeys(offered))}
    table = np.array(
        [[not mine or not theirs or not mine.isdisjoint(theirs) for theirs in others] for mine in kinds], bool
    ).reshape(len(kinds), len(others))
    columns = np.array([others[kind] for kind in offered], np.int64)
    return np.array([kinds[kind] for kind in asked], np.int64), table[:, columns]
