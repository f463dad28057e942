"""How well a mentor fits a request, as a whole number from 0 to 1,000, and the reasons in words.

Topics give up to 700 points: the share of the requested topics that the mentor offers. A topic that is only
close to an offered one counts half, and so does an offered topic that the goal names. Common working hours
(nine to five on weekdays, in the zone of each) give up to 300 points: all of them from four hours a day on,
and half of them if a zone is unknown.

The fit is 0 for somebody with themselves, without a common topic, without a common language (people who name
none speak any), and without a common hour if both zones are known.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from facilitation.core.values.local_time import first_known_zone
from facilitation.mentoring.values import Id, MatchingInput, Mentor, Proposal, Request

HIGHEST = 1000
TOPICS, HOURS = 700, 300
"""The highest points for each."""
PLENTY = 4 * 60
"""The common minutes on a weekday that give all points for hours."""
UNKNOWN_HOURS = HOURS // 2
SHARED, CLOSE = 2, 1
"""The weight of a topic that the mentor offers, and of one that is only close or only in the goal."""
WORKDAY, WEEKDAYS = 8 * 60, 5
_BEGINS = time(9)
_LONGEST_TOPIC = 4
"""The most words of a topic that is found in a goal."""
_SAME = (
    ("ai", "artificial intelligence"), ("ci", "continuous integration"), ("db", "databases", "database"),
    ("docs", "documentation"), ("go", "golang"), ("js", "javascript"), ("k8s", "kubernetes"),
    ("ml", "machine learning"), ("postgres", "postgresql"), ("py", "python"), ("ts", "typescript"),
    ("ux", "user experience"),
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """What a mentor and a request have in common. A `fit` of 0 says that they cannot be matched."""

    shared: tuple[str, ...]
    """Common topics, in the words of the request."""
    close: tuple[tuple[str, str], ...]
    """Close topics: (requested, offered)."""
    named: tuple[str, ...]
    """Offered topics that the goal names."""
    speak: tuple[str, ...] | None
    """Languages that both name; None if there is no common one."""
    minutes: int | None
    """Common working minutes on an average weekday; None if a zone is unknown."""
    fit: int

    @property
    def has_topic(self) -> bool:
        return bool(self.shared or self.close or self.named)


class Nearness:
    """Which topics are close to each other, in both directions."""

    def __init__(self, near: Mapping[str, Iterable[str]]) -> None:
        self._close: dict[str, set[str]] = defaultdict(set)
        for one, others in near.items():
            for other in others:
                self._tie(normalized(one), normalized(other))
        for same in _SAME:
            for word in same[1:]:
                self._tie(same[0], word)

    def __getitem__(self, topic: str) -> set[str]:
        return self._close.get(topic, set())

    def _tie(self, one: str, other: str) -> None:
        if one != other:
            self._close[one].add(other)
            self._close[other].add(one)


def compare(mentor: Mentor[Id], request: Request[Id], near: Nearness, day: date) -> Comparison:
    """What a mentor and a request have in common, and their fit. `day` is in the week of the hours."""
    requested, offered = requested_topics(request), {normalized(topic): topic for topic in mentor.topics}
    shared = tuple(words for topic, words in requested.items() if topic in offered)
    close = tuple(
        (words, offered[min(beside)])
        for topic, words in requested.items()
        if topic not in offered and (beside := near[topic] & offered.keys())
    )
    goal = phrases(request.goal)
    named = tuple(words for topic, words in offered.items() if topic in goal and topic not in requested)
    points = topic_points(SHARED * len(shared) + CLOSE * (len(close) + len(named)), len(requested))
    minutes, speak = common_minutes(mentor.zone, request.zone, day), _common_languages(mentor, request)
    possible = mentor.id != request.id and points and speak is not None and minutes != 0
    return Comparison(shared, close, named, speak, minutes, points + hour_points(minutes) if possible else 0)


def propose(
    people: MatchingInput[Id], mentor: Mentor[Id], request: Request[Id], near: Nearness
) -> Proposal[Id]:
    """A pair with its fit and the reasons for it, the strongest first."""
    found = compare(mentor, request, near, people.day)
    return Proposal(mentor.id, request.id, found.fit, tuple(_reasons(found, mentor)))


def _reasons(found: Comparison, mentor: Mentor[Id]) -> Iterator[str]:
    if found.shared:
        yield f"shared: {', '.join(found.shared)}"
    if found.close:
        yield f"close: {', '.join(f'{requested} ~ {offered}' for requested, offered in found.close)}"
    if found.named:
        yield f"named in the goal: {', '.join(found.named)}"
    if found.minutes is not None:
        yield f"{duration_in_words(found.minutes)} of common weekday hours"
    if found.speak:
        yield f"both speak {' and '.join(found.speak)}"
    if mentor.capacity:
        yield "room for one more" if mentor.capacity == 1 else f"room for {mentor.capacity} more"


# Topics ------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def normalized(words: str) -> str:
    """A topic in the form that is compared: `#Unit-Testing` is `unit testing`."""
    return " ".join(re.sub(r"[\s_\-–]+", " ", words.casefold()).strip(" #").split())


def requested_topics(request: Request[Id]) -> dict[str, str]:
    """The topics of a request, normalized, with the words of the request."""
    found: dict[str, str] = {}
    for words in request.topics:
        if normalized(words):
            found.setdefault(normalized(words), words.strip())
    return found


def phrases(goal: str) -> set[str]:
    """All phrases of up to four words in a goal, normalized: each may be a topic."""
    words = re.findall(r"[\w+#.]*[\w+#]", normalized(goal))
    return {
        " ".join(words[start : start + length])
        for length in range(1, _LONGEST_TOPIC + 1)
        for start in range(len(words) - length + 1)
    }


def topic_points(weight: int, requested: int) -> int:
    """The points for topics of a total weight, out of a number of requested ones."""
    most = SHARED * max(requested, 1)
    return TOPICS * min(weight, most) // most


# Languages and hours -----------------------------------------------------------------------------


def normalized_languages(languages: Iterable[str]) -> frozenset[str]:
    """Languages in the form that is compared; none means any."""
    return frozenset(filter(None, (language.casefold().strip() for language in languages)))


def _common_languages(mentor: Mentor[Id], request: Request[Id]) -> tuple[str, ...] | None:
    offered, wanted = normalized_languages(mentor.languages), normalized_languages(request.languages)
    both = tuple(dict.fromkeys(one.strip() for one in request.languages if one.casefold().strip() in offered))
    return both if both or not offered or not wanted else None


def common_minutes(one: str, other: str, day: date) -> int | None:
    """Common working minutes of two zones on an average weekday of a week; None if a zone is unknown."""
    if not (is_zone(one) and is_zone(other)):
        return None
    starts, others = workday_starts(one, day), workday_starts(other, day)
    return sum(max(0, WORKDAY - abs(a - b)) for a in starts for b in others) // len(starts)


def hour_points(minutes: int | None) -> int:
    """The points for common working minutes."""
    return UNKNOWN_HOURS if minutes is None else HOURS * min(minutes, PLENTY) // PLENTY


def is_zone(zone: str) -> bool:
    """Whether a zone is known."""
    return bool(zone) and first_known_zone(zone) == zone


@lru_cache(maxsize=2048)
def workday_starts(zone: str, day: date) -> tuple[int, ...]:
    """When the five working days of a week begin in a zone, in minutes since 1970."""
    monday = day - timedelta(days=day.weekday())
    return tuple(
        int(datetime.combine(monday + timedelta(days), _BEGINS, ZoneInfo(zone)).astimezone(UTC).timestamp())
        // 60
        for days in range(WEEKDAYS)
    )


def duration_in_words(minutes: int) -> str:
    """`5 h`, `5½ h`, `20 min`."""
    if minutes < 60:
        return f"{minutes} min"
    hours, half = divmod((minutes + 15) // 30, 2)
    return f"{hours}{'½' if half else ''} h"
