"""Coordination: the first run, settings, who coordinates, the desk, hush, and taking a post back."""

from facilitation.coordination import coordinators, desk, posts, roles, settings, terms
from facilitation.coordination.room import room

__all__ = ["coordinators", "desk", "posts", "roles", "room", "settings", "terms"]
