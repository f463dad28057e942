"""What the welcome keeps: who is on a journey and how far, and the journey as coordinators wrote it."""

from storage.welcome.journeys import Journeys
from storage.welcome.plan import Plan
from storage.welcome.values import (
    FirstMessage,
    Journey,
    Progress,
    State,
    Step,
    StepCount,
    Via,
    Wishes,
)

__all__ = [
    "FirstMessage",
    "Journey",
    "Journeys",
    "Plan",
    "Progress",
    "State",
    "Step",
    "StepCount",
    "Via",
    "Wishes",
]
