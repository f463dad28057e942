"""The recap: once a week, in public, what happened and what is worth catching up on."""

from facilitation.recap import approval, contributions, coordinator_commands, jobs
from facilitation.recap.composition import composed, period_until
from facilitation.recap.feature import feature

__all__ = ["approval", "composed", "contributions", "coordinator_commands", "feature", "jobs", "period_until"]
