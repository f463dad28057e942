"""The declaration of the feature."""

from facilitation.core.features.feature import Feature

feature = Feature("mentoring", "Mentor pairs: who learns from whom, and how it goes")

QUESTION = feature.nudge(
    "question", priority="mentoring", why="You get this because you take part in mentoring."
)
