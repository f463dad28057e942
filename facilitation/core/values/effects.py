"""Effects: what a handler returns to say or to plan something. Handlers never send.

Effects are stored in the transaction of the changes they belong to.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from facilitation.core.values.cards import Card, Channel, Option, Place
from facilitation.core.values.commands import Command

NudgePriority = Literal["welcome", "mentoring", "help", "milestone"]
"""The order in which a tight contact budget is spent."""
NUDGE_PRIORITIES: tuple[NudgePriority, ...] = get_args(NudgePriority)


@dataclass(frozen=True)
class Nudge:
    """A reason for unsolicited messages, declared by a feature; `name` is stored with each of them."""

    name: str
    priority: NudgePriority
    why: str


@dataclass(frozen=True)
class Reply:
    """The response to an interaction.

    A reply to the asker is lost if the connection breaks and never repeated; a reply to everyone is a `Post`.
    """

    card: Card
    to: Literal["asker", "everyone"] = "asker"


@dataclass(frozen=True)
class OpenForm:
    """Respond with the form of a command, filled with stored values. Only a handler declared by
    `Feature.form` may.

    `options` turns a text field into a choice among the given ones. The value of an option is what could be
    typed instead.
    """

    command: type[Command]
    filled: dict[str, Any]
    options: dict[str, tuple[Option, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Post:
    """A message to a place, delivered once per key even across restarts.

    `nudge` marks it unsolicited: the contact budget, quiet hours and opt-outs apply. `hushable` marks prompts
    and recaps: hush stops them. After `stale` it is dropped instead of sent late. A `sealed` post is
    encrypted in the database, and cannot be revised or retracted once it is sent.
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
    """Replace the card of the post with this key."""

    key: str
    card: Card


@dataclass(frozen=True)
class Retract:
    """Remove the post with this key."""

    key: str


@dataclass(frozen=True)
class React:
    """Add an emoji to somebody's message."""

    place: Channel
    message: str
    emoji: str


@dataclass(frozen=True)
class JoinChannel:
    """Join a channel, to receive its messages. A failure becomes a `PostFailed` event for `key`."""

    place: Channel
    key: str


@dataclass(frozen=True)
class Later:
    """Send a command at a time; a second `Later` with the same key replaces the first.

    A `sealed` one is encrypted in the database and cannot be cancelled.
    """

    at: datetime
    command: Command
    key: str
    sealed: bool = False


@dataclass(frozen=True)
class Cancel:
    """Remove the agenda entry with this key."""

    key: str


Effect = Reply | OpenForm | Post | Revise | Retract | React | JoinChannel | Later | Cancel
Effects = list[Effect]
