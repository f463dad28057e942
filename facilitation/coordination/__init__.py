"""Coordination: the first run, settings, who coordinates, the desk, hush, and taking a post back."""

from facilitation.coordination import coordinators, desk, listeners, roles, settings, terms
from facilitation.coordination.feature import feature

__all__ = ["coordinators", "desk", "feature", "listeners", "roles", "settings", "terms"]
