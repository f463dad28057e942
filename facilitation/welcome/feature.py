"""The feature that this package declares, and its nudge."""

from facilitation.core.features.feature import Feature

feature = Feature("welcome", "Newcomers are expected, asked and shown around")

GREETING = feature.nudge("greeting", priority="welcome", why="You get this because you joined not long ago.")
