"""What the local page needs from whoever opens it: the house, the square, and a clock that can be moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from adapters.web.local_platform import LocalPlatform
from facilitation.core.platforms.surface import Gateway

Standing = Literal["newcomer", "member", "coordinator"]


@dataclass(frozen=True)
class MessageAction:
    """One entry of the menu on a message.

    `carries` names those arguments of the ask which the message fills: `message` (its id), `place`,
    `thread`, `author` or `who`, `text`, `link` or `url` (its first one). `coordinators` says whether only
    they see it; the house checks it again.
    """

    command: str
    label: str
    carries: tuple[str, ...] = ("message",)
    coordinators: bool = False
    on: Literal["people", "bot", "both"] = "people"
    """Whose messages it stands on."""


class Stage(Protocol):
    """Everything behind the page."""

    @property
    def gateway(self) -> Gateway:
        """The house."""
        ...

    @property
    def square(self) -> LocalPlatform:
        """The platform whose page this is."""
        ...

    @property
    def zone(self) -> str:
        """The community's IANA zone, in which the clock is shown and moved."""
        ...

    @property
    def actions(self) -> Sequence[MessageAction]:
        """The menu on messages."""
        ...

    def now(self) -> datetime:
        """The time of the clock, aware."""
        ...

    async def standings(self) -> Mapping[str, Standing]:
        """How people stand, by handle; whoever is missing is a member."""
        ...

    async def settle(self) -> None:
        """Let what was just said or done take effect, without moving the clock: diary, agenda, outbox."""
        ...

    async def move(self, until: datetime) -> None:
        """Play the time up to an instant; returns when everything due by then is done and said."""
        ...
