"""Why a request has no mentor, in words that do not reveal exclusions.

Exclusions are secret. A request that only exclusions leave without a mentor gets the reason of one for which
all places went to others. All other reasons are the same with exclusions and without. With `frank`, for the
author of the exclusions, the reason names them.
"""

from collections.abc import Iterator, Sequence

from facilitation.mentoring.fit import requested_topics
from facilitation.mentoring.scoring import Flags, Scores
from facilitation.mentoring.values import Id, Request

_NAMED_AT_MOST = 3


def explain_unmatched(
    scores: Scores[Id], requests: Sequence[Request[Id]], row: int, free: Flags, minimum: int, *, frank: bool
) -> str:
    """The reason of one request without a mentor. `free` are the mentors with free places at first."""
    request, score = requests[row], scores.row(row)
    topics = _topics_in_words(request)
    if not topics:
        return "no topic was named"
    possible = free & score.on_topic
    if not possible.any():
        return f"no free mentor on {topics}"
    possible &= score.common_language
    if not possible.any():
        return f"no free mentor on {topics} who speaks {' or '.join(request.languages)}"
    possible &= score.common_hours
    if not possible.any():
        return f"no common working hours with a free mentor on {topics}"
    best = int(score.fits[possible].max())
    possible &= score.fits >= minimum
    if not possible.any():
        return f"no mentor on {topics} fits well enough: the best fit is {best}, the lowest allowed {minimum}"
    possible &= ~score.past
    if not possible.any():
        return f"no mentor on {topics} who was not their mentor before"
    if frank and not (possible & ~score.excluded).any():
        return f"all excluded: nobody else could help with {topics}"
    return f"everybody who could help with {topics} is taken"


def _topics_in_words(request: Request[Id]) -> str:
    words = list(_named(request))
    if len(words) > _NAMED_AT_MOST:
        words[_NAMED_AT_MOST - 1 :] = [f"{len(words) - _NAMED_AT_MOST + 1} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def _named(request: Request[Id]) -> Iterator[str]:
    yield from requested_topics(request).values()
    if not request.topics and request.goal:
        yield "what the goal names"
