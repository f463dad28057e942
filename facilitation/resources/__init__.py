"""Resources: a shelf of links worth keeping, with search."""

from facilitation.resources import commands, contributions, jobs
from facilitation.resources.feature import feature

__all__ = ["commands", "contributions", "feature", "jobs"]
