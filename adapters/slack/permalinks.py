"""Links to messages."""

from collections.abc import Callable

from facilitation.core.values.cards import PlaceRef


def permalinks_of(site: str) -> Callable[[PlaceRef], str]:
    """A function that makes permalinks for the workspace at `site`, such as `https://workshop.slack.com/`.

    They are what chat.getPermalink returns; empty if `site` is unknown.
    """

    def address(ref: PlaceRef) -> str:
        return f"{site}archives/{ref.handle}/p{ref.message.replace('.', '')}" if site else ""

    return address
