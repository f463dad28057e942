"""The welcome: newcomers are greeted once, asked how they would like to take part, and shown around."""

from facilitation.welcome import (
    commands,
    contributions,
    coordinator_commands,
    jobs,
    listeners,
    step_commands,
)
from facilitation.welcome.feature import feature

__all__ = [
    "commands",
    "contributions",
    "coordinator_commands",
    "feature",
    "jobs",
    "listeners",
    "step_commands",
]
