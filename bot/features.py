"""The features of the bot. To add a feature, import it and list it here; no other code changes."""

from facilitation import (
    charter,
    circles,
    concern,
    coordination,
    mentoring,
    privacy,
    recap,
    resources,
    rhythm,
    welcome,
)
from facilitation.core.features.feature import Feature

FEATURES: tuple[Feature, ...] = (
    coordination.feature,
    welcome.feature,
    rhythm.feature,
    resources.feature,
    mentoring.feature,
    circles.feature,
    recap.feature,
    concern.feature,
    charter.feature,
    privacy.feature,
)
"""Listed in the order of the help, and of contributions to one slot (`core/features/slots.py`)."""
