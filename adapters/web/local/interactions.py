"""Passes the actions of people on the local page to the bot, and shows its responses.

Events go to the gateway's `receive`, requests to its `handle`. A response appears where the request was made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.web.local.backend import MessageAction, PageBackend
from adapters.web.local.local_platform import HOME, direct_message_with
from adapters.web.local.message_store import Message
from adapters.web.local.typed_text import TypedCommand, parse_command, resolve_names
from facilitation.core.platforms.surface import Interaction, RenderableCard, Response
from facilitation.core.values.cards import Button, Card, Menu, Text
from facilitation.core.values.events import Event, Profile
from facilitation.core.values.forms import Form
from facilitation.core.values.links import find_urls
from facilitation.core.values.speech import say


@dataclass(frozen=True)
class Origin:
    """The place of an action and, in a thread, the id of the thread's root."""

    place: str
    root: str = ""


@dataclass(frozen=True)
class PendingForm:
    """A form to show, with the place and the community of the request that opened it."""

    form: Form
    origin: Origin
    community: int = 0


class Interactions:
    """Sends the actions of people to the bot; methods return the form in its response, if there is one."""

    def __init__(self, backend: PageBackend) -> None:
        self._backend = backend
        self._platform = backend.platform

    async def send(self, who: str, origin: Origin, text: str) -> PendingForm | None:
        """Handle a command or a message that a person sent from the composer."""
        text = text.strip()
        if not text:
            return None
        command = parse_command(text)
        if command is not None:
            return await self._run_command(who, origin, command)
        if text.startswith("/"):
            word = text.split()[0]
            hint = say("There is no command {word} here. Try `/cop help` to see what there is.", word=word)
            self._show_hint(who, origin, hint, text)
        elif origin.place in (HOME, direct_message_with(who)):
            hint = say("Here I only understand commands. Try `/cop help` to see what there is.")
            self._show_hint(who, origin, hint, text)
        else:
            now, platform = self._backend.now(), self._platform
            await self._report(platform.post(who, origin.place, self._resolve_names(text), now, origin.root))
        return None

    async def press(self, who: str, origin: Origin, button: Button, community: int = 0) -> PendingForm | None:
        """Handle a press on a button of a card."""
        return await self._request(who, origin, button.command, dict(button.args), community, via="button")

    async def choose(
        self, who: str, origin: Origin, menu: Menu, value: str, community: int = 0
    ) -> PendingForm | None:
        """Handle the choice of an option of a card's menu."""
        args = {**menu.args, menu.field: value}
        return await self._request(who, origin, menu.command, args, community, via="button")

    async def run_message_action(
        self, who: str, action: MessageAction, message: Message
    ) -> PendingForm | None:
        """Handle the choice of an entry in the menu of a message."""
        carried: dict[str, Any] = {name: _field_from_message(name, message) for name in action.carries}
        args = {name: value for name, value in carried.items() if value}
        origin = Origin(message.place, message.root)
        return await self._request(who, origin, action.command, args, 0, via="button")

    async def submit(self, who: str, pending: PendingForm, values: Mapping[str, Any]) -> PendingForm | None:
        """Submit a form; returns the same form with errors, another form, or None when it is accepted."""
        form = pending.form
        args = {**form.kept, **values}
        return await self._request(
            who, pending.origin, form.command, args, pending.community, via="form", submitted=True
        )

    async def home(self, who: str) -> RenderableCard | None:
        """Request the card of a person's home; None if there is none."""
        interaction = Interaction(
            self._platform.space, who, words="home", place=direct_message_with(who), direct=True, via="page"
        )
        return (await self._backend.gateway.handle(interaction)).renderable

    async def toggle_reaction(self, who: str, message: str, emoji: str) -> None:
        """Add a person's reaction to a message, or remove it."""
        await self._report(self._platform.toggle_reaction(who, message, emoji, self._backend.now()))

    async def join_space(self, profile: Profile) -> None:
        """Add a new person to the space."""
        await self._report(self._platform.join_space(profile, self._backend.now()))

    # ------------------------------------------------------------------------------------------------

    async def _run_command(self, who: str, origin: Origin, command: TypedCommand) -> PendingForm | None:
        words = self._resolve_names(command.words)
        response = await self._handle(
            who, origin, root=command.root, words=words, names=self._channel_names(), via="slash"
        )
        return self._show(who, origin, response, asked=f"/{command.root} {command.words}".strip())

    async def _request(
        self, who: str, origin: Origin, command: str, args: dict[str, Any], community: int, **more: Any
    ) -> PendingForm | None:
        response = await self._handle(who, origin, command=command, args=args, community=community, **more)
        return self._show(who, origin, response)

    async def _handle(self, who: str, origin: Origin, **more: Any) -> Response:
        handle = direct_message_with(who) if origin.place == HOME else origin.place
        place = self._platform.places.get(handle)
        interaction = Interaction(
            self._platform.space,
            who,
            place=handle,
            thread=origin.root,
            direct=place is not None and place.kind == "direct",
            name=self._platform.name_of(who),
            **more,
        )
        response = await self._backend.gateway.handle(interaction)
        await self._backend.settle()
        return response

    def _show(self, who: str, origin: Origin, response: Response, asked: str = "") -> PendingForm | None:
        renderable, now = response.renderable, self._backend.now()
        if renderable is not None and response.to == "everyone" and origin.place != HOME:
            self._platform.post_as_bot(origin.place, renderable, now, origin.root)
        elif renderable is not None:
            self._platform.post_ephemeral(who, origin.place, renderable, now, origin.root, asked)
        if response.form is None:
            return None
        return PendingForm(response.form, origin, response.community)

    async def _report(self, events: Iterable[Event]) -> None:
        for event in events:
            await self._backend.gateway.receive(self._platform.space, event)
        await self._backend.settle()

    def _resolve_names(self, text: str) -> str:
        platform = self._platform
        people = {handle: profile.name for handle, profile in platform.people.items()}
        return resolve_names(text, people, self._channel_names())

    def _channel_names(self) -> dict[str, str]:
        return {
            place.handle: place.name for place in self._platform.places.values() if place.kind == "channel"
        }

    def _show_hint(self, who: str, origin: Origin, hint: Text, asked: str) -> None:
        card = RenderableCard(Card(parts=(hint,)))
        self._platform.post_ephemeral(who, origin.place, card, self._backend.now(), origin.root, asked)


def _field_from_message(name: str, message: Message) -> str:
    """The value for a command's field of that name, taken from a message; empty if the message has none."""
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
            return next(iter(find_urls(message.text)), "")
        case _:
            return ""
