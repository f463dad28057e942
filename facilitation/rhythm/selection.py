"""Which rhythm or deck a command means."""

from pydantic import Field

from facilitation.core.features.selection import Selection
from storage.rhythm import Deck, Decks, Rhythm, Rhythms

RHYTHM = Selection(
    "rhythm",
    "rhythm",
    gone="That rhythm is no longer there. /coordinate rhythm list shows those that are.",
    none_yet="There is no rhythm yet. /coordinate rhythm new makes one.",
    overview="/coordinate rhythm list shows them all.",
)
DECK = Selection(
    "deck",
    "deck",
    gone="That deck is no longer there. /coordinate rhythm deck shows those that are.",
    none_yet="There is no deck yet. /coordinate rhythm deck shows those that come with me.",
    overview="/coordinate rhythm deck shows them all.",
    name_argument="deck",
)
WHICH = Field(default="", title="Rhythm", description="its name, or the beginning of it")


async def matching_rhythms(rhythms: Rhythms, id_: int, name: str) -> list[Rhythm]:
    """The rhythm of this id; without an id, all that the name may mean. Raises Refusal for none."""
    return RHYTHM.matches(await rhythms.all(), id_, name)


async def get_rhythm(rhythms: Rhythms, id_: int) -> Rhythm:
    """The rhythm of this id. Raises Refusal for none."""
    return RHYTHM.by_id(await rhythms.all(), id_)


async def matching_decks(decks: Decks, name: str) -> list[Deck]:
    """All decks that a name may mean. Raises Refusal for none."""
    return DECK.matches(await decks.all(), 0, name)


async def get_deck(decks: Decks, id_: int) -> Deck:
    """The deck of this id. Raises Refusal for none."""
    return DECK.by_id(await decks.all(), id_)
