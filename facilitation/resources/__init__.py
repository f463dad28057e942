"""Resources: the shelf of links worth keeping, and how they are found again."""

from facilitation.resources.room import room

__all__ = ["room"]
