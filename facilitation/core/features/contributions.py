"""What features contribute to shared cards: home, desk, recap, and the start of a community."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facilitation.core.features.feature import Handler
from facilitation.core.features.registry import Registry
from facilitation.core.features.slots import SharedCard
from facilitation.core.values.cards import Button, Item, Part, Text
from facilitation.core.values.commands import Context
from facilitation.core.values.effects import Effect
from facilitation.core.values.events import Event
from storage.communities import Community, Member
from storage.outbox import Outbox


@dataclass(frozen=True)
class Period:
    """The period that a recap covers: from `since`, up to but excluding `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Section:
    """A feature's section of the recap; `weight` is the number of things that happened, 0 for decoration."""

    title: str
    parts: tuple[Part, ...]
    weight: int = 1


@dataclass(frozen=True)
class DeskItem:
    """Something that waits for coordinators; `ignored` says what happens if they ignore it."""

    text: Text
    ignored: Text
    buttons: tuple[Button, ...] = ()

    def item(self) -> Item:
        """Return this as an entry of a card."""
        return Item(self.text, self.ignored, self.buttons)


@dataclass(frozen=True)
class EventContext:
    """An event and the community for which a listener is called; also the member who caused it, if any.

    `is_new` says whether the event made them a member.
    """

    event: Event
    community: Community
    member: Member | None
    is_new: bool
    at: datetime


class Contributions:
    """Calls every handler that contributes to a card, with its dependencies injected."""

    def __init__(self, registry: Registry, run: Callable[[Handler, dict[type, Any]], Awaitable[Any]]) -> None:
        self._registry = registry
        self._run = run

    async def home(self, context: Context) -> list[Part]:
        """The lines of the home card for the sender of a command."""
        return [part for contribution in await self._all("home", {Context: context}) for part in contribution]

    async def desk(self, context: Context | None = None) -> list[DeskItem]:
        """Everything that waits for coordinators; with a context, also what only its sender may see."""
        own = await self._all("personal desk", {Context: context}) if context is not None else []
        return [item for contribution in (*own, *await self._all("desk", {})) for item in contribution]

    async def recap(self, period: Period) -> list[Section]:
        """The sections of a recap that have something to say."""
        return [section for section in await self._all("recap", {Period: period}) if section is not None]

    async def on_begin(self, community: Community) -> list[Effect]:
        """What features plan when the community begins, or when its settings change."""
        return [
            effect
            for contribution in await self._all("begins", {Community: community})
            for effect in contribution
        ]

    async def _all(self, to: SharedCard, given: dict[type, Any]) -> list[Any]:
        return [await self._run(handler, given) for handler in self._registry.contributions(to)]


class Posts:
    """Read access to the bot's posts in one community."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def key_at(self, space: int, place: str, message: str) -> str | None:
        """The key of the bot's post that is this message; None if the message is not the bot's."""
        return await self._outbox.key_at(space, place, message)

    async def is_waiting(self, key: str) -> bool:
        """Whether a post waits to be delivered for the first time."""
        return await self._outbox.is_open(key)
