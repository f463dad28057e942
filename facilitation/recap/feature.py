"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("recap", "The weekly recap: who is new, and what is worth catching up on")
