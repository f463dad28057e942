"""Circles: coffee rounds in small groups of who opted in, with new people each time."""

from facilitation.circles import afterwards, commands, proposing, rounds, sections, taking_part
from facilitation.circles.room import room

__all__ = ["afterwards", "commands", "proposing", "room", "rounds", "sections", "taking_part"]
