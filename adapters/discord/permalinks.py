"""Addresses of messages, as the clients open them."""

from collections.abc import Callable

from adapters.discord.custom_ids import TokenCache
from facilitation.core.values.cards import PlaceRef


def permalinks_of(guild: str, threads: TokenCache[str]) -> Callable[[PlaceRef], str]:
    """The address of a message that a place of this server refers to; `""` where it can have none."""

    def address(ref: PlaceRef) -> str:
        # A message in a thread is known by its channel, but is opened in the thread.
        place = threads.get(ref.message) or ref.handle
        known = all(one.isdigit() for one in (guild, place, ref.message))
        return f"https://discord.com/channels/{guild}/{place}/{ref.message}" if known else ""

    return address
