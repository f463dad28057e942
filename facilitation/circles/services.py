"""The repositories that handlers of circles share."""

from dataclasses import dataclass

from facilitation.core.features.feature import ServiceBundle
from facilitation.core.platforms.capabilities import PlatformCapabilities
from storage.circles import CircleRounds, Circles
from storage.communities import People


@dataclass(frozen=True)
class CircleServices(ServiceBundle):
    """Circles, their rounds, the members, and what the platforms can do."""

    circles: Circles
    rounds: CircleRounds
    people: People
    capabilities: PlatformCapabilities
