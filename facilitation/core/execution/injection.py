"""Dependency injection: each parameter of a handler gets a value of its annotated type."""

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from facilitation.core.features.contributions import Contributions, Posts
from facilitation.core.features.feature import Handler, ServiceBundle, dependencies_of
from facilitation.core.features.registry import Registry
from facilitation.core.people.personal_data import PersonalData
from facilitation.core.platforms.capabilities import Capabilities, PlatformCapabilities
from facilitation.core.values.clock import Clock
from storage.base import Repository
from storage.communities import Community, People
from storage.outbox import Outbox
from storage.unit import Session

Factories = Mapping[type[Any], Callable[[Community], Any]]


class Injector:
    """Calls handlers with the dependencies that their annotations name.

    `factories` maps further types to functions that make a value for a community. `capabilities` maps
    platform names (`SpaceRef.platform`) to capabilities.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        factories: Factories,
        capabilities: Mapping[str, Capabilities],
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._factories = factories
        self._capabilities = capabilities
        self._dependencies = {handler: dependencies_of(handler) for handler in _handlers(registry)}
        kinds = {
            kind
            for dependencies in self._dependencies.values()
            for kind in dependencies.values()
            if isinstance(kind, type)
        }
        self._bundles = {kind: get_type_hints(kind) for kind in kinds if issubclass(kind, ServiceBundle)}

    async def run(
        self, session: Session, community: Community, handler: Handler, given: Mapping[type[Any], Any]
    ) -> Any:
        """Call a handler within a unit of work.

        Repositories are created for this community. `given` maps types to values that take precedence. Raises
        TypeError for an annotation that nothing provides.
        """
        dependencies = self._dependencies[handler]
        return await handler(
            **{name: self._provide(session, community, kind, given) for name, kind in dependencies.items()}
        )

    def _provide(
        self, session: Session, community: Community, kind: Any, given: Mapping[type[Any], Any]
    ) -> Any:
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
        if kind is PlatformCapabilities:
            return PlatformCapabilities(self._capabilities, People(session, community.id))
        if kind is Posts:
            return Posts(Outbox(session, community.id))
        if kind is Contributions:
            return Contributions(
                self._registry,
                lambda handler, more: self.run(session, community, handler, {**given, **more}),
            )
        if kind in self._factories:
            return self._factories[kind](community)
        if isinstance(kind, type) and issubclass(kind, Repository):
            return kind(session, community.id)
        if kind in self._bundles:
            fields = self._bundles[kind].items()
            return kind(**{name: self._provide(session, community, part, given) for name, part in fields})
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
