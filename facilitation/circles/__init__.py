"""Circles: coffee rounds in small groups of who opted in, with new people each time."""

from facilitation.circles import (
    commands,
    contributions,
    coordinator_commands,
    followup,
    forms,
    jobs,
)
from facilitation.circles.feature import feature

__all__ = ["commands", "contributions", "coordinator_commands", "feature", "followup", "forms", "jobs"]
