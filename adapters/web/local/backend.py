"""The interface through which the local page reaches the bot, its platform and its clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from adapters.web.local.local_platform import LocalPlatform
from facilitation.core.platforms.surface import Gateway

MemberStatus = Literal["newcomer", "member", "coordinator"]


@dataclass(frozen=True)
class MessageAction:
    """One entry in the menu of a message.

    `carries` names the fields of `command` that are filled from the message: `message` (its id), `place`,
    `thread`, `author` or `who`, `text`, `link` or `url` (the first address in it). `on` says on whose
    messages the entry appears. If `coordinators` is true, only coordinators see it; the command also checks
    the role.
    """

    command: str
    label: str
    carries: tuple[str, ...] = ("message",)
    coordinators: bool = False
    on: Literal["people", "bot", "both"] = "people"


class PageBackend(Protocol):
    """Everything behind the page."""

    @property
    def gateway(self) -> Gateway:
        """The bot's entry point for requests and events."""
        ...

    @property
    def platform(self) -> LocalPlatform:
        """The people, places and messages that the page shows."""
        ...

    @property
    def zone(self) -> str:
        """The community's IANA zone, in which the clock is shown and advanced."""
        ...

    @property
    def actions(self) -> Sequence[MessageAction]:
        """The entries of the menu that each message has."""
        ...

    def now(self) -> datetime:
        """The time of the page's clock, with a time zone."""
        ...

    async def statuses(self) -> Mapping[str, MemberStatus]:
        """The status of people by handle; a person who is missing is a member."""
        ...

    async def settle(self) -> None:
        """Process the actions of people (diary, agenda and outbox), without advancing the clock."""
        ...

    async def advance_to(self, until: datetime) -> None:
        """Advance the clock to an instant; returns when everything due by then is done and delivered."""
        ...
