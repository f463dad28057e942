"""Circles: small groups of members who opted in meet over a coffee, with somebody new in each round."""

from facilitation.circles import commands, contributions, coordinator_commands, forms, jobs, listeners
from facilitation.circles.feature import feature

__all__ = ["commands", "contributions", "coordinator_commands", "feature", "forms", "jobs", "listeners"]
