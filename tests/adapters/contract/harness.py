"""What the contract suite does on a platform, and how it reads what people would see there.

Each adapter brings a harness; Slack and Discord join the suite by adding theirs to `conftest.py`. What is
seen is written as lines, the same on every platform:

    # Title                     a card's title             [Yes] [Open the guide <https://…>]   buttons
    words **bold** _it_ `f(x)`  a paragraph              {How often?: Every week | Every month}  a menu
    the guide <https://…>       a link                   (picture: Messages per week)
    @Ana Sousa                  a mention                ---                                     a divider
    Messages: 128               a field                  - A guide to tests / saved by Ben [Still good]
    (file: export.json)         a file to download
    (only you) words            an answer that nobody else sees
"""

from collections.abc import Mapping
from typing import Protocol

from tests.adapters.contract.puppet import PuppetGateway


class Harness(Protocol):
    """One platform under test, connected to a `PuppetGateway`."""

    gateway: PuppetGateway
    shows_styles: bool
    """Whether bold, italic and code are visible in what `seen` returns."""

    async def write(self, who: str, place: str, text: str, *, thread: str = "") -> str:
        """A person writes a message; returns its id."""
        ...

    async def command(self, who: str, place: str, words: str) -> None:
        """A person types `/cop WORDS`."""
        ...

    async def press(self, who: str, place: str, label: str) -> None:
        """A person presses a button in a place."""
        ...

    async def choose(self, who: str, place: str, menu: str, option: str) -> None:
        """A person chooses an option of a menu in a place."""
        ...

    async def follow(self, who: str, place: str, label: str) -> tuple[str, str]:
        """A person follows a link to a message; returns the place and the message that it opens."""
        ...

    async def form(self, who: str) -> list[str] | None:
        """The form that is open for a person: its title, then a line per visible field; or None.

        A field is `Label* (hint)`, with a star if it is required, and ` ! words` for its error.
        """
        ...

    async def fill(self, who: str, values: Mapping[str, str | bool | list[str]]) -> None:
        """Fill in the open form, by its labels and in the words that are visible, and submit it."""
        ...

    async def seen(self, who: str, place: str, *, thread: str = "") -> list[str]:
        """What a person sees in a place; `direct` is their direct message with the bot."""
        ...

    async def group(self, who: str) -> list[str]:
        """What a person sees in the small group that they are in."""
        ...

    async def reactions(self, who: str, place: str, message: str) -> dict[str, int]:
        """The reactions to a message: their number by short name."""
        ...
