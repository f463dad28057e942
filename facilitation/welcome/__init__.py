"""The welcome: newcomers are greeted once, asked how they would like to take part, and shown around."""

from facilitation.welcome import (
    arrivals,
    commands,
    contributions,
    coordinator_commands,
    jobs,
    member_support,
    preview,
)
from facilitation.welcome.feature import feature

__all__ = [
    "arrivals",
    "commands",
    "contributions",
    "coordinator_commands",
    "feature",
    "jobs",
    "member_support",
    "preview",
]
