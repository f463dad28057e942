"""The room's declaration."""

from facilitation.core.features.feature import Feature

feature = Feature("mentoring", "Mentor pairs: who learns from whom, and how it goes")
