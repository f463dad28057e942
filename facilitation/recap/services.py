"""The services that handlers of the recap share."""

from dataclasses import dataclass

from facilitation.core.features.contributions import Contributions
from facilitation.core.features.feature import ServiceBundle
from storage.communities import People
from storage.recap import Recaps


@dataclass(frozen=True)
class RecapServices(ServiceBundle):
    """The members, the recaps, and what all features contribute to one."""

    people: People
    recaps: Recaps
    contributions: Contributions
