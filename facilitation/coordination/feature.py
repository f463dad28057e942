"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("coordination", "First steps, settings and the coordinators’ desk")
