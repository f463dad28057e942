"""The room itself, which the modules beside this one furnish."""

from facilitation.core.features.feature import Feature

feature = Feature("welcome", "Newcomers are expected, asked and shown around")

GREETING = feature.nudge("greeting", priority="welcome", why="You get this because you joined not long ago.")
