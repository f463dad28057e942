"""What the welcome keeps: who is on a journey and how far, and the journey as coordinators wrote it."""

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
