"""How well two people fit, from 0 to 1,000, and why: all of it in whole numbers and in words.

Up to 700 points come from topics: what share of those asked for the mentor offers. A topic that only stands
close to an offered one counts half, and so does one that the words of the goal name. Up to 300 come from
working hours in common, from nine to five on weekdays where each of them lives; four hours a day are enough
for all of them, and an unknown zone counts half.

Nobody is matched with themselves, without a topic in common, without a language in common (who names none
speaks any) or without any common hour where both zones are known: then the fit is 0.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from facilitation.core.values.local_time import first_known
from facilitation.mentoring.values import Id, Mentor, Proposal, Request, Round

HIGHEST = 1000
TOPICS, HOURS = 700, 300
"""The most points for each."""
PLENTY = 4 * 60
"""Minutes on a weekday from which more in common bring no further points."""
UNKNOWN_HOURS = HOURS // 2
SHARED, CLOSE = 2, 1
"""What a topic counts that is offered itself, or something close to it."""
WORKDAY, WEEKDAYS = 8 * 60, 5
_BEGINS = time(9)
_LONGEST_TOPIC = 4
"""Words of a topic that can be found in a goal."""
_SAME = (
    ("ai", "artificial intelligence"), ("ci", "continuous integration"), ("db", "databases", "database"),
    ("docs", "documentation"), ("go", "golang"), ("js", "javascript"), ("k8s", "kubernetes"),
    ("ml", "machine learning"), ("postgres", "postgresql"), ("py", "python"), ("ts", "typescript"),
    ("ux", "user experience"),
)  # fmt: skip


@dataclass(frozen=True)
class Common:
    """What two people have in common; `fit` is 0 where they cannot be matched."""

    shared: tuple[str, ...]
    """Topics in the words of who asks."""
    close: tuple[tuple[str, str], ...]
    """(asked for, offered)."""
    named: tuple[str, ...]
    """Offered, and named by the goal."""
    speak: tuple[str, ...] | None
    """Languages that both named; None if there is no common one."""
    minutes: int | None
    """On an average weekday; None if a zone is unknown."""
    fit: int

    @property
    def has_topic(self) -> bool:
        return bool(self.shared or self.close or self.named)


class Nearness:
    """Which topics stand close to each other, either way round."""

    def __init__(self, near: Mapping[str, Iterable[str]]) -> None:
        self._close: dict[str, set[str]] = defaultdict(set)
        for one, others in near.items():
            for other in others:
                self._tie(plain(one), plain(other))
        for same in _SAME:
            for word in same[1:]:
                self._tie(same[0], word)

    def __getitem__(self, topic: str) -> set[str]:
        return self._close.get(topic, set())

    def _tie(self, one: str, other: str) -> None:
        if one != other:
            self._close[one].add(other)
            self._close[other].add(one)


def common(mentor: Mentor[Id], request: Request[Id], near: Nearness, on: date) -> Common:
    """What speaks for a pair, and its fit."""
    asked, offered = asked_of(request), {plain(topic): topic for topic in mentor.topics}
    shared = tuple(words for topic, words in asked.items() if topic in offered)
    close = tuple(
        (words, offered[min(beside)])
        for topic, words in asked.items()
        if topic not in offered and (beside := near[topic] & offered.keys())
    )
    goal = phrases(request.goal)
    named = tuple(words for topic, words in offered.items() if topic in goal and topic not in asked)
    points = topic_points(SHARED * len(shared) + CLOSE * (len(close) + len(named)), len(asked))
    minutes, speak = minutes_together(mentor.zone, request.zone, on), _speak(mentor, request)
    possible = mentor.id != request.id and points and speak is not None and minutes != 0
    return Common(shared, close, named, speak, minutes, points + hour_points(minutes) if possible else 0)


def proposal(asked: Round[Id], mentor: Mentor[Id], request: Request[Id], near: Nearness) -> Proposal[Id]:
    """A pair with its fit and the reasons for it, the strongest first."""
    found = common(mentor, request, near, asked.on)
    return Proposal(mentor.id, request.id, found.fit, tuple(_reasons(found, mentor)))


def _reasons(found: Common, mentor: Mentor[Id]) -> Iterator[str]:
    if found.shared:
        yield f"shared: {', '.join(found.shared)}"
    if found.close:
        yield f"close: {', '.join(f'{asked} ~ {offered}' for asked, offered in found.close)}"
    if found.named:
        yield f"named in the goal: {', '.join(found.named)}"
    if found.minutes is not None:
        yield f"{in_hours(found.minutes)} of common weekday hours"
    if found.speak:
        yield f"both speak {' and '.join(found.speak)}"
    if mentor.capacity:
        yield "room for one more" if mentor.capacity == 1 else f"room for {mentor.capacity} more"


# Topics ------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def plain(words: str) -> str:
    """A topic as it is compared: `#Unit-Testing` is `unit testing`."""
    return " ".join(re.sub(r"[\s_\-–]+", " ", words.casefold()).strip(" #").split())


def asked_of(request: Request[Id]) -> dict[str, str]:
    """The topics somebody asks for, and the words they used."""
    found: dict[str, str] = {}
    for words in request.topics:
        if plain(words):
            found.setdefault(plain(words), words.strip())
    return found


def phrases(goal: str) -> set[str]:
    """Everything in a goal that might be the name of a topic."""
    words = re.findall(r"[\w+#.]*[\w+#]", plain(goal))
    return {
        " ".join(words[start : start + length])
        for length in range(1, _LONGEST_TOPIC + 1)
        for start in range(len(words) - length + 1)
    }


def topic_points(counted: int, asked: int) -> int:
    """The points for topics; `counted` are the shared ones, twice, and the close and named ones, once."""
    most = SHARED * max(asked, 1)
    return TOPICS * min(counted, most) // most


# Languages and hours -----------------------------------------------------------------------------


def languages_spoken(languages: Iterable[str]) -> frozenset[str]:
    """Languages as they are compared; none means any."""
    return frozenset(filter(None, (language.casefold().strip() for language in languages)))


def _speak(mentor: Mentor[Id], request: Request[Id]) -> tuple[str, ...] | None:
    theirs, mine = languages_spoken(mentor.languages), languages_spoken(request.languages)
    both = tuple(dict.fromkeys(one.strip() for one in request.languages if one.casefold().strip() in theirs))
    return both if both or not theirs or not mine else None


def minutes_together(one: str, other: str, on: date) -> int | None:
    """Minutes of working time in common on an average weekday of that week, or None."""
    if not (is_zone(one) and is_zone(other)):
        return None
    mine, theirs = starts(one, on), starts(other, on)
    return sum(max(0, WORKDAY - abs(a - b)) for a in mine for b in theirs) // len(mine)


def hour_points(minutes: int | None) -> int:
    """The points for common hours."""
    return UNKNOWN_HOURS if minutes is None else HOURS * min(minutes, PLENTY) // PLENTY


def is_zone(zone: str) -> bool:
    """Whether a zone can be reckoned with."""
    return bool(zone) and first_known(zone) == zone


@lru_cache(maxsize=2048)
def starts(zone: str, on: date) -> tuple[int, ...]:
    """When the five working days of a week begin in a zone, in minutes since 1970."""
    monday = on - timedelta(days=on.weekday())
    return tuple(
        int(datetime.combine(monday + timedelta(days), _BEGINS, ZoneInfo(zone)).astimezone(UTC).timestamp())
        // 60
        for days in range(WEEKDAYS)
    )


def in_hours(minutes: int) -> str:
    """`5 h`, `5½ h`, `20 min`."""
    if minutes < 60:
        return f"{minutes} min"
    hours, half = divmod((minutes + 15) // 30, 2)
    return f"{hours}{'½' if half else ''} h"
