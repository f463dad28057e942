"""The feature that this package declares."""

from facilitation.core.features.feature import Feature

feature = Feature("concern", "Something that troubles you, told in confidence")
