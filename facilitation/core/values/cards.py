"""Cards: text made of spans, cards made of parts, and the places that messages go to.

Every value is frozen and survives a round trip through JSON (`persistence/codec.py`). A card holds member
ids; names and platform ids are looked up when it is rendered, so that a person can be erased from it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, assert_never

from msgspec import Struct

Arg = str | int | float | bool | None | tuple[str, ...]
"""What a button may carry: the JSON form of a command's field."""


# Places ------------------------------------------------------------------------------------------


class Channel(Struct, frozen=True, tag="channel"):
    """A channel of one space; `handle` is the platform's id."""

    space: int
    handle: str


class Thread(Struct, frozen=True, tag="thread"):
    """The thread beneath one message of a channel; `root` is that message's platform id."""

    space: int
    handle: str
    root: str


class PostThread(Struct, frozen=True, tag="post_thread"):
    """The thread beneath one of the bot's own posts, named by the post's key."""

    key: str


class Direct(Struct, frozen=True, tag="direct"):
    """A direct message to one member, on the space where they were last seen."""

    member: int


class Group(Struct, frozen=True, tag="group"):
    """A small private group: a group DM on Slack, a private thread on Discord."""

    key: str
    members: tuple[int, ...]


Place = Channel | Thread | PostThread | Direct | Group


# Spans -------------------------------------------------------------------------------------------

Style = Literal["plain", "bold", "italic", "code"]


class Plain(Struct, frozen=True, tag="plain", omit_defaults=True):
    """Literal characters, which no renderer parses again.

    `by` names the author where a card quotes somebody, so that the words disappear when the author is
    forgotten: a member's id, or minus the id of an account that never belonged to a member.
    """

    text: str
    style: Style = "plain"
    by: int = 0


class Link(Struct, frozen=True, tag="link", omit_defaults=True):
    """An address and the words that stand for it; `by` as in `Plain`, if the words are somebody's."""

    url: str
    label: str
    by: int = 0


class Name(Struct, frozen=True, tag="name"):
    """A member's name, which does not notify them."""

    member: int


class Mention(Struct, frozen=True, tag="mention"):
    """A member's name, which notifies them. Used in direct messages, introductions and replies only."""

    member: int


class PlaceRef(Struct, frozen=True, tag="place_ref"):
    """A channel, shown by its name and clickable where the platform allows it.

    With `message` it leads to that message where the platform allows it, else to the channel.
    """

    space: int
    handle: str
    message: str = ""


class Moment(Struct, frozen=True, tag="moment"):
    """An instant, shown in the reader's zone where the platform allows it, else in the community's."""

    at: datetime
    form: Literal["date", "time", "both"] = "both"


class Emoji(Struct, frozen=True, tag="emoji"):
    """An emoji by its short name, without colons."""

    name: str


Span = Plain | Link | Name | Mention | PlaceRef | Moment | Emoji


# Parts -------------------------------------------------------------------------------------------


class Text(Struct, frozen=True, tag="text"):
    """A paragraph; a newline within a span is a line break."""

    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return any(not isinstance(span, Plain) or span.text for span in self.spans)


class Small(Struct, frozen=True, tag="small"):
    """A line of small print, such as the reason for a message or the source of a figure."""

    text: Text


class Field(Struct, frozen=True):
    """One labelled value."""

    label: str
    value: Text


class Fields(Struct, frozen=True, tag="fields"):
    """Labelled values, side by side or one below the other."""

    rows: tuple[Field, ...]


class Button(Struct, frozen=True):
    """A button that sends a command.

    `command` is the id of an endpoint (`"resources.share"`), `args` its arguments. An `optional` button is
    left out when no feature here declares that endpoint. `community` overrides the community of the card, for
    the question which one is meant.
    """

    label: str
    command: str
    args: dict[str, Arg] = {}
    style: Literal["plain", "primary", "danger"] = "plain"
    optional: bool = False
    community: int = 0


class LinkButton(Struct, frozen=True):
    """A button that opens an address."""

    label: str
    url: str


class Item(Struct, frozen=True):
    """One entry of a list: a line, a less prominent line beneath it, and its buttons."""

    text: Text
    detail: Text = Text()
    buttons: tuple[Button, ...] = ()


class Items(Struct, frozen=True, tag="items"):
    """A list of entries."""

    items: tuple[Item, ...]


class Divider(Struct, frozen=True, tag="divider"):
    """A thin line between two parts."""


class Picture(Struct, frozen=True, tag="picture"):
    """A PNG and its alternative text."""

    png: bytes
    alt: str


class File(Struct, frozen=True, tag="file"):
    """A file to download; `words` describe it, and replace it where a file cannot be delivered."""

    name: str
    data: bytes
    words: str


class Buttons(Struct, frozen=True, tag="buttons"):
    """Buttons in a row."""

    buttons: tuple[Button, ...] = ()
    links: tuple[LinkButton, ...] = ()


class Option(Struct, frozen=True):
    """One choice of a menu or a form field."""

    value: str
    label: str


class Menu(Struct, frozen=True, tag="menu"):
    """A drop-down menu: choosing an option sends `command` with `args`, and the choice as `field`."""

    label: str
    command: str
    field: str
    options: tuple[Option, ...]
    args: dict[str, Arg] = {}


Part = Text | Small | Fields | Items | Divider | Picture | File | Buttons | Menu
Tone = Literal["plain", "good", "careful"]


class Card(Struct, frozen=True):
    """One message of the bot: an optional title above its parts."""

    title: str = ""
    parts: tuple[Part, ...] = ()
    tone: Tone = "plain"


# Reading a card ----------------------------------------------------------------------------------


def texts(card: Card) -> Iterator[Text]:
    """Every text of a card, in reading order."""
    for part in card.parts:
        match part:
            case Text():
                yield part
            case Small():
                yield part.text
            case Fields():
                yield from (row.value for row in part.rows)
            case Items():
                for item in part.items:
                    yield item.text
                    yield item.detail
            case Divider() | Picture() | File() | Buttons() | Menu():
                pass
            case _:
                assert_never(part)


def people_in(card: Card) -> set[int]:
    """The ids of all members whom a card names or mentions."""
    return {span.member for text in texts(card) for span in text.spans if isinstance(span, Name | Mention)}


def quoted_in(card: Card) -> set[int]:
    """The authors whom a card quotes: the `by` of its spans."""
    return {
        span.by for text in texts(card) for span in text.spans if isinstance(span, Plain | Link) and span.by
    }


def mentioned_in(card: Card) -> set[int]:
    """The ids of the members whom a card notifies."""
    return {span.member for text in texts(card) for span in text.spans if isinstance(span, Mention)}


def buttons_in(card: Card) -> Iterator[Button]:
    """Every button of a card that sends a command."""
    for part in card.parts:
        match part:
            case Buttons():
                yield from part.buttons
            case Items():
                for item in part.items:
                    yield from item.buttons
            case _:
                pass
