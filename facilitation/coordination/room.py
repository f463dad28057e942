"""The room itself, which the modules beside this one furnish."""

from facilitation.core.room import Room

room = Room("coordination", "First steps, settings and the coordinators’ desk")
