"""The declaration of the feature."""

from facilitation.core.features.feature import Feature

feature = Feature("resources", "The shelf: links worth keeping")
