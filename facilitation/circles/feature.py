"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("circles", "Small groups that meet over a coffee, with somebody new each time")
