"""The welcome: newcomers are greeted once, asked how they would like to take part, and shown around."""

from facilitation.welcome import arriving, collected, editing, looking, support, taking_part, walking
from facilitation.welcome.room import room

__all__ = ["arriving", "collected", "editing", "looking", "room", "support", "taking_part", "walking"]
