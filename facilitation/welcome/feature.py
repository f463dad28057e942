"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("welcome", "Newcomers are expected, asked and shown around")
