"""The recap: once a week, in public, what happened and what is worth catching up on."""

from facilitation.recap import contributions, coordinator_commands, jobs, listeners
from facilitation.recap.feature import feature

__all__ = ["contributions", "coordinator_commands", "feature", "jobs", "listeners"]
