"""Handles what people type, press, choose and submit: passes it to the gateway, and delivers the response.

Slack expects an acknowledgement within three seconds. A response that is ready sooner is sent with it or
right after it; for a slower one the request is acknowledged first, and the response goes to the response_url.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from adapters.markup import slack as markup
from adapters.slack.button_payload import FormMetadata, Origin, decode_button, decode_metadata
from adapters.slack.directory import Directory
from adapters.slack.forms import (
    FORM,
    errors_by_block,
    hidden_args,
    modal,
    submitted_args,
    zone_options,
)
from adapters.slack.responses import Responder, form_button_card
from facilitation.core.features.feature import ROOTS, Root
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Gateway, Interaction, RenderableCard, Response
from facilitation.core.values.cards import Card
from facilitation.core.values.events import SpaceRef
from facilitation.core.values.forms import Form, fields_of
from facilitation.core.values.speech import card, say

ACK_WITHIN = 2.0
"""Seconds for which the acknowledgement waits for the response."""
REQUESTS_REMEMBERED = 1_000
"""How many requests are remembered, to recognise one that Slack delivers twice."""

Json = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
log = structlog.get_logger(__name__)


class Interactions:
    """Handles the interactions of one workspace."""

    def __init__(
        self,
        space: SpaceRef,
        gateway: Gateway,
        registry: Registry,
        directory: Directory,
        responder: Responder,
    ) -> None:
        self._space = space
        self._gateway = gateway
        self._registry = registry
        self._directory = directory
        self._responder = responder
        self._seen: OrderedDict[str, None] = OrderedDict()

    # What Slack calls interactivity --------------------------------------------------------------

    async def slash_command(self, ack: Ack, body: Json) -> None:
        """Handle `/cop …` or `/coordinate …`."""
        text, place = str(body.get("text") or ""), str(body.get("channel_id") or "")
        direct = body.get("channel_name") == "directmessage" or place.startswith("D")
        origin = Origin(place, direct=direct, response_url=str(body.get("response_url") or ""))
        interaction = self._interaction(
            body["user_id"],
            origin,
            root="coordinate" if "coordinate" in body["command"] else "cop",
            words=markup.command_words(text),
            names=markup.channel_names(text),
            via="slash",
        )
        if self._is_new(body):
            await self._respond_to(interaction, origin, ack, body, in_place=True)
        else:
            await ack()

    async def block_action(self, ack: Ack, body: Json) -> None:
        """Handle a button or menu of a message, of the App Home, or of a card shown as a modal."""
        action = body["actions"][0]
        chosen = (action.get("selected_option") or {}).get("value")
        payload = decode_button(str(action.get("action_id" if chosen is not None else "value") or ""))
        if payload is None or not self._is_new(body):
            await ack()
            return
        origin = _origin_from(body)
        args = {**payload.args, payload.field: chosen} if chosen is not None else payload.args
        interaction = self._interaction(
            body["user"]["id"],
            origin,
            command=payload.command,
            args=args,
            community=payload.community,
            via="button",
        )
        await self._respond_to(interaction, origin, ack, body)

    async def message_shortcut(self, ack: Ack, body: Json) -> None:
        """Handle a message shortcut."""
        endpoint = self._registry.find(str(body["callback_id"]))
        if endpoint is None or not self._is_new(body):
            await ack()
            return
        origin = _origin_from(body)
        hidden = [field.name for field in fields_of(endpoint.command) if field.kind == "hidden"]
        values = {name: self._field_from_message(name, body) for name in hidden}
        args = {name: value for name, value in values.items() if value}
        interaction = self._interaction(
            body["user"]["id"], origin, command=endpoint.id, args=args, via="button"
        )
        await self._respond_to(interaction, origin, ack, body)

    async def view_submission(self, ack: Ack, body: Json) -> None:
        """Handle a submitted form."""
        view = body["view"]
        metadata = decode_metadata(str(view.get("private_metadata") or ""))
        if metadata is None or view.get("callback_id") != FORM or not self._is_new(body):
            await ack()
            return
        who = body["user"]["id"]
        args = {**metadata.kept, **submitted_args((view.get("state") or {}).get("values") or {})}
        interaction = self._interaction(
            who,
            metadata.origin,
            command=metadata.command,
            args=args,
            community=metadata.community,
            via="form",
            submitted=True,
        )
        response, is_late = await self._handle(interaction, ack)
        if is_late:
            await self._respond_late(who, metadata.origin, response)
        else:
            await self._respond_to_submission(who, metadata, response, ack)
        if metadata.origin.home:
            await self.publish_home(who)

    async def block_suggestion(self, ack: Ack, body: Json) -> None:
        """Handle a menu that asks for options while a person types: only time zones have such a menu."""
        await ack(**zone_options(str(body.get("value") or "")))

    # What Slack calls events ---------------------------------------------------------------------

    async def publish_home(self, who: str) -> None:
        """Publish a person's App Home."""
        interaction = self._interaction(who, Origin(direct=True), words="home", via="page")
        response = await self._gateway.handle(interaction)
        if response.renderable is not None:
            await self._responder.publish_home(who, response.renderable)

    async def direct_message(self, event: Json) -> None:
        """Handle a direct message: a command, with or without its slash; else respond with help."""
        place = event["channel"]
        await self._handle_text(event, Origin(place, str(event.get("thread_ts") or ""), direct=True))

    async def mention(self, event: Json) -> None:
        """Handle a mention of the bot in a channel; only the author sees the response."""
        root = str(event.get("thread_ts") or "")
        await self._handle_text(event, Origin(event["channel"], root))

    async def _handle_text(self, event: Json, origin: Origin) -> None:
        who = str(event.get("user") or "")
        is_ours = not event.get("bot_id") and who and await self._directory.person(who) is not None
        if not is_ours or not self._is_new({"trigger_id": f"{origin.place}:{event['ts']}"}):
            return
        raw = markup.without_mention(str(event.get("text") or ""), self._directory.bot_user)
        command = self._parse_command(markup.command_words(raw))
        if command is None:
            help_ = RenderableCard(_help_card(direct=origin.direct))
            await self._responder.send(who, origin, Response(help_))
            return
        root, words = command
        interaction = self._interaction(
            who, origin, root=root, words=words, names=markup.channel_names(raw), via="slash"
        )
        response = await self._gateway.handle(interaction)
        if response.form is not None:
            community = response.community
            response = Response(form_button_card(response.form, community), community=community)
        await self._responder.send(who, origin, response)

    # ---------------------------------------------------------------------------------------------

    async def _respond_to(
        self, interaction: Interaction, origin: Origin, ack: Ack, body: Json, *, in_place: bool = False
    ) -> None:
        """Handle a request, acknowledge it and respond; if that was late, no form can be opened."""
        response, is_late = await self._handle(interaction, ack)
        immediate = self._responder.as_acknowledgement(response) if in_place and not is_late else None
        if immediate is not None:
            await ack(**immediate)
            return
        if not is_late:
            await ack()
        view = body.get("view") or {}
        trigger = "" if is_late else str(body.get("trigger_id") or "")
        is_modal = view.get("type") == "modal"
        who, form, card_ = interaction.who, response.form, response.renderable
        if form is not None and trigger:
            metadata = FormMetadata(form.command, hidden_args(form), response.community, origin)
            await self._responder.open_form(who, form, metadata, trigger, push=is_modal)
        elif form is not None:
            await self._respond_late(who, origin, response)
        elif card_ is not None and is_modal:
            await self._responder.open_card(who, card_, origin, view=str(view["id"]))
        elif card_ is not None and view and trigger:
            await self._responder.open_card(who, card_, origin, trigger=trigger)
        else:
            await self._responder.send(who, origin, response)
        if origin.home and form is None:
            await self.publish_home(who)

    async def _handle(self, interaction: Interaction, ack: Ack) -> tuple[Response, bool]:
        """The response, and whether Slack was sent an acknowledgement before it was ready."""
        handling = asyncio.ensure_future(self._gateway.handle(interaction))
        done, _ = await asyncio.wait({handling}, timeout=ACK_WITHIN)
        if not done:
            await ack()
        return await handling, not done

    async def _respond_to_submission(
        self, who: str, metadata: FormMetadata, response: Response, ack: Ack
    ) -> None:
        form = response.form
        if form is not None:
            errors = errors_by_block(form) if form.errors and form.command == metadata.command else {}
            if errors:
                await ack(response_action="errors", errors=errors)
            else:
                community = response.community or metadata.community
                following = FormMetadata(form.command, hidden_args(form), community, metadata.origin)
                await ack(response_action="update", view=modal(form, following))
            return
        if metadata.origin.home and response.renderable is not None:
            view = self._responder.next_view(response.renderable, metadata.origin)
            if view is not None:
                await ack(response_action="update", view=view)
                return
        await ack()
        await self._responder.send(who, metadata.origin, response)

    async def _respond_late(self, who: str, origin: Origin, response: Response) -> None:
        """Respond after the trigger_id expired: with errors in words, and with a form behind a button."""
        form = response.form
        if form is not None and form.errors:
            response = Response(RenderableCard(_error_card(form)))
        elif form is not None:
            response = Response(form_button_card(form, response.community))
        await self._responder.send(who, origin, response)

    def _interaction(self, who: str, origin: Origin, **more: Any) -> Interaction:
        name = self._directory.names.get(who, "")
        where: dict[str, Any] = {"place": origin.place, "thread": origin.thread, "direct": origin.direct}
        return Interaction(self._space, who, name=name, **where, **more)

    def _is_new(self, body: Mapping[str, Any]) -> bool:
        """Whether a request comes for the first time: Slack delivers an unacknowledged one again."""
        known = str(body.get("trigger_id") or "")
        if not known:
            return True
        if known in self._seen:
            return False
        self._seen[known] = None
        if len(self._seen) > REQUESTS_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _parse_command(self, words: str) -> tuple[Root, str] | None:
        """The command that a text begins with, with or without its slash; None if it is no command."""
        first, _, rest = words.strip().partition(" ")
        first = first.casefold().removeprefix("/")
        for root in ROOTS:
            if first == root:
                return root, rest.strip()
        for root in ROOTS:
            known = self._gateway.complete(root, first) if first else []
            if any(command.split()[0] == first for command, _ in known):
                return root, words.strip().removeprefix("/")
        return None

    def _field_from_message(self, name: str, body: Json) -> Any:
        """The value that a message has for a command's field of that name; empty if it has none."""
        message = body["message"]
        raw = str(message.get("text") or "")
        match name:
            case "message":
                return message["ts"]
            case "place":
                return body["channel"]["id"]
            case "thread":
                return message.get("thread_ts") or ""
            case "author" | "who":
                return message.get("user") or ""
            case "text":
                return markup.with_addresses(raw, self._directory.names)
            case "link" | "url":
                return next(iter(markup.links(raw)), "")
            case "titles":
                return _titles(message)
            case _:
                return ""


def _origin_from(body: Json) -> Origin:
    """Where a button was pressed or an option chosen."""
    view, container = body.get("view") or {}, body.get("container") or {}
    if view:
        metadata = decode_metadata(str(view.get("private_metadata") or ""))
        if metadata is not None:
            return metadata.origin
        return Origin(direct=True, home=view.get("type") == "home")
    message = body.get("message") or {}
    place = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    root = str(message.get("thread_ts") or container.get("thread_ts") or "")
    is_root = root == str(message.get("ts") or container.get("message_ts") or "")
    return Origin(
        place,
        "" if is_root else root,
        direct=place.startswith("D"),
        response_url=str(body.get("response_url") or ""),
    )


def _titles(message: Json) -> dict[str, str]:
    """The titles that Slack unfurled under a message, by address."""
    found: dict[str, str] = {}
    for attachment in message.get("attachments") or ():
        title = attachment.get("title")
        for name in ("original_url", "from_url", "title_link"):
            if title and attachment.get(name):
                found.setdefault(str(attachment[name]), markup.clean(markup.unescaped(str(title))))
    return found


def _help_card(*, direct: bool) -> Card:
    """The response to a text that is no command."""
    if direct:
        words = say("I understand commands. Write **help** to see them, or **find** and what you look for.")
    else:
        words = say("I understand commands: type `/cop help` to see them, here or wherever you are.")
    return card("", words)


def _error_card(form: Form) -> Card:
    labels = {field.name: field.label for field in form.fields}
    lines = "\n".join(f"{labels.get(name, '')}: {words}".strip(": ") for name, words in form.errors.items())
    return card("", say("That could not be saved:\n{lines}", lines=lines), tone="careful")
