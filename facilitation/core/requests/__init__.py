"""Handles interactions: identifies the caller, checks their rights, and returns the response."""
