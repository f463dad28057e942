"""The repositories that handlers of circles share."""

from dataclasses import dataclass

from facilitation.core.features.feature import ServiceBundle
from storage.circles import CircleRounds, Circles
from storage.communities import People


@dataclass(frozen=True)
class CircleServices(ServiceBundle):
    """Circles, their rounds, and the members."""

    circles: Circles
    rounds: CircleRounds
    people: People
