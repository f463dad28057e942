"""The declaration of the feature."""

from facilitation.core.features.feature import Feature

feature = Feature("recap", "The weekly recap: who is new, and what is worth catching up on")
