"""Handlers get what their annotations ask for: cellars, the clock, the community, what others contribute."""

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from facilitation.core.features.contributions import Contributions, Posts
from facilitation.core.features.feature import Handler, ServiceBundle, dependencies_of
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.clock import Clock
from storage.base import Repository
from storage.communities import Community
from storage.outbox import Outbox
from storage.unit import Session

Factories = Mapping[type[Any], Callable[[Community], Any]]


class Injector:
    """Calls handlers of one house."""

    def __init__(self, registry: Registry, clock: Clock, values: Factories) -> None:
        self._registry = registry
        self._clock = clock
        self._values = values
        self._wants = {handler: dependencies_of(handler) for handler in _handlers(registry)}
        kinds = {kind for wants in self._wants.values() for kind in wants.values() if isinstance(kind, type)}
        self._parts = {kind: get_type_hints(kind) for kind in kinds if issubclass(kind, ServiceBundle)}

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
        if kind is Registry:
            return self._registry
        if kind is PersonalData:
            return PersonalData(session, community.id, self._registry)
        if kind is Posts:
            return Posts(Outbox(session, community.id))
        if kind is Contributions:
            return Contributions(
                self._registry,
                lambda handler, more: self.run(session, community, handler, {**given, **more}),
            )
        if kind in self._values:
            return self._values[kind](community)
        if isinstance(kind, type) and issubclass(kind, Repository):
            return kind(session, community.id)
        if kind in self._parts:
            parts = self._parts[kind].items()
            return kind(**{name: self._make(session, community, part, given) for name, part in parts})
        raise TypeError(f"no handler can be given a {kind}")


def _handlers(registry: Registry) -> set[Handler]:
    handlers = {endpoint.handler for endpoint in registry.endpoints.values()} | set(registry.forms.values())
    handlers |= set(registry.precomputations.values())
    handlers |= {listener.handler for listener in registry.listeners}
    for feature in registry.features:
        handlers |= {
            contribution.handler
            for contributions in feature.contributions.values()
            for contribution in contributions
        }
    return handlers
