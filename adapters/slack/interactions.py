"""People's side of Slack: what they type, press, choose and fill in reaches the house, and is answered.

Slack wants an acknowledgement within three seconds. Whatever the house answers sooner goes with it or right
after it; what takes longer is acknowledged first and answered through the response_url.
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

PATIENCE = 2.0
"""Seconds for which an acknowledgement waits for the house."""
REMEMBERED = 1_000
"""So many requests are known again when Slack sends them twice."""

Json = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
log = structlog.get_logger(__name__)


class Interactions:
    """Carries what people ask in one workspace to the house, and its answers back."""

    def __init__(
        self, space: SpaceRef, gateway: Gateway, registry: Registry, directory: Directory, answers: Responder
    ) -> None:
        self._space = space
        self._gateway = gateway
        self._registry = registry
        self._directory = directory
        self._answers = answers
        self._seen: OrderedDict[str, None] = OrderedDict()

    # What Slack calls interactivity --------------------------------------------------------------

    async def command(self, ack: Ack, body: Json) -> None:
        """`/cop …` or `/coordinate …`."""
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
            await self._ask(interaction, origin, ack, body, in_place=True)
        else:
            await ack()

    async def pressed(self, ack: Ack, body: Json) -> None:
        """A button or a menu: of a message, of the App Home, or of a card shown as a modal."""
        endpoint = body["actions"][0]
        chosen = (endpoint.get("selected_option") or {}).get("value")
        asking = decode_button(str(endpoint.get("action_id" if chosen is not None else "value") or ""))
        if asking is None or not self._is_new(body):
            await ack()
            return
        origin = _origin_of(body)
        args = {**asking.args, asking.field: chosen} if chosen is not None else asking.args
        interaction = self._interaction(
            body["user"]["id"],
            origin,
            command=asking.command,
            args=args,
            community=asking.community,
            via="button",
        )
        await self._ask(interaction, origin, ack, body)

    async def acted(self, ack: Ack, body: Json) -> None:
        """An entry of the menu on a message."""
        endpoint = self._registry.endpoints.get(str(body["callback_id"]))
        if endpoint is None or not self._is_new(body):
            await ack()
            return
        origin = _origin_of(body)
        hidden = [field.name for field in fields_of(endpoint.command) if field.kind == "hidden"]
        carried = {name: self._carried(name, body) for name in hidden}
        args = {name: value for name, value in carried.items() if value}
        interaction = self._interaction(
            body["user"]["id"], origin, command=endpoint.id, args=args, via="button"
        )
        await self._ask(interaction, origin, ack, body)

    async def submitted(self, ack: Ack, body: Json) -> None:
        """A form that was filled in."""
        view = body["view"]
        asked = decode_metadata(str(view.get("private_metadata") or ""))
        if asked is None or view.get("callback_id") != FORM or not self._is_new(body):
            await ack()
            return
        who = body["user"]["id"]
        args = {**asked.kept, **submitted_args((view.get("state") or {}).get("values") or {})}
        interaction = self._interaction(
            who,
            asked.origin,
            command=asked.command,
            args=args,
            community=asked.community,
            via="form",
            submitted=True,
        )
        answer, is_late = await self._handled(interaction, ack)
        if is_late:
            await self._say_late(who, asked.origin, answer)
        else:
            await self._after_form(who, asked, answer, ack)
        if asked.origin.home:
            await self.home(who)

    async def suggested(self, ack: Ack, body: Json) -> None:
        """What a menu offers while somebody types into it: time zones, the only one there is."""
        await ack(**zone_options(str(body.get("value") or "")))

    # What Slack calls events ---------------------------------------------------------------------

    async def home(self, who: str) -> None:
        """Put up somebody's App Home as it is now."""
        interaction = self._interaction(who, Origin(direct=True), words="home", via="page")
        answer = await self._gateway.handle(interaction)
        if answer.renderable is not None:
            await self._answers.publish(who, answer.renderable)

    async def told(self, event: Json) -> None:
        """A direct message: a command without its slash is understood, the rest is answered with help."""
        place = event["channel"]
        await self._heard(event, Origin(place, str(event.get("thread_ts") or ""), direct=True))

    async def mentioned(self, event: Json) -> None:
        """The bot was mentioned in a channel: a short answer, which only they see."""
        root = str(event.get("thread_ts") or "")
        await self._heard(event, Origin(event["channel"], root))

    async def _heard(self, event: Json, origin: Origin) -> None:
        who = str(event.get("user") or "")
        is_ours = not event.get("bot_id") and who and await self._directory.person(who) is not None
        if not is_ours or not self._is_new({"trigger_id": f"{origin.place}:{event['ts']}"}):
            return
        raw = markup.without_mention(str(event.get("text") or ""), self._directory.bot_user)
        command = self._command_in(markup.command_words(raw))
        if command is None:
            await self._answers.say(who, origin, Response(RenderableCard(_help(direct=origin.direct))))
            return
        root, words = command
        interaction = self._interaction(
            who, origin, root=root, words=words, names=markup.channel_names(raw), via="slash"
        )
        answer = await self._gateway.handle(interaction)
        if answer.form is not None:
            answer = Response(form_button_card(answer.form, answer.community), community=answer.community)
        await self._answers.say(who, origin, answer)

    # ---------------------------------------------------------------------------------------------

    async def _ask(
        self, interaction: Interaction, origin: Origin, ack: Ack, body: Json, *, in_place: bool = False
    ) -> None:
        """Knock, acknowledge, answer; a trigger for forms is fresh only as long as nothing was late."""
        answer, is_late = await self._handled(interaction, ack)
        at_once = self._answers.at_once(answer) if in_place and not is_late else None
        if at_once is not None:
            await ack(**at_once)
            return
        if not is_late:
            await ack()
        view = body.get("view") or {}
        trigger = "" if is_late else str(body.get("trigger_id") or "")
        if answer.form is not None and trigger:
            asked = FormMetadata(answer.form.command, hidden_args(answer.form), answer.community, origin)
            is_on_top = view.get("type") == "modal"
            await self._answers.open(interaction.who, answer.form, asked, trigger, push=is_on_top)
        elif answer.form is not None:
            await self._say_late(interaction.who, origin, answer)
        elif answer.renderable is not None and view.get("type") == "modal":
            await self._answers.show(interaction.who, answer.renderable, origin, view=str(view["id"]))
        elif answer.renderable is not None and view and trigger:
            await self._answers.show(interaction.who, answer.renderable, origin, trigger=trigger)
        else:
            await self._answers.say(interaction.who, origin, answer)
        if origin.home and answer.form is None:
            await self.home(interaction.who)

    async def _handled(self, interaction: Interaction, ack: Ack) -> tuple[Response, bool]:
        """The house's answer, and whether it came so late that Slack has been told to wait."""
        handling = asyncio.ensure_future(self._gateway.handle(interaction))
        done, _ = await asyncio.wait({handling}, timeout=PATIENCE)
        if not done:
            await ack()
        return await handling, not done

    async def _after_form(self, who: str, asked: FormMetadata, answer: Response, ack: Ack) -> None:
        form = answer.form
        if form is not None:
            beside = errors_by_block(form) if form.errors and form.command == asked.command else {}
            if beside:
                await ack(response_action="errors", errors=beside)
            else:
                community = answer.community or asked.community
                following = FormMetadata(form.command, hidden_args(form), community, asked.origin)
                await ack(response_action="update", view=modal(form, following))
            return
        if asked.origin.home and answer.renderable is not None:
            view = self._answers.shown_next(answer.renderable, asked.origin)
            if view is not None:
                await ack(response_action="update", view=view)
                return
        await ack()
        await self._answers.say(who, asked.origin, answer)

    async def _say_late(self, who: str, origin: Origin, answer: Response) -> None:
        """An answer after the time for forms: what is wrong in words, a form behind a button."""
        form = answer.form
        if form is not None and form.errors:
            answer = Response(RenderableCard(_faults(form)))
        elif form is not None:
            answer = Response(form_button_card(form, answer.community))
        await self._answers.say(who, origin, answer)

    def _interaction(self, who: str, origin: Origin, **more: Any) -> Interaction:
        name = self._directory.names.get(who, "")
        where: dict[str, Any] = {"place": origin.place, "thread": origin.thread, "direct": origin.direct}
        return Interaction(self._space, who, name=name, **where, **more)

    def _is_new(self, body: Mapping[str, Any]) -> bool:
        """Whether a request comes for the first time: an envelope that was not acknowledged comes again."""
        known = str(body.get("trigger_id") or "")
        if not known:
            return True
        if known in self._seen:
            return False
        self._seen[known] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _command_in(self, words: str) -> tuple[Root, str] | None:
        """The command that words begin with, with or without its slash; None for talk."""
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

    def _carried(self, name: str, body: Json) -> Any:
        """What a message has under a name that an ask's field may have."""
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


def _origin_of(body: Json) -> Origin:
    """Where somebody pressed or chose."""
    view, container = body.get("view") or {}, body.get("container") or {}
    if view:
        asked = decode_metadata(str(view.get("private_metadata") or ""))
        return asked.origin if asked is not None else Origin(direct=True, home=view.get("type") == "home")
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
    """What Slack unfurled under a message: titles by address."""
    found: dict[str, str] = {}
    for attachment in message.get("attachments") or ():
        title = attachment.get("title")
        for name in ("original_url", "from_url", "title_link"):
            if title and attachment.get(name):
                found.setdefault(str(attachment[name]), markup.clean(markup.unescaped(str(title))))
    return found


def _help(*, direct: bool) -> Card:
    """What the bot says to words that are no command."""
    if direct:
        words = say("I understand commands. Write **help** to see them, or **find** and what you look for.")
    else:
        words = say("I understand commands: type `/cop help` to see them, here or wherever you are.")
    return card("", words)


def _faults(form: Form) -> Card:
    labels = {field.name: field.label for field in form.fields}
    lines = "\n".join(f"{labels.get(name, '')}: {words}".strip(": ") for name, words in form.errors.items())
    return card("", say("That could not be saved:\n{lines}", lines=lines), tone="careful")
