"""Everything said or planned is a returned effect: handlers never send.

The house stores effects in the transaction of the changes they belong to.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from facilitation.core.values.cards import Card, Channel, Option, Place
from facilitation.core.values.commands import Command

Nudge = Literal["welcome", "mentoring", "help", "milestone"]
"""Why an unsolicited message comes; also the order in which a tight budget is spent."""


@dataclass(frozen=True)
class Reply:
    """The answer to a live request. To the asker it may be lost, never repeated; to everyone it is a Post."""

    card: Card
    to: Literal["asker", "everyone"] = "asker"


@dataclass(frozen=True)
class OpenForm:
    """Answer with the form of an ask, filled with what is stored: only an opening may.

    `options` turns a field of words into a choice among what is there now; its value is the words themselves,
    so that they may be typed as well.
    """

    command: type[Command]
    filled: dict[str, Any]
    options: dict[str, tuple[Option, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Post:
    """A message to a place, said once per key whatever restarts.

    `nudge` marks it unsolicited: the contact budget, quiet hours and opt-outs apply. `hushable` marks prompts
    and recaps: hush stops them. After `stale` it is dropped instead of said late. What is `sealed` nobody
    reads in the database, and once it is said it cannot be revised or retracted.
    """

    place: Place
    card: Card
    key: str
    nudge: Nudge | None = None
    hushable: bool = False
    stale: timedelta = timedelta(days=7)
    sealed: bool = False


@dataclass(frozen=True)
class Revise:
    """Show another card where the post of this key stands."""

    key: str
    card: Card


@dataclass(frozen=True)
class Retract:
    """Remove the post of this key."""

    key: str


@dataclass(frozen=True)
class React:
    """Put an emoji under somebody's message."""

    place: Channel
    message: str
    emoji: str


@dataclass(frozen=True)
class JoinChannel:
    """Join a channel, so as to hear it; one that cannot be joined unasked comes back as `Unsaid`."""

    place: Channel
    key: str


@dataclass(frozen=True)
class Later:
    """Ask this at that time; a second `Later` of the same key replaces the first.

    What is `sealed` nobody reads in the database; it cannot be cancelled.
    """

    at: datetime
    command: Command
    key: str
    sealed: bool = False


@dataclass(frozen=True)
class Cancel:
    """Forget what was planned under this key."""

    key: str


Effect = Reply | OpenForm | Post | Revise | Retract | React | JoinChannel | Later | Cancel
Effects = list[Effect]
