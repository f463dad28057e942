"""Templates that coordinators write: the placeholders they may contain, and the values of those."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from facilitation.core.values.cards import Channel, Mention, Name, Text
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.forms import LongText
from facilitation.core.values.speech import Sayable, listed, say
from facilitation.core.values.templates import checked, fill
from storage.communities import Community, Member, Spot, Use
from storage.welcome import Step

PLACEHOLDERS = (
    "name",
    "community",
    "purpose",
    "domain",
    "channel",
    "introductions",
    "help",
    "person",
    "coordinators",
)

Template = Annotated[LongText, AfterValidator(lambda words: checked(words, PLACEHOLDERS))]
"""A text with placeholders. One with an unknown placeholder is refused when it is saved."""


@dataclass(frozen=True)
class CommunityFacts:
    """What placeholders and buttons show of a community: looked up once for any number of cards.

    `spots` are its channels by id.
    """

    community: Community
    charter: CharterText
    spots: dict[int, Spot]
    coordinators: list[Member]

    def channel_for(self, use: Use) -> Spot | None:
        """The channel with a use, None if there is none."""
        found = (spot for spot in self.spots.values() if use in spot.uses and not spot.archived)
        return next(found, None)

    def channel_of(self, step: Step) -> Spot | None:
        """The channel that a step is about: the chosen one, else the one for introductions."""
        chosen = self.spots.get(step.channel) if step.channel is not None else None
        return chosen or self.channel_for(Use.INTRODUCTIONS)


def filled(template: str, facts: CommunityFacts, member: int, step: Step | None = None) -> Text:
    """The template as a member reads it; `step` is the step that it belongs to."""
    spot = facts.channel_of(step) if step else facts.channel_for(Use.INTRODUCTIONS)
    person = step.person if step else None
    arguments: dict[str, Sayable] = {
        "name": Name(member),
        "community": facts.community.name,
        "purpose": facts.charter.purpose,
        "domain": facts.charter.domain,
        "channel": _place(spot),
        "introductions": _place(facts.channel_for(Use.INTRODUCTIONS)),
        "help": _place(facts.channel_for(Use.HELP)),
        "person": Mention(person) if person is not None else say("one of us"),
        "coordinators": listed([Mention(one.id) for one in facts.coordinators])
        if facts.coordinators
        else say("the coordinators"),
    }
    return fill(template, arguments)


def _place(spot: Spot | None) -> Sayable:
    return Channel(spot.space, spot.handle) if spot else say("one of our channels")
