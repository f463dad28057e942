"""Rhythm: prompts that are posted on a recurrence which coordinators choose, each exactly once."""

from facilitation.rhythm import (
    advice_commands,
    commands,
    contributions,
    coordinator_commands,
    deck_commands,
    forms,
    jobs,
    listeners,
    response_commands,
)
from facilitation.rhythm.feature import feature

__all__ = [
    "advice_commands",
    "commands",
    "contributions",
    "coordinator_commands",
    "deck_commands",
    "feature",
    "forms",
    "jobs",
    "listeners",
    "response_commands",
]
