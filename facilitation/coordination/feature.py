"""The feature that this package declares."""

from facilitation.core.features.feature import Feature

feature = Feature("coordination", "First steps, settings and the coordinators’ desk")
