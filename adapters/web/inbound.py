"""People's side of the local page: what they type, press, choose and fill in reaches the house.

Happenings are told to the house, requests knock at its door, and the answer is put where it was asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.web.local_platform import HOME, direct_to
from adapters.web.message_store import Message
from adapters.web.stage import MessageAction, Stage
from adapters.web.typed_text import Command, command_in, linked, links_in
from facilitation.core.platforms.surface import Interaction, RenderableCard, Response
from facilitation.core.values.cards import Button, Card, Menu, Text
from facilitation.core.values.events import Event, Profile
from facilitation.core.values.forms import Form
from facilitation.core.values.speech import say


@dataclass(frozen=True)
class Where:
    """The place, and perhaps the thread, in which somebody does something."""

    place: str
    root: str = ""


@dataclass(frozen=True)
class Opened:
    """A form to show, with where and in which community it was asked for."""

    form: Form
    where: Where
    community: int = 0


class Inbound:
    """Carries what people do on the page to the house, and its answers back."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._square = stage.square

    async def typed(self, who: str, where: Where, text: str) -> Opened | None:
        """A message or a command from the box at the foot of a place."""
        text = text.strip()
        if not text:
            return None
        command = command_in(text)
        if command is not None:
            return await self._command(who, where, command)
        if text.startswith("/"):
            word = text.split()[0]
            hint = say("There is no command {word} here. Try `/cop help` to see what there is.", word=word)
            self._hint(who, where, hint, text)
        elif where.place in (HOME, direct_to(who)):
            hint = say("Here I only understand commands. Try `/cop help` to see what there is.")
            self._hint(who, where, hint, text)
        else:
            written = self._linked(text)
            await self._tell(self._square.post(who, where.place, written, self._stage.now(), where.root))
        return None

    async def pressed(self, who: str, where: Where, button: Button, community: int = 0) -> Opened | None:
        """A button of a card."""
        return await self._ask(who, where, button.command, dict(button.args), community, via="button")

    async def chosen(
        self, who: str, where: Where, menu: Menu, value: str, community: int = 0
    ) -> Opened | None:
        """An option of a card's menu."""
        return await self._ask(
            who, where, menu.command, {**menu.args, menu.field: value}, community, via="button"
        )

    async def acted(self, who: str, endpoint: MessageAction, message: Message) -> Opened | None:
        """An entry of the menu on a message."""
        carried: dict[str, Any] = {name: _carried(name, message) for name in endpoint.carries}
        args = {name: value for name, value in carried.items() if value}
        return await self._ask(
            who, Where(message.place, message.root), endpoint.command, args, 0, via="button"
        )

    async def submitted(self, who: str, opened: Opened, values: Mapping[str, Any]) -> Opened | None:
        """A form that was filled in; returns it with errors, another one, or None when it is done."""
        args = {**opened.form.kept, **values}
        where, community = opened.where, opened.community
        return await self._ask(who, where, opened.form.command, args, community, via="form", submitted=True)

    async def home(self, who: str) -> RenderableCard | None:
        """The bot's home as this person sees it."""
        interaction = Interaction(
            self._square.space, who, words="home", place=direct_to(who), direct=True, via="page"
        )
        return (await self._stage.gateway.handle(interaction)).renderable

    async def reacted(self, who: str, message: str, emoji: str) -> None:
        """An emoji put under a message, or taken back."""
        await self._tell(self._square.react(who, message, emoji, self._stage.now()))

    async def joined(self, profile: Profile) -> None:
        """Somebody new comes in."""
        await self._tell(self._square.join(profile, self._stage.now()))

    # ------------------------------------------------------------------------------------------------

    async def _command(self, who: str, where: Where, command: Command) -> Opened | None:
        words = self._linked(command.words)
        answer = await self._interaction(who, where, root=command.root, words=words, via="slash")
        return self._answered(who, where, answer, asked=f"/{command.root} {command.words}".strip())

    async def _ask(
        self, who: str, where: Where, command: str, args: dict[str, Any], community: int, **more: Any
    ) -> Opened | None:
        answer = await self._interaction(who, where, command=command, args=args, community=community, **more)
        return self._answered(who, where, answer)

    async def _interaction(self, who: str, where: Where, **more: Any) -> Response:
        place = direct_to(who) if where.place == HOME else where.place
        spot = self._square.places.get(place)
        direct = spot is not None and spot.kind == "direct"
        name = self._square.name_of(who)
        interaction = Interaction(
            self._square.space, who, place=place, thread=where.root, direct=direct, name=name, **more
        )
        answer = await self._stage.gateway.handle(interaction)
        await self._stage.settle()
        return answer

    def _answered(self, who: str, where: Where, answer: Response, asked: str = "") -> Opened | None:
        renderable, now = answer.renderable, self._stage.now()
        if renderable is not None and answer.to == "everyone" and where.place != HOME:
            self._square.say(where.place, renderable, now, where.root)
        elif renderable is not None:
            self._square.whisper(who, where.place, renderable, now, where.root, asked)
        return Opened(answer.form, where, answer.community) if answer.form is not None else None

    async def _tell(self, happened: Iterable[Event]) -> None:
        for event in happened:
            await self._stage.gateway.receive(self._square.space, event)
        await self._stage.settle()

    def _linked(self, text: str) -> str:
        square = self._square
        people = {handle: profile.name for handle, profile in square.people.items()}
        channels = {spot.handle: spot.name for spot in square.places.values() if spot.kind == "channel"}
        return linked(text, people, channels)

    def _hint(self, who: str, where: Where, hint: Text, asked: str) -> None:
        self._square.whisper(
            who, where.place, RenderableCard(Card(parts=(hint,))), self._stage.now(), where.root, asked
        )


def _carried(name: str, message: Message) -> str:
    """What a message has under a name that an ask's field may have."""
    match name:
        case "message":
            return message.id
        case "place":
            return message.place
        case "thread":
            return message.root
        case "author" | "who":
            return message.author
        case "text":
            return message.text
        case "link" | "url":
            return next(iter(links_in(message.text)), "")
        case _:
            return ""
