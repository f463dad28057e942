"""Rhythm: prompts on a beat that coordinators set, each said exactly once."""

from facilitation.rhythm import (
    answers,
    commands,
    decks,
    facilitators,
    learning,
    prompts,
    proposing,
    sections,
)
from facilitation.rhythm.room import room

__all__ = [
    "answers",
    "commands",
    "decks",
    "facilitators",
    "learning",
    "prompts",
    "proposing",
    "room",
    "sections",
]
