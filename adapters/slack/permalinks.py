"""Addresses of messages, as the clients open them."""

from collections.abc import Callable

from facilitation.core.values.cards import PlaceRef


def permalinks_of(site: str) -> Callable[[PlaceRef], str]:
    """The address of a message of the workspace at `site`, such as `https://workshop.slack.com/`.

    This is what chat.getPermalink would answer; `""` where the address of the workspace is not known.
    """

    def address(ref: PlaceRef) -> str:
        return f"{site}archives/{ref.handle}/p{ref.message.replace('.', '')}" if site else ""

    return address
