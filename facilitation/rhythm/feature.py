"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("rhythm", "Prompts on a beat that coordinators set")
