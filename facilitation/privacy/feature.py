"""The feature that this package declares."""

from facilitation.core.features.feature import Feature

feature = Feature("privacy", "What I keep about you, and how to end that")
