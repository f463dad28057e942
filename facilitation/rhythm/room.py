"""The room itself, which the modules beside this one furnish."""

from facilitation.core.room import Room

room = Room("rhythm", "Prompts on a beat that coordinators set")
