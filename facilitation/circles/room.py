"""The room itself, which the modules beside this one furnish."""

from facilitation.core.room import Room

room = Room("circles", "Small groups that meet over a coffee, with somebody new each time")
