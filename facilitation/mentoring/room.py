"""The room's declaration."""

from facilitation.core.room import Room

room = Room("mentoring", "Mentor pairs: who learns from whom, and how it goes")
