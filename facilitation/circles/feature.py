"""The declaration of the feature."""

from facilitation.core.features.feature import Feature

feature = Feature("circles", "Small groups that meet over a coffee, with somebody new each time")
