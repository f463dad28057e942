"""Mentoring: who learns from whom, and how it goes."""

from facilitation.mentoring import (
    commands,
    contributions,
    coordinator_commands,
    jobs,
    listeners,
    pair_commands,
    proposal_commands,
)
from facilitation.mentoring.feature import feature

__all__ = [
    "commands",
    "contributions",
    "coordinator_commands",
    "feature",
    "jobs",
    "listeners",
    "pair_commands",
    "proposal_commands",
]
