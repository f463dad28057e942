"""A gateway that returns on demand everything that the core can return; it knows no platform.

Each command below shows one thing that an adapter has to render. What the core would give to its courier
waits in `outgoing_messages`; a harness delivers it to the surface under test.
"""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, Literal

from facilitation.core.platforms.surface import (
    Address,
    Interaction,
    OutgoingMessage,
    Person,
    Receipt,
    RenderableCard,
    Response,
)
from facilitation.core.values.cards import (
    Button,
    Buttons,
    Card,
    Divider,
    Emoji,
    Field,
    Fields,
    File,
    Item,
    Items,
    Link,
    LinkButton,
    Mention,
    Menu,
    Moment,
    Name,
    Option,
    Picture,
    PlaceRef,
    Plain,
    Small,
    Text,
)
from facilitation.core.values.events import ChannelFacts, Event, Profile, Roster, SpaceRef
from facilitation.core.values.forms import Form, FormField

ANA, BEN, CHI, DEV = "ana", "ben", "chi", "dev"
PEOPLE = {
    1: Person("Ana Sousa", ANA),
    2: Person("Ben Okafor", BEN),
    3: Person("Chiara Neri", CHI),
    4: Person("Dev Rao", DEV),
}
CHANNELS = {"C-general": "general", "C-help": "help", "C-quiet": "coordinators"}
ELSEWHERE = {"C-far": "far"}
"""A channel of the community's other space."""
SPOKEN_AT = datetime(2025, 5, 5, 14, 30, tzinfo=UTC)

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) javascript:alert(4) "
    "**bold** _italic_ ~~gone~~ > quote &lt;b&gt; &amp; ${7*7} {{ 7*7 }} `${1} \\u0041 </textarea> <!-- -->"
)


def roster(space: SpaceRef) -> Roster:
    """The space of the contract suite."""
    people = (
        Profile(ANA, "Ana Sousa", "Europe/Lisbon"),
        Profile(BEN, "Ben Okafor", "America/New_York"),
        Profile(CHI, "Chiara Neri", ""),
        Profile(DEV, "Dev Rao", "Asia/Kolkata"),
    )
    channels = (
        ChannelFacts("C-general", "general", topic="Anything about the craft", members=(ANA, BEN, CHI)),
        ChannelFacts("C-help", "help", topic="Ask, and somebody will know", members=(ANA, BEN)),
        ChannelFacts("C-quiet", "coordinators", private=True, members=(ANA,)),
    )
    return Roster(space, "The Workshop", people, channels)


def a_png(width: int = 48, height: int = 16) -> bytes:
    """A small valid picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((200, 90, 40)) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def text(words: str) -> Text:
    """A plain text."""
    return Text((Plain(words),))


PARTS: dict[str, Card] = {
    "text": Card(parts=(text("First line\nsecond line"), text("Another paragraph"))),
    "styles": Card(
        parts=(
            Text(
                (
                    Plain("so "),
                    Plain("bold", "bold"),
                    Plain(" and "),
                    Plain("slanted", "italic"),
                    Plain("f(x)", "code"),
                )
            ),
        )
    ),
    "link": Card(parts=(Text((Plain("Read "), Link("https://example.org/a?b=1&c=2", "the guide"))),)),
    "bad-link": Card(
        parts=(Text((Link("javascript:alert(1)", "press me"), Plain(" "), Link("ftp://x.org", "old"))),)
    ),
    "name": Card(parts=(Text((Plain("Thanks to "), Name(2), Plain("!"))),)),
    "mention": Card(parts=(Text((Mention(1), Plain(" meet "), Mention(3))),)),
    "stranger": Card(parts=(Text((Plain("Once said by "), Name(99))),)),
    "place": Card(parts=(Text((Plain("See "), PlaceRef(1, "C-help"))),)),
    "elsewhere": Card(parts=(Text((Plain("See "), PlaceRef(2, "C-far", "1.2"))),)),
    "moment": Card(
        parts=(Text((Plain("We meet "), Moment(SPOKEN_AT), Plain("; "), Moment(SPOKEN_AT, "date"))),)
    ),
    "emoji": Card(parts=(Text((Plain("Well done "), Emoji("tada"))),)),
    "small": Card("Title", (Small(text("From the last four weeks.")),)),
    "fields": Card("Figures", (Fields((Field("Messages", text("128")), Field("People", text("17")))),)),
    "items": Card(
        "Shelf",
        (
            Items(
                (
                    Item(
                        text("A guide to tests"),
                        text("saved by Ben"),
                        (Button("Still good", "puppet.press", {"id": 1}),),
                    ),
                    Item(text("A talk on names")),
                )
            ),
        ),
    ),
    "divider": Card(parts=(text("above"), Divider(), text("below"))),
    "picture": Card("Chart", (Picture(a_png(), "Messages per week, rising"),)),
    "file": Card(parts=(text("Here it is."), File("export.json", b'{"a": 1}\n', "Everything about you"))),
    "buttons": Card(
        "Choose",
        (
            Buttons(
                (
                    Button("Yes", "puppet.press", {"answer": "yes"}, "primary"),
                    Button("Later", "puppet.press", {"answer": "later"}),
                    Button("Never", "puppet.press", {"answer": "never"}, "danger"),
                ),
                (LinkButton("Open the guide", "https://example.org/guide"),),
            ),
        ),
    ),
    "menu": Card(
        parts=(
            Menu(
                "How often?",
                "puppet.choose",
                "pace",
                (Option("weekly", "Every week"), Option("monthly", "Every month")),
                {"id": 7},
            ),
        )
    ),
    "good": Card("All set", (text("It is saved."),), "good"),
    "careful": Card("Please look", (text("Something is not right."),), "careful"),
    "hostile": Card(
        HOSTILE,
        (
            text(HOSTILE),
            Small(text(HOSTILE)),
            Fields((Field(HOSTILE, text(HOSTILE)),)),
            Items((Item(text(HOSTILE), text(HOSTILE)),)),
            Buttons((Button(HOSTILE[:70], "puppet.press"),)),
        ),
    ),
    "long": Card("Long", (text("a\u0301\u0302\u0303\u0304" * 20_000),)),
}
"""The cards of `/cop show WORD`, by word."""

FIELDS: dict[str, FormField] = {
    "line": FormField("line", "Title", "line", required=True, hint="in a few words", max_length=80),
    "text": FormField("text", "What happened", "text", required=True, hint="as long as you like"),
    "url": FormField("url", "Link", "url", required=True, hint="where it is"),
    "number": FormField("number", "How many", "number", required=True),
    "tick": FormField("tick", "I agree", "tick", required=True, hint="to the ground rules"),
    "choice": FormField(
        "choice",
        "Pace",
        "choice",
        required=True,
        options=(Option("weekly", "Every week"), Option("monthly", "Monthly")),
    ),
    "tags": FormField("tags", "Topics", "tags", required=False, hint="separated by commas"),
    "person": FormField("person", "Who", "person", required=True),
    "channel": FormField("channel", "Where", "channel", required=True),
    "channels": FormField("channels", "Home channels", "channels", required=True),
    "zone": FormField("zone", "Time zone", "zone", required=True),
    "time": FormField("time", "At", "time", required=True),
    "hidden": FormField("hidden", "Not seen", "hidden", required=True, value=42),
}

COMMANDS: dict[Literal["cop", "coordinate"], list[tuple[str, str]]] = {
    "cop": [
        ("home", "What is on, my things, and where to go."),
        ("help", "What I can do for you."),
        ("share", "Put a link on the community’s shelf."),
        ("find", "Search the shelf and answered questions."),
        ("show", "Show one part of a card."),
        ("form", "Open a form with one field."),
        ("say", "Say something somewhere."),
        ("mentor offer", "Offer to be a mentor."),
        ("mentor request", "Look for a mentor."),
    ],
    "coordinate": [("desk", "What waits for coordinators."), ("settings", "The community’s settings.")],
}


class PuppetGateway:
    """Responds as its commands say, and records every interaction and event."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        self.events: list[Event] = []
        self.outgoing_messages: list[OutgoingMessage] = []
        self.receipts: dict[str, Receipt] = {}
        """Filled by the harness when it delivers."""

    # The gateway ------------------------------------------------------------------------------------

    async def handle(self, interaction: Interaction) -> Response:
        """Respond as the command says."""
        self.interactions.append(interaction)
        if interaction.command:
            return self._asked(interaction)
        word, _, rest = interaction.words.partition(" ")
        match word:
            case "show":
                return _answer(PARTS[rest])
            case "everyone":
                return replace(_answer(_said("Everybody sees this")), to="everyone")
            case "form":
                return Response(form=_form(rest), community=5)
            case "say":
                return self._say(interaction, rest)
            case "point":
                return _answer(_pointing(rest))
            case "refuse":
                return _answer(Card("", (text("That is not yours to change. Ask Ana."),), "careful"))
            case "fail":
                return replace(
                    _answer(_said("Something went wrong. The reference is 1a2b3c.")), reference="1a2b3c"
                )
            case "nothing":
                return Response()
            case "share":
                return Response(form=_share_form())
            case "home":
                return _answer(_home())
            case _:
                return _answer(_said(f"You said {interaction.words}"))

    async def receive(self, space: SpaceRef, event: Event) -> None:
        """Record the event."""
        self.events.append(event)

    async def sync_roster(self, roster: Roster) -> None:
        """Do nothing."""

    def complete(self, root: Literal["cop", "coordinate"], words: str) -> list[tuple[str, str]]:
        """The commands above."""
        return [(command, help_) for command, help_ in COMMANDS[root] if command.startswith(words.strip())]

    # ------------------------------------------------------------------------------------------------

    def _asked(self, interaction: Interaction) -> Response:
        if interaction.command == "puppet.form" and interaction.submitted:
            return self._submitted(interaction)
        said = ", ".join(f"{name}={value}" for name, value in sorted(interaction.args.items()))
        return _answer(_said(f"Received {interaction.command} with {said or 'nothing'}"))

    def _submitted(self, interaction: Interaction) -> Response:
        share = interaction.args.get("kept") == "share"
        url = str(interaction.args.get("url", ""))
        if (share or "url" in interaction.args) and not url.startswith(("http://", "https://")):
            form = _share_form() if share else _form("url")
            fields = tuple(replace(f, value=interaction.args.get(f.name, f.value)) for f in form.fields)
            return Response(form=replace(form, fields=fields, errors={"url": "A link begins with https://"}))
        args = {name: value for name, value in interaction.args.items() if name != "kept"}
        said = ", ".join(f"{name}={_shown(value)}" for name, value in sorted(args.items()))
        return _answer(Card("Taken", (text(said),), "good"))

    def _say(self, interaction: Interaction, what: str) -> Response:
        who = interaction.who
        addresses = {
            "channel": Address("channel", "C-help"),
            "thread": Address("thread", interaction.place, root=interaction.thread or "?"),
            "direct": Address("direct", people=(BEN,)),
            "group": Address("group", people=(who, BEN)),
        }
        if what in addresses:
            self._post(f"say-{what}", addresses[what], _said(f"Said in {what}"))
        elif what == "revise":
            self._post(
                "say-channel",
                addresses["channel"],
                _said("Said better"),
                receipt=self.receipts["say-channel"],
            )
        elif what == "retract":
            receipt = self.receipts["say-channel"]
            self._post("say-channel", addresses["channel"], _said(""), receipt=receipt, withdraw=True)
        elif what.startswith("point "):
            self._post(
                "say-point", Address("channel", interaction.place), _pointing(what.removeprefix("point "))
            )
        elif what == "file":
            self._post("say-file", addresses["direct"], PARTS["file"])
        elif what == "buttons":
            self._post("say-buttons", Address("channel", interaction.place), PARTS["buttons"])
        elif what.startswith("react "):
            place, message = what.removeprefix("react ").split()
            self._post(
                "react", Address("channel", place), Card(), receipt=Receipt(place, (message,)), emoji="tada"
            )
        return Response()

    def _post(self, key: str, address: Address, card: Card, **more: Any) -> None:
        delivery = f"{key}-{len(self.outgoing_messages)}"
        self.outgoing_messages.append(OutgoingMessage(delivery, address, renderable(card), **more))


def renderable(card: Card) -> RenderableCard:
    """A card with everything an adapter needs to show it."""
    return RenderableCard(card, PEOPLE, CHANNELS | ELSEWHERE, community=5, zone="Europe/Berlin", space=1)


def _answer(card: Card) -> Response:
    return Response(renderable=renderable(card), community=5)


def _said(words: str) -> Card:
    return Card("", (text(words),))


def _pointing(message: str) -> Card:
    return Card(parts=(Text((Plain("See "), PlaceRef(1, "C-help", message))),))


def _form(kind: str) -> Form:
    fields = tuple(FIELDS.values()) if kind == "all" else (FIELDS[kind],)
    return Form("puppet.form", "A form", fields, kept={"kept": "this"}, submit="Send it")


def _share_form() -> Form:
    fields = (
        FormField("url", "Link", "url", required=True, hint="the address of what you want to share"),
        FormField("note", "Note", "text", required=False, hint="why it helps", max_length=500),
        FormField("tags", "Topics", "tags", required=False, hint="separated by commas"),
    )
    return Form("puppet.form", "Put a link on the shelf", fields, kept={"kept": "share"}, submit="Save")


def _home() -> Card:
    return Card(
        "Good morning", (text("Nothing waits for you."), Buttons((Button("Share a link", "puppet.press"),)))
    )


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "+".join(str(one) for one in value)
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
