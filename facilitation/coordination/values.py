"""Words that people type and read for weekdays and roles."""

from datetime import date
from typing import Literal, get_args

from facilitation.core.values.commands import Role

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = get_args(Day)

RoleWord = Literal["coordinator", "support", "keeper", "facilitator"]
ROLES: dict[RoleWord, Role] = {
    "coordinator": Role.COORDINATOR,
    "support": Role.SUPPORT,
    "keeper": Role.KEEPER,
    "facilitator": Role.FACILITATOR,
}
"""Roles by the one word that is typed for them."""
ROLE_WORDS: dict[str, RoleWord] = {role.value: word for word, role in ROLES.items()}


def day_in_words(day: date) -> str:
    """`30 September 2026`."""
    return f"{day.day} {day:%B %Y}"
