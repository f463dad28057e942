"""The features of the bot. A new one is an entry here and a name in the import; no other code changes."""

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
"""In this order they appear in the help, and within one slot of a card (`core/features/slots.py`)."""
