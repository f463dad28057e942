"""Mentoring: who learns from whom, and how that goes."""

from facilitation.mentoring import answering, collected, living, reviewing, rounds, taking_part, walking
from facilitation.mentoring.room import room

__all__ = ["answering", "collected", "living", "reviewing", "room", "rounds", "taking_part", "walking"]
