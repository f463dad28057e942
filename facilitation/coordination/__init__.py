"""Coordination: the first run and the settings, roles and their terms, the desk, and the hush."""

from facilitation.coordination import (
    contributions,
    coordinator_commands,
    jobs,
    listeners,
    role_commands,
    settings_commands,
)
from facilitation.coordination.feature import feature

__all__ = [
    "contributions",
    "coordinator_commands",
    "feature",
    "jobs",
    "listeners",
    "role_commands",
    "settings_commands",
]
