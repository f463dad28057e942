"""The room itself, which the modules beside this one furnish."""

from facilitation.core.room import Room

room = Room("recap", "The weekly recap: who is new, and what is worth catching up on")
