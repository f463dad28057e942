"""Who may send which command: the rows of all features in one table, and how a response is judged.

Each feature lists its commands in `MAY` in tests/features/<feature>/rights.py, with the kinds of people who
may send them. The module may also have

- `REFUSED`: how the feature's own refusals begin,
- `prepare(bed, here)`: a coroutine that arranges what rights depend on,
- `args(endpoint, prepared)`: what a command is sent with, given what was prepared.

Default deny: a command that is in no row is nobody's. Every way of sending commands, of every adapter, can be
tried with the same table: send as each of `KINDS`, judge by `is_let_in`.
"""

from typing import Any

from bot.features import FEATURES
from facilitation.core.features.feature import Endpoint
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Response
from tests.features.discovery import declared, missing_rows
from tests.features.kinds import COORDINATORS, INSIDE, NOBODY
from tests.testbed import words_of

REGISTRY = Registry(FEATURES)
MAY: dict[str, frozenset[str]] = {
    command: kinds for rows in declared("rights", "MAY").values() for command, kinds in rows.items()
}
LISTED = tuple(endpoint for endpoint in REGISTRY.endpoints.values() if endpoint.id in MAY)
"""The endpoints with a row. One test fails for those without, and no other test tries them."""
REFUSED = (
    "Only a coordinator can",
    "I can only answer members of this community",
    "You are not in this community",
    "That button is from an earlier version",
    *(words for refusals in declared("rights", "REFUSED").values() for words in refusals),
)
"""How refusals to people without the right begin. Any other response is one to somebody who may."""


def missing() -> list[str]:
    """What to add for commands that are in no row."""
    rows = {feature.name: [one.id for one in feature.endpoints if one.id not in MAY] for feature in FEATURES}
    return missing_rows("rights", "MAY", rows, "the set of KINDS who may send it")


def is_let_in(answer: Response) -> bool:
    """Whether somebody may: a form to fill in, words about what they gave, or what they asked for."""
    assert not answer.reference, "an error on our side is no refusal"
    return not words_of(answer).startswith(REFUSED)


def may(kind: str, endpoint: Endpoint) -> bool:
    """Whether the table allows somebody to send this. What it does not name is nobody's."""
    return kind in MAY.get(endpoint.id, NOBODY)


def opens_before_it_is_judged(kind: str, endpoint: Endpoint, args: dict[str, Any]) -> bool:
    """Whether a press only opens a form, so that rights in the thing itself are asked when it is sent."""
    has_role = endpoint.role is None or kind in COORDINATORS
    return kind in INSIDE and has_role and endpoint.command in REGISTRY.forms and bool(args)
