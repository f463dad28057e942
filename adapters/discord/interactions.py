"""Handles what people type, press, choose and submit, and delivers the responses in time.

Discord waits three seconds for the first response, and only that can be a form. So a request that may open a
form is never deferred: if the form is not ready in two seconds, the response is a button that repeats the
request. All other requests are deferred unless their response is ready at once.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import aiohttp
import discord
import structlog
from discord import ui

from adapters.discord import command_tree, forms
from adapters.discord.custom_ids import ButtonPayload, TokenCache, decode
from adapters.discord.forms import DraftStore, FormDraft
from adapters.discord.permalinks import permalinks_of
from adapters.discord.render import Page, message_pages
from adapters.discord.responses import Responder
from adapters.discord.roster import space_of
from adapters.discord.unfurls import link_titles
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Gateway, Interaction, RenderableCard, Response
from facilitation.core.values.cards import Button, Buttons, Card, Field, Fields, Text
from facilitation.core.values.commands import Via
from facilitation.core.values.forms import Form, fields_of, missing_fields
from facilitation.core.values.speech import say

FORM_WITHIN = 2.0
"""Seconds in which a form must be ready; Discord's own limit is three."""
DEFER_AFTER = 0.03
"""Seconds after which a response that is no form is deferred."""

log = structlog.get_logger(__name__)


class Interactions:
    """Handles the interactions of all servers."""

    def __init__(
        self,
        gateway: Gateway,
        registry: Registry,
        payloads: TokenCache[ButtonPayload],
        threads: TokenCache[str],
    ) -> None:
        self._gateway = gateway
        self._registry = registry
        self._payloads = payloads
        self._threads = threads
        self._drafts = DraftStore()
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def close(self) -> None:
        """Accept no more interactions, and finish those under way; a send is never cancelled."""
        self._is_closed = True
        await self.drain()

    async def drain(self) -> None:
        """Wait until all interactions under way are finished."""
        while self._running:
            await asyncio.wait(self._running)

    async def dispatch(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a slash command, a message command, an autocompletion or a submitted modal."""
        data: Any = interaction.data or {}
        match interaction.type:
            case discord.InteractionType.application_command:
                work = (
                    self._message_action(interaction, data)
                    if data.get("type") == 3
                    else self._slash_command(interaction, data)
                )
            case discord.InteractionType.autocomplete:
                work = self._autocomplete(interaction, data)
            case discord.InteractionType.modal_submit:
                work = self._modal_submit(interaction, data)
            case _:
                return  # components arrive as `CardComponent` and `FormStepButton`
        await self._run(interaction, work)

    async def component_pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """Handle a press on a button, or the choice of a menu's option."""
        await self._run(interaction, self._component(interaction, custom_id))

    async def form_step_pressed(
        self, interaction: discord.Interaction[Any], token: str, step: int, restart: str
    ) -> None:
        """Handle the button that opens a step of a form."""
        await self._run(interaction, self._open_step(interaction, token, step, restart))

    # What people do ----------------------------------------------------------------------------------

    async def _slash_command(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        typed = command_tree.parse_command(self._registry, data)
        if typed is None:
            words = say("That command is from another version of me. `/cop help` shows what I can do today.")
            await Responder(interaction).send(self._pages(words))
            return
        await self._request(interaction, ButtonPayload(typed.command, typed.args), "slash")

    async def _message_action(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        endpoint = next((one for one in self._registry.message_actions() if one.label == data["name"]), None)
        message: Mapping[str, Any] = data["resolved"]["messages"][data["target_id"]]
        if endpoint is None:
            words = say("That entry is from another version of me. `/cop help` shows what I can do today.")
            await Responder(interaction).send(self._pages(words))
            return
        values = _fields_of(interaction, message)
        names = {field.name for field in fields_of(endpoint.command)}
        args = {name: value for name, value in values.items() if name in names and value}
        await self._request(interaction, ButtonPayload(endpoint.id, args), "button")

    async def _autocomplete(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        found = [discord.app_commands.Choice(name=one, value=one) for one in command_tree.autocomplete(data)]
        await interaction.response.autocomplete(found)

    async def _component(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        payload = decode(custom_id, self._payloads)
        if payload is None:
            words = say("I no longer know what that button was for: it is too long ago. Please ask again.")
            await Responder(interaction).send(self._pages(words))
            return
        args = dict(payload.args)
        if payload.field:
            data: Any = interaction.data or {}
            args[payload.field] = next(iter(data.get("values") or ()), "")
        await self._request(
            interaction, ButtonPayload(payload.command, args, payload.community, payload.guild), "button"
        )

    async def _modal_submit(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        custom_id, values = str(data["custom_id"]), forms.values_in(data["components"])
        if custom_id.startswith("fill|"):
            payload = decode(custom_id.removeprefix("fill|"), self._payloads)
            assert payload is not None, "only what is kept in memory can be lost"
            request = ButtonPayload(
                payload.command, payload.args | forms.without_empty(values), payload.community, payload.guild
            )
            await self._request(interaction, request, "form")
            return
        found = forms.STEP.fullmatch(custom_id)
        if found is None:
            return
        token, step = found["token"], int(found["step"])
        draft = self._drafts.get(token)
        if draft is None:
            await self._report_lost_draft(interaction, found["restart"])
            return
        draft = draft.with_values(values)
        self._drafts.put(draft, token)
        following = draft.next_step(step)
        if following is not None:
            words = say("So far, so good: part {n} of {all} is kept.", n=step + 1, all=len(draft.steps))
            await Responder(interaction).send(self._step_pages(words, "Go on", token, following, draft))
            return
        await self._request(
            interaction, ButtonPayload(draft.form.command, draft.args(), draft.community, draft.guild), "form"
        )

    async def _open_step(
        self, interaction: discord.Interaction[Any], token: str, step: int, restart: str
    ) -> None:
        draft = self._drafts.get(token)
        if draft is None:
            await self._report_lost_draft(interaction, restart)
        else:
            await Responder(interaction).open_modal(
                forms.modal(draft, step, forms.step_id("step", token, step, draft))
            )

    # Requests and responses ---------------------------------------------------------------------------

    async def _request(self, interaction: discord.Interaction[Any], payload: ButtonPayload, via: Via) -> None:
        guilds = [payload.guild] if payload.guild else _guilds_of(interaction)
        if len(guilds) != 1:
            await Responder(interaction).send(self._guild_choice(interaction, guilds, payload))
            return
        place, thread = _location(interaction)
        is_direct = interaction.guild_id is None
        incoming = Interaction(
            space_of(guilds[0]),
            str(interaction.user.id),
            command=payload.command,
            args=payload.args,
            place="" if is_direct else place,
            thread="" if is_direct else thread,
            direct=is_direct,
            via=via,
            submitted=via == "form",
            community=payload.community,
            name=interaction.user.display_name,
            names=_channel_names(interaction) if via == "slash" else {},
        )
        responder = Responder(interaction)
        handling = self._start(self._gateway.handle(incoming))
        may_open = not incoming.submitted and self._may_open_form(payload)
        done, _ = await asyncio.wait({handling}, timeout=FORM_WITHIN if may_open else DEFER_AFTER)
        if not done and may_open:
            words = say("Sorry, this takes me longer than usual.")
            await responder.send(
                self._pages(words, Button("Open the form", payload.command, payload.args), payload)
            )
            return
        if not done:
            await responder.defer()
        await self._respond(
            responder,
            await handling,
            ButtonPayload(payload.command, {}, payload.community, guilds[0] if is_direct else ""),
        )

    def _may_open_form(self, payload: ButtonPayload) -> bool:
        endpoint = self._registry.find(payload.command)
        if endpoint is None:
            return False
        return endpoint.command in self._registry.forms or bool(
            missing_fields(endpoint.command, payload.args)
        )

    async def _respond(self, responder: Responder, response: Response, request: ButtonPayload) -> None:
        if response.form is not None:
            form = forms.without_missing_channels(response.form, responder.guild)
            await self._show_form(
                responder, FormDraft(form, response.community or request.community, request.guild)
            )
        elif response.renderable is not None:
            guild = request.guild or (str(responder.guild.id) if responder.guild else "")
            renderable = response.renderable.linked(permalinks_of(guild, self._threads))
            shown = message_pages(renderable, self._payloads, request.guild)
            await responder.send(shown, to_everyone=response.to == "everyone")
        else:
            await responder.send([])

    async def _show_form(self, responder: Responder, draft: FormDraft) -> None:
        if draft.guild and forms.has_pickers(draft.form):
            words = say("Please ask me that in the server: from here I cannot show its people and channels.")
            await responder.send(self._pages(words))
        elif draft.form.errors:
            await responder.send(self._error_pages(draft))
        elif responder.is_first:
            await responder.open_modal(forms.modal(draft, 0, self._drafts.modal_id(draft)))
        else:
            words = say("There is something to fill in.")
            await responder.send(self._step_pages(words, "Open the form", self._drafts.put(draft), 0, draft))

    async def _report_lost_draft(self, interaction: discord.Interaction[Any], restart: str) -> None:
        payload = decode(restart, self._payloads) or ButtonPayload(restart)
        words = say(
            "I am sorry: I no longer have what you filled in, because I was restarted meanwhile. "
            "Nothing was changed."
        )
        await Responder(interaction).send(
            self._pages(words, Button("Open the form", payload.command), payload)
        )

    # Cards of the adapter itself ----------------------------------------------------------------------

    def _pages(
        self, words: Text, button: Button | None = None, request: ButtonPayload | None = None
    ) -> list[Page]:
        parts = (words, Buttons((button,))) if button is not None else (words,)
        request = request or ButtonPayload("")
        return message_pages(
            RenderableCard(Card(parts=parts), community=request.community), self._payloads, request.guild
        )

    def _step_pages(self, words: Text, label: str, token: str, step: int, draft: FormDraft) -> list[Page]:
        button: ui.Button[Any] = ui.Button(
            label=label,
            style=discord.ButtonStyle.primary,
            custom_id=forms.step_id("draft", token, step, draft),
        )
        return [page.with_button(button) for page in self._pages(words)]

    def _error_pages(self, draft: FormDraft) -> list[Page]:
        form: Form = draft.form
        labels = {one.name: one.label for one in form.fields}
        rows = tuple(Field(labels.get(n, "About it all"), say("{w}", w=w)) for n, w in form.errors.items())
        card = Card("", (say("Almost there. This needs another look:"), Fields(rows)), "careful")
        button: ui.Button[Any] = ui.Button(
            label="Correct it",
            style=discord.ButtonStyle.primary,
            custom_id=forms.step_id("draft", self._drafts.put(draft), draft.first_step(), draft),
        )
        *before, last = message_pages(RenderableCard(card), self._payloads)
        return [*before, last.with_button(button)]

    def _guild_choice(
        self, interaction: discord.Interaction[Any], guilds: list[str], payload: ButtonPayload
    ) -> list[Page]:
        if not guilds:
            words = say("We are in no server together, so there is nothing I could answer for.")
            return self._pages(words)
        choices = [
            page
            for guild in guilds[:5]
            for page in self._pages(
                say("In {name}", name=_guild_name(interaction, guild)),
                Button("Here", payload.command, payload.args),
                ButtonPayload(payload.command, community=payload.community, guild=guild),
            )
        ]
        return [
            *self._pages(say("We are in more than one server together. Which one do you mean?")),
            *choices,
        ]

    # ------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[Any, Any, Response]) -> asyncio.Task[Response]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._log_failure)
        return task

    def _log_failure(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("request failed", error=type(error).__name__)

    async def _run(self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
        """Run the handling of one interaction; errors of its delivery are logged."""
        if self._is_closed:
            work.close()
            return
        task = asyncio.ensure_future(work)
        self._running.add(task)
        try:
            await task
        except discord.NotFound:
            log.info("a response came too late", kind=interaction.type.name)
        except discord.HTTPException as error:
            log.warning("a response was refused", kind=interaction.type.name, code=error.code, why=error.text)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("a response was not taken", kind=interaction.type.name, error=type(error).__name__)
        finally:
            self._running.discard(task)


# ------------------------------------------------------------------------------------------------


def _location(interaction: discord.Interaction[Any]) -> tuple[str, str]:
    """The channel, and the thread in it, of an interaction."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return str(channel.parent_id), str(channel.id)
    return (str(channel.id) if channel is not None else ""), ""


def _channel_names(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """The names of the server's channels by id: Discord writes `<#id>` for a `#word` that is one of them."""
    guild = interaction.guild
    return {str(channel.id): channel.name for channel in guild.channels} if guild is not None else {}


def _guilds_of(interaction: discord.Interaction[Any]) -> list[str]:
    if interaction.guild_id is not None:
        return [str(interaction.guild_id)]
    return [str(guild.id) for guild in interaction.client.guilds if guild.get_member(interaction.user.id)]


def _guild_name(interaction: discord.Interaction[Any], guild: str) -> str:
    found = interaction.client.get_guild(int(guild))
    return found.name if found is not None else guild


def _fields_of(interaction: discord.Interaction[Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a message has for a command's fields, by name.

    The place of a person's message is its channel; that of a message of the bot is where it was posted, which
    may be a thread.
    """
    place, thread = _location(interaction)
    author = message.get("author", {})
    is_ours = interaction.client.user is not None and author.get("id") == str(interaction.client.user.id)
    text = str(message.get("content") or "")
    links = link_titles(message.get("embeds") or ())
    return {
        "place": thread if is_ours and thread else place,
        "thread": thread,
        "message": str(message["id"]),
        "author": author.get("id", ""),
        "who": author.get("id", ""),
        "text": text,
        "titles": links,
    }
