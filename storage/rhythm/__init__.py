"""Rhythms: their dates, decks and prompts, their drafts and volunteers, and the responses to their posts."""

from storage.rhythm.decks import BuiltIn, Decks
from storage.rhythm.responses import NearbyMessage, Responses, Talk
from storage.rhythm.rhythms import Rhythms
from storage.rhythm.tables import (
    LONGEST_NAME,
    LONGEST_PROMPT,
    DateOutcome,
    Dealt,
    Deck,
    Leader,
    Prompt,
    PromptState,
    Rhythm,
    Volunteer,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_PROMPT",
    "BuiltIn",
    "DateOutcome",
    "Dealt",
    "Deck",
    "Decks",
    "Leader",
    "NearbyMessage",
    "Prompt",
    "PromptState",
    "Responses",
    "Rhythm",
    "Rhythms",
    "Talk",
    "Volunteer",
]
