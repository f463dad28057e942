"""The repositories that handlers of rhythms share."""

from dataclasses import dataclass

from facilitation.core.features.feature import ServiceBundle
from storage.communities import People
from storage.rhythm import Decks, Responses, Rhythms


@dataclass(frozen=True)
class RhythmServices(ServiceBundle):
    """The members, the rhythms, their decks, and the responses to prompts."""

    people: People
    rhythms: Rhythms
    decks: Decks
    responses: Responses
