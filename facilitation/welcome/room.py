"""The room itself, which the modules beside this one furnish."""

from facilitation.core.room import Room

room = Room("welcome", "Newcomers are expected, asked and shown around")
