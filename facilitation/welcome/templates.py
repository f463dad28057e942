"""Words of coordinators with their placeholders, and what stands for each."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from facilitation.core.values.cards import Channel, Mention, Name, Text
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.forms import LongText
from facilitation.core.values.speech import Sayable, listed, say
from facilitation.core.values.templates import checked, fill
from storage.communities import Community, Member, People, Spot, Use
from storage.welcome import Step

ACCEPTED = (
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

Template = Annotated[LongText, AfterValidator(lambda words: checked(words, ACCEPTED))]
"""Words with placeholders, refused when saved if one of them is unknown."""


@dataclass(frozen=True)
class Surroundings:
    """What placeholders and buttons of steps may need to know of a community."""

    community: Community
    charter: CharterText
    spots: dict[int, Spot]
    coordinators: list[Member]

    def used_for(self, use: Use) -> Spot | None:
        """The channel with a use."""
        found = (spot for spot in self.spots.values() if use in spot.uses and not spot.archived)
        return next(found, None)

    def channel_of(self, step: Step) -> Spot | None:
        """The channel a step is about; that for introductions where none was chosen."""
        chosen = self.spots.get(step.channel) if step.channel is not None else None
        return chosen or self.used_for(Use.INTRODUCTIONS)


async def surroundings(community: Community, charter: CharterText, people: People) -> Surroundings:
    """Look them up, once for many cards."""
    spots = {spot.id: spot for spot in await people.spots()}
    return Surroundings(community, charter, spots, await people.holders("coordinator"))


def filled(words: str, around: Surroundings, member: int, step: Step | None = None) -> Text:
    """Words as a member reads them."""
    spot = around.channel_of(step) if step else around.used_for(Use.INTRODUCTIONS)
    person = step.person if step else None
    arguments: dict[str, Sayable] = {
        "name": Name(member),
        "community": around.community.name,
        "purpose": around.charter.purpose,
        "domain": around.charter.domain,
        "channel": _place(spot),
        "introductions": _place(around.used_for(Use.INTRODUCTIONS)),
        "help": _place(around.used_for(Use.HELP)),
        "person": Mention(person) if person is not None else say("one of us"),
        "coordinators": listed([Mention(one.id) for one in around.coordinators])
        if around.coordinators
        else say("the coordinators"),
    }
    return fill(words, arguments)


def _place(spot: Spot | None) -> Sayable:
    return Channel(spot.space, spot.handle) if spot else say("one of our channels")
