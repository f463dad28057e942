"""The decks that come with the bot, one text file each in the folder `built_in`."""

from functools import cache
from pathlib import Path

from storage.rhythm import BuiltIn

SLUGS = (
    "seeking-experience",
    "problem-solving",
    "requests-for-information",
    "reusing-assets",
    "coordination-and-synergy",
    "building-an-argument",
    "growing-confidence",
    "discussing-developments",
    "documenting-projects",
    "visits",
    "mapping-knowledge-and-gaps",
    "introductions",
    "celebration",
)
"""In the order in which they are offered: the eleven activities of a community of practice, and two more."""


@cache
def built_in_decks() -> tuple[BuiltIn, ...]:
    """All built-in decks. The first line of a file is the deck's name, each further line a prompt."""
    folder = Path(__file__).parent / "built_in"
    decks = []
    for slug in SLUGS:
        name, *prompts = (folder / f"{slug}.txt").read_text("utf-8").strip().splitlines()
        decks.append(BuiltIn(slug, name, tuple(line for line in prompts if line)))
    return tuple(decks)
