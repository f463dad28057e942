"""A platform as the process sees it: how it starts, stops, serves and is checked."""

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
    """One thing that was checked: what was found and, unless all is well, the remedy."""

    grade: Grade
    what: str
    remedy: str = ""


class SurfaceRegistry(Protocol):
    """Where a platform announces the spaces it can deliver to; the courier implements it."""

    def connect(self, space: SpaceRef, surface: Surface, pace: timedelta = timedelta()) -> None:
        """Deliver to a space through this surface, at most one message per lane and `pace`."""
        ...

    def disconnect(self, space: SpaceRef) -> None:
        """Stop delivering to a space; messages for it keep waiting."""
        ...


@dataclass(frozen=True)
class Host:
    """What a platform is given: the gateway, the registry of endpoints, and where it announces surfaces."""

    gateway: Gateway
    registry: Registry
    surfaces: SurfaceRegistry
    clock: Clock


@dataclass(frozen=True)
class KnownSpace:
    """What the database knows of a space, for a check.

    `channels` are those with a use, by handle: `#help (home, help)`.
    """

    space: SpaceRef
    last_event_at: datetime | None
    channels: dict[str, str]


class Platform(Protocol):
    """One chat service, for the lifetime of the process."""

    key: str
    """Its name in the ids of its spaces: `slack`."""
    name: str
    """Its name as people write it: `Slack`."""

    async def start(self) -> None:
        """Connect, sync the roster of each space, and announce its surface.

        Returns as soon as that is under way; temporary failures are retried in the background. Raises
        BadInput for what only an operator can fix, such as a refused token.
        """
        ...

    async def stop(self) -> None:
        """Stop receiving, finish deliveries that are under way, and close every connection."""
        ...

    def health_problem(self) -> str:
        """Why nothing is received at the moment, in one line; empty while all is well."""
        ...

    def http_apps(self) -> dict[str, AsgiApp]:
        """The ASGI apps to serve beside health and metrics, by path."""
        ...

    def examine(self, known: Sequence[KnownSpace]) -> AsyncIterator[Finding]:
        """Check tokens, rights and channels without starting; yields findings."""
        ...
