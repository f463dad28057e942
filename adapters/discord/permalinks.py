"""Links to messages."""

from collections.abc import Callable

from adapters.discord.custom_ids import TokenCache
from facilitation.core.values.cards import PlaceRef


def permalinks_of(guild: str, threads: TokenCache[str]) -> Callable[[PlaceRef], str]:
    """A function that makes permalinks for a server; they are empty for a message that has none."""

    def address(ref: PlaceRef) -> str:
        # A message in a thread is stored with its channel, but its link leads to the thread.
        place = threads.get(ref.message) or ref.handle
        known = all(one.isdigit() for one in (guild, place, ref.message))
        return f"https://discord.com/channels/{guild}/{place}/{ref.message}" if known else ""

    return address
