"""Values that the modules of this package share."""

from dataclasses import dataclass
from datetime import date

MAX_LENGTH = 3_000
"""Characters of a text about a concern: the longest input that Slack allows."""


@dataclass(frozen=True)
class Fallback:
    """The contact for people whom no coordinator can or should help; empty if none is configured."""

    contact: str = ""

    def words(self) -> str:
        """A sentence that names the contact, or gives general advice."""
        if self.contact:
            return f"You can turn to {self.contact}."
        return "Please turn to someone you trust, or to the people who run this workspace or server."


def day_in_words(day: date) -> str:
    """`2 March`."""
    return f"{day.day} {day:%B}"
