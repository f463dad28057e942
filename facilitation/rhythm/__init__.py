"""Rhythm: prompts on a beat that coordinators set, each said exactly once."""

from facilitation.rhythm import (
    contributions,
    coordinator_commands,
    deck_commands,
    facilitators,
    forms,
    jobs,
    response_report,
    suggestions,
)
from facilitation.rhythm.feature import feature

__all__ = [
    "contributions",
    "coordinator_commands",
    "deck_commands",
    "facilitators",
    "feature",
    "forms",
    "jobs",
    "response_report",
    "suggestions",
]
