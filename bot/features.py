"""The features of the bot. A new capability adds one line here and changes no other line of existing code."""

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
