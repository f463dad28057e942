"""Whom a message may reach, and what is kept of a person."""
