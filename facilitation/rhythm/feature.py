"""The declaration of the feature."""

from facilitation.core.features.feature import Feature

feature = Feature("rhythm", "Prompts on a beat that coordinators set")
