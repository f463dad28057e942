"""The welcome: newcomers' journeys, and the steps that coordinators wrote."""

from storage.welcome.journeys import Journeys
from storage.welcome.plan import Plan
from storage.welcome.values import (
    FirstMessage,
    Journey,
    JourneyState,
    Progress,
    Step,
    StepCount,
    Via,
    WelcomeSettings,
)

__all__ = [
    "FirstMessage",
    "Journey",
    "JourneyState",
    "Journeys",
    "Plan",
    "Progress",
    "Step",
    "StepCount",
    "Via",
    "WelcomeSettings",
]
