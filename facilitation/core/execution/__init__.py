"""Calls handlers with their dependencies, and stores the effects that they return."""
