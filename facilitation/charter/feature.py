"""The feature that this package declares."""

from facilitation.core.features.feature import Feature

feature = Feature("charter", "What we are about, and who is who")
