"""Handlers get what their annotations ask for: cellars, the clock, the community, what others contribute."""

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from facilitation.core.clock import Clock
from facilitation.core.erasing import Kept
from facilitation.core.gathering import Gathering, Posts
from facilitation.core.room import Catalogue, Handler, Together, providers_of
from storage.base import Cellar
from storage.communities import Community
from storage.outbox import Outbox
from storage.unit import Session

Values = Mapping[type[Any], Callable[[Community], Any]]


class Provider:
    """Calls handlers of one house."""

    def __init__(self, catalogue: Catalogue, clock: Clock, values: Values) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._values = values
        self._wants = {handler: providers_of(handler) for handler in _handlers(catalogue)}
        kinds = {kind for wants in self._wants.values() for kind in wants.values() if isinstance(kind, type)}
        self._parts = {kind: get_type_hints(kind) for kind in kinds if issubclass(kind, Together)}

    async def run(
        self, session: Session, community: Community, handler: Handler, given: Mapping[type[Any], Any]
    ) -> Any:
        """Call a handler within a unit of work; its cellars are opened for this community alone."""
        wants = self._wants[handler]
        return await handler(
            **{name: self._make(session, community, kind, given) for name, kind in wants.items()}
        )

    def _make(self, session: Session, community: Community, kind: Any, given: Mapping[type[Any], Any]) -> Any:
        if kind in given:
            return given[kind]
        if kind is Clock:
            return self._clock
        if kind is Community:
            return community
        if kind is Catalogue:
            return self._catalogue
        if kind is Kept:
            return Kept(session, community.id, self._catalogue)
        if kind is Posts:
            return Posts(Outbox(session, community.id))
        if kind is Gathering:
            return Gathering(
                self._catalogue,
                lambda handler, more: self.run(session, community, handler, {**given, **more}),
            )
        if kind in self._values:
            return self._values[kind](community)
        if isinstance(kind, type) and issubclass(kind, Cellar):
            return kind(session, community.id)
        if kind in self._parts:
            parts = self._parts[kind].items()
            return kind(**{name: self._make(session, community, part, given) for name, part in parts})
        raise TypeError(f"no handler can be given a {kind}")


def _handlers(catalogue: Catalogue) -> set[Handler]:
    handlers = {action.handler for action in catalogue.actions.values()} | set(catalogue.openings.values())
    handlers |= set(catalogue.thinkers.values())
    handlers |= {ear.handler for ear in catalogue.ears}
    for room in catalogue.rooms:
        handlers |= {share.handler for shares in room.shares.values() for share in shares}
    return handlers
