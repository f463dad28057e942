"""The room itself, which the modules beside this one furnish, and what they share."""

from dataclasses import dataclass
from datetime import date

from facilitation.core.features.feature import Feature
from facilitation.core.values.commands import Role
from facilitation.core.values.errors import Refusal
from storage.communities import Member, People
from storage.concern import Concern

feature = Feature("concern", "Something that troubles you, told in confidence")

LONGEST = 3_000
"""Slack's longest input."""
UNKNOWN = "I know of no such concern. It may be closed by now."
"""Said alike of what never was, of what is over and of what is not meant for whoever asks."""


@dataclass(frozen=True)
class Fallback:
    """Whom to turn to where no coordinator can or should help; empty where the configuration names nobody."""

    contact: str = ""

    def words(self) -> str:
        """A sentence for whoever needs somebody else."""
        if self.contact:
            return f"You can turn to {self.contact}."
        return "Please turn to someone you trust, or to whoever runs this workspace or server."


async def hearers(people: People, left_out: tuple[int, ...]) -> list[Member]:
    """The coordinators of this moment who may know of a concern."""
    return [one for one in await people.holders(Role.COORDINATOR) if one.id not in left_out]


def checked(concern: Concern | None) -> Concern:
    """The concern. Refuses where there is none."""
    if concern is None:
        raise Refusal(UNKNOWN)
    return concern


def day_in_words(day: date) -> str:
    """`2 March`."""
    return f"{day.day} {day:%B}"
