"""Concerns: told to coordinators in confidence or without a name, answered, and wiped when closed."""

from facilitation.concern import handling, raising, reminding
from facilitation.concern.room import Fallback, room

__all__ = ["Fallback", "handling", "raising", "reminding", "room"]
