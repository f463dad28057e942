"""A platform as the process holds it: what it is started with, and what can be seen of its health."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Gateway, Surface
from facilitation.core.values.clock import Clock
from facilitation.core.values.events import SpaceRef

Grade = Literal["well", "note", "ill"]
Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]
"""An ASGI application."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found and, unless all is well, what to do."""

    grade: Grade
    what: str
    remedy: str = ""


class SurfaceRegistry(Protocol):
    """Where a platform announces the spaces it can deliver to: the courier."""

    def connect(self, space: SpaceRef, surface: Surface, pace: timedelta = timedelta()) -> None:
        """Deliver to a space through this surface, at most one message per lane and `pace`."""
        ...

    def disconnect(self, space: SpaceRef) -> None:
        """A space is gone; what is waiting for it keeps waiting."""
        ...


@dataclass(frozen=True)
class Host:
    """What a platform is built on: the house's door, what may be asked there, and the courier's lanes."""

    gateway: Gateway
    registry: Registry
    surfaces: SurfaceRegistry
    clock: Clock


@dataclass(frozen=True)
class KnownSpace:
    """What the database knows of a space, for whoever examines it.

    `channels` are those with a part, by handle: `#help (home, help)`.
    """

    space: SpaceRef
    last_heard: datetime | None
    channels: dict[str, str]


class Platform(Protocol):
    """One chat service, for as long as the process runs."""

    name: str
    """As people write it: `Slack`."""

    async def start(self) -> None:
        """Connect, take in each space through the door, and connect its lanes.

        Returns once that is under way: what can be mended by waiting is tried again in the background.
        Raises BadInput, in one line, for what only an operator can mend, such as a token that is refused.
        """
        ...

    async def stop(self) -> None:
        """Hear no more, finish what is half said, and close every connection."""
        ...

    def ailment(self) -> str:
        """Why nothing is heard at the moment, in one line; empty while all is well."""
        ...

    def served(self) -> dict[str, AsgiApp]:
        """What it wants served over HTTP beside health and metrics, by path."""
        ...

    def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Look at tokens, rights and channels without starting; each finding with its remedy."""
        ...
