"""Why nobody was found for somebody, in words that are true and tell on nobody.

Exclusions are secret. Whom they leave without a mentor reads the words of whoever came away empty-handed
because all places went to others; for everything else, the words are the same with exclusions and without.
Only whoever wrote the exclusions may be told of them: `frank`.
"""

from collections.abc import Iterator, Sequence

from facilitation.mentoring.fit import asked_of
from facilitation.mentoring.scoring import Flags, Scores
from facilitation.mentoring.values import Id, Request

_NAMED_AT_MOST = 3


def why_nobody(
    scores: Scores[Id], requests: Sequence[Request[Id]], row: int, free: Flags, minimum: int, *, frank: bool
) -> str:
    """The reason for one request that stayed without a mentor; `free` mentors had room at first."""
    request, seen = requests[row], scores.row(row)
    on = _topics(request)
    if not on:
        return "no topic was named"
    left = free & seen.on_topic
    if not left.any():
        return f"no free mentor on {on}"
    left &= seen.speak
    if not left.any():
        return f"no free mentor on {on} who speaks {' or '.join(request.languages)}"
    left &= seen.together
    if not left.any():
        return f"no common working hours with a free mentor on {on}"
    best = int(seen.fits[left].max())
    left &= seen.fits >= minimum
    if not left.any():
        return f"no mentor on {on} fits well enough: the best fit is {best}, the lowest allowed {minimum}"
    left &= ~seen.past
    if not left.any():
        return f"no mentor on {on} who was not their mentor before"
    if frank and not (left & ~seen.excluded).any():
        return f"all excluded: nobody else could help with {on}"
    return f"everybody who could help with {on} is taken"


def _topics(request: Request[Id]) -> str:
    words = list(_named(request))
    if len(words) > _NAMED_AT_MOST:
        words[_NAMED_AT_MOST - 1 :] = [f"{len(words) - _NAMED_AT_MOST + 1} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def _named(request: Request[Id]) -> Iterator[str]:
    yield from asked_of(request).values()
    if not request.topics and request.goal:
        yield "what the goal names"
