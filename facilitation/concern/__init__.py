"""Concerns: told to coordinators in confidence or without a name, answered, and wiped when closed."""

from facilitation.concern import commands, coordinator_commands, jobs
from facilitation.concern.feature import Fallback, feature

__all__ = ["Fallback", "commands", "coordinator_commands", "feature", "jobs"]
