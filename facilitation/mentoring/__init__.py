"""Mentoring: who learns from whom, and how that goes."""

from facilitation.mentoring import (
    answers,
    checkins,
    commands,
    contributions,
    coordinator_commands,
    jobs,
    rounds,
)
from facilitation.mentoring.feature import feature

__all__ = [
    "answers",
    "checkins",
    "commands",
    "contributions",
    "coordinator_commands",
    "feature",
    "jobs",
    "rounds",
]
