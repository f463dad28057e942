"""Concerns: told to coordinators in confidence or anonymously, answered, and erased when closed."""

from facilitation.concern import commands, contributions, coordinator_commands, jobs
from facilitation.concern.feature import feature
from facilitation.concern.values import Fallback

__all__ = ["Fallback", "commands", "contributions", "coordinator_commands", "feature", "jobs"]
