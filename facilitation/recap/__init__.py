"""The recap: once a week, in public, what happened and what is worth catching up on."""

from facilitation.recap import approval, commands, sections, weekly
from facilitation.recap.composing import composed, period_until
from facilitation.recap.room import room

__all__ = ["approval", "commands", "composed", "period_until", "room", "sections", "weekly"]
