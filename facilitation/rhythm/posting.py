"""The next prompt of a rhythm, its facilitator and its post."""

from facilitation.core.values.cards import Card, Channel
from facilitation.core.values.effects import Post
from facilitation.rhythm.schedule import GRACE
from storage.communities import Member, People
from storage.rhythm import Decks, Prompt, PromptState, Rhythm


async def next_prompt(rhythm: Rhythm, decks: Decks) -> Prompt | None:
    """The prompt that comes next: the one the facilitator was told, else the least recently used.

    None if the deck is empty.
    """
    following = await decks.next(rhythm.deck)
    told = await decks.prompt(rhythm.prompt) if rhythm.prompt is not None else None
    if told is None or following is None:
        return following
    is_still_due = (
        told.deck == rhythm.deck and told.state is PromptState.READY and told.uses <= following.uses
    )
    return told if is_still_due else following


async def facilitator_of(rhythm: Rhythm, people: People) -> Member | None:
    """The facilitator of the next date, if one is set and has not left."""
    found = await people.member(rhythm.host) if rhythm.host is not None else None
    return found if found is not None and found.left_at is None else None


def prompt_post(rhythm: Rhythm, message: Card, key: str) -> Post:
    """The post of a prompt. A hush stops it, and it is dropped once it is later than the grace."""
    return Post(Channel(rhythm.space, rhythm.place), message, key, hushable=True, stale=GRACE)
