"""What people type, press, choose and fill in reaches the house, and its answer comes back in time.

Discord waits three seconds for the first answer, and takes a form only as that one. So whatever may open a
form is never deferred: if it is not ready in two seconds, a button that asks the same again is the answer.
All else is deferred as soon as it is not there at once. What is said to one person is seen by that one.
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
from adapters.discord.reply import Reply
from adapters.discord.roster import space_of
from adapters.discord.unfurls import link_titles
from facilitation.core.features.registry import Registry
from facilitation.core.platforms.surface import Gateway, Interaction, RenderableCard, Response
from facilitation.core.values.cards import Button, Buttons, Card, Field, Fields, Text
from facilitation.core.values.commands import Via
from facilitation.core.values.forms import Form, fields_of, missing_fields
from facilitation.core.values.speech import say

FORM_PATIENCE = 2.0
"""Seconds in which a form has to be ready; Discord's own limit is three."""
DEFER_AFTER = 0.03
"""Seconds after which an answer that is no form is promised instead."""

log = structlog.get_logger(__name__)


class Interactions:
    """Carries what people do with the bot to the house, and its answers back."""

    def __init__(
        self, gateway: Gateway, registry: Registry, kept: TokenCache[ButtonPayload], threads: TokenCache[str]
    ) -> None:
        self._gateway = gateway
        self._registry = registry
        self._kept = kept
        self._threads = threads
        self._drafts = DraftStore()
        self._running: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def close(self) -> None:
        """Take nothing more, and finish what was begun; nothing that is sent is ever cancelled."""
        self._is_closed = True
        await self.rest()

    async def rest(self) -> None:
        """Wait until what was begun is done."""
        while self._running:
            await asyncio.wait(self._running)

    async def came(self, interaction: discord.Interaction[Any]) -> None:
        """A command, an entry of a message's menu, a beginning of an option, or a form that was sent."""
        data: Any = interaction.data or {}
        match interaction.type:
            case discord.InteractionType.application_command:
                work = (
                    self._menu(interaction, data) if data.get("type") == 3 else self._typed(interaction, data)
                )
            case discord.InteractionType.autocomplete:
                work = self._offer(interaction, data)
            case discord.InteractionType.modal_submit:
                work = self._sent(interaction, data)
            case _:
                return  # buttons and menus come as `Asked` and `Stepped`
        await self._guarded(interaction, work)

    async def pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """A button, or a menu in which something was chosen."""
        await self._guarded(interaction, self._pressed(interaction, custom_id))

    async def stepped(self, interaction: discord.Interaction[Any], token: str, step: int, anew: str) -> None:
        """The button that opens a step of a form."""
        await self._guarded(interaction, self._step(interaction, token, step, anew))

    # What people do ----------------------------------------------------------------------------------

    async def _typed(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        typed = command_tree.parse_command(self._registry, data)
        if typed is None:
            words = say("That command is from another version of me. `/cop help` shows what I can do today.")
            await Reply(interaction).show(self._pages(words))
            return
        await self._ask(interaction, ButtonPayload(typed.command, typed.args), "slash")

    async def _menu(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        endpoint = next((one for one in self._registry.message_actions() if one.label == data["name"]), None)
        message: Mapping[str, Any] = data["resolved"]["messages"][data["target_id"]]
        if endpoint is None:
            words = say("That entry is from another version of me. `/cop help` shows what I can do today.")
            await Reply(interaction).show(self._pages(words))
            return
        carried = _carried(interaction, message)
        names = {field.name for field in fields_of(endpoint.command)}
        args = {name: value for name, value in carried.items() if name in names and value}
        await self._ask(interaction, ButtonPayload(endpoint.id, args), "button")

    async def _offer(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        found = [discord.app_commands.Choice(name=one, value=one) for one in command_tree.autocomplete(data)]
        await interaction.response.autocomplete(found)

    async def _pressed(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        press = decode(custom_id, self._kept)
        if press is None:
            words = say("I no longer know what that button was for: it is too long ago. Please ask again.")
            await Reply(interaction).show(self._pages(words))
            return
        args = dict(press.args)
        if press.field:
            data: Any = interaction.data or {}
            args[press.field] = next(iter(data.get("values") or ()), "")
        await self._ask(
            interaction, ButtonPayload(press.command, args, press.community, press.guild), "button"
        )

    async def _sent(self, interaction: discord.Interaction[Any], data: Mapping[str, Any]) -> None:
        custom_id, values = str(data["custom_id"]), forms.values_in(data["components"])
        if custom_id.startswith("fill|"):
            press = decode(custom_id.removeprefix("fill|"), self._kept)
            assert press is not None, "only what is kept in memory can be lost"
            asked = ButtonPayload(
                press.command, press.args | forms.without_empty(values), press.community, press.guild
            )
            await self._ask(interaction, asked, "form")
            return
        found = forms.STEP.fullmatch(custom_id)
        if found is None:
            return
        token, step = found["token"], int(found["step"])
        draft = self._drafts.get(token)
        if draft is None:
            await self._lost(interaction, found["anew"])
            return
        draft = draft.filled(values)
        self._drafts.keep(draft, token)
        following = draft.next_step(step)
        if following is not None:
            words = say("So far, so good: part {n} of {all} is kept.", n=step + 1, all=len(draft.steps))
            await Reply(interaction).show(self._stepping(words, "Go on", token, following, draft))
            return
        await self._ask(
            interaction, ButtonPayload(draft.form.command, draft.args(), draft.community, draft.guild), "form"
        )

    async def _step(self, interaction: discord.Interaction[Any], token: str, step: int, anew: str) -> None:
        draft = self._drafts.get(token)
        if draft is None:
            await self._lost(interaction, anew)
        else:
            await Reply(interaction).open(forms.modal(draft, step, forms.step_id("step", token, step, draft)))

    # Asking, and what comes back ---------------------------------------------------------------------

    async def _ask(self, interaction: discord.Interaction[Any], press: ButtonPayload, via: Via) -> None:
        guilds = [press.guild] if press.guild else _guilds_of(interaction)
        if len(guilds) != 1:
            await Reply(interaction).show(self._which_guild(interaction, guilds, press))
            return
        place, thread = _where(interaction)
        is_direct = interaction.guild_id is None
        incoming = Interaction(
            space_of(guilds[0]),
            str(interaction.user.id),
            command=press.command,
            args=press.args,
            place="" if is_direct else place,
            thread="" if is_direct else thread,
            direct=is_direct,
            via=via,
            submitted=via == "form",
            community=press.community,
            name=interaction.user.display_name,
        )
        reply = Reply(interaction)
        handling = self._begin(self._gateway.handle(incoming))
        may_open = not incoming.submitted and self._may_open(press)
        done, _ = await asyncio.wait({handling}, timeout=FORM_PATIENCE if may_open else DEFER_AFTER)
        if not done and may_open:
            words = say("Sorry, this takes me longer than usual.")
            await reply.show(self._pages(words, Button("Open the form", press.command, press.args), press))
            return
        if not done:
            await reply.promise()
        await self._show(
            reply,
            await handling,
            ButtonPayload(press.command, {}, press.community, guilds[0] if is_direct else ""),
        )

    def _may_open(self, press: ButtonPayload) -> bool:
        endpoint = self._registry.endpoints.get(press.command)
        if endpoint is None:
            return False
        return endpoint.command in self._registry.forms or bool(missing_fields(endpoint.command, press.args))

    async def _show(self, reply: Reply, answer: Response, asked: ButtonPayload) -> None:
        if answer.form is not None:
            form = forms.without_missing_channels(answer.form, reply.guild)
            await self._show_form(reply, FormDraft(form, answer.community or asked.community, asked.guild))
        elif answer.renderable is not None:
            guild = asked.guild or (str(reply.guild.id) if reply.guild else "")
            renderable = answer.renderable.linked(permalinks_of(guild, self._threads))
            shown = message_pages(renderable, self._kept, asked.guild)
            await reply.show(shown, to_everyone=answer.to == "everyone")
        else:
            await reply.show([])

    async def _show_form(self, reply: Reply, draft: FormDraft) -> None:
        if draft.guild and forms.has_pickers(draft.form):
            words = say("Please ask me that in the server: from here I cannot show its people and channels.")
            await reply.show(self._pages(words))
        elif draft.form.errors:
            await reply.show(self._mistakes(draft))
        elif reply.is_first:
            await reply.open(forms.modal(draft, 0, self._drafts.modal_id(draft)))
        else:
            words = say("There is something to fill in.")
            await reply.show(self._stepping(words, "Open the form", self._drafts.keep(draft), 0, draft))

    async def _lost(self, interaction: discord.Interaction[Any], anew: str) -> None:
        press = decode(anew, self._kept) or ButtonPayload(anew)
        words = say(
            "I am sorry: I no longer have what you filled in, because I was restarted meanwhile. "
            "Nothing was changed."
        )
        await Reply(interaction).show(self._pages(words, Button("Open the form", press.command), press))

    # What is said here and nowhere else --------------------------------------------------------------

    def _pages(
        self, words: Text, button: Button | None = None, asked: ButtonPayload | None = None
    ) -> list[Page]:
        parts = (words, Buttons((button,))) if button is not None else (words,)
        asked = asked or ButtonPayload("")
        return message_pages(
            RenderableCard(Card(parts=parts), community=asked.community), self._kept, asked.guild
        )

    def _stepping(self, words: Text, label: str, token: str, step: int, draft: FormDraft) -> list[Page]:
        button: ui.Button[Any] = ui.Button(
            label=label,
            style=discord.ButtonStyle.primary,
            custom_id=forms.step_id("draft", token, step, draft),
        )
        return [page.with_button(button) for page in self._pages(words)]

    def _mistakes(self, draft: FormDraft) -> list[Page]:
        form: Form = draft.form
        labels = {one.name: one.label for one in form.fields}
        rows = tuple(Field(labels.get(n, "About it all"), say("{w}", w=w)) for n, w in form.errors.items())
        card = Card("", (say("Almost there. This needs another look:"), Fields(rows)), "careful")
        button: ui.Button[Any] = ui.Button(
            label="Correct it",
            style=discord.ButtonStyle.primary,
            custom_id=forms.step_id("draft", self._drafts.keep(draft), draft.first_step(), draft),
        )
        *before, last = message_pages(RenderableCard(card), self._kept)
        return [*before, last.with_button(button)]

    def _which_guild(
        self, interaction: discord.Interaction[Any], guilds: list[str], press: ButtonPayload
    ) -> list[Page]:
        if not guilds:
            words = say("We are in no server together, so there is nothing I could answer for.")
            return self._pages(words)
        renderable = [
            page
            for guild in guilds[:5]
            for page in self._pages(
                say("In {name}", name=_name_of(interaction, guild)),
                Button("Here", press.command, press.args),
                ButtonPayload(press.command, community=press.community, guild=guild),
            )
        ]
        return [
            *self._pages(say("We are in more than one server together. Which one do you mean?")),
            *renderable,
        ]

    # ------------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[Any, Any, Response]) -> asyncio.Task[Response]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("request failed", error=type(error).__name__)

    async def _guarded(self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
        """One request; what fails on its way back is logged, since nobody is left to be told."""
        if self._is_closed:
            work.close()
            return
        task = asyncio.ensure_future(work)
        self._running.add(task)
        try:
            await task
        except discord.NotFound:
            log.info("an answer came too late", kind=interaction.type.name)
        except discord.HTTPException as error:
            log.warning("an answer was refused", kind=interaction.type.name, code=error.code, why=error.text)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("an answer was not taken", kind=interaction.type.name, error=type(error).__name__)
        finally:
            self._running.discard(task)


# ------------------------------------------------------------------------------------------------


def _where(interaction: discord.Interaction[Any]) -> tuple[str, str]:
    """The channel, and the thread of it, in which something was asked."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return str(channel.parent_id), str(channel.id)
    return (str(channel.id) if channel is not None else ""), ""


def _guilds_of(interaction: discord.Interaction[Any]) -> list[str]:
    if interaction.guild_id is not None:
        return [str(interaction.guild_id)]
    return [str(guild.id) for guild in interaction.client.guilds if guild.get_member(interaction.user.id)]


def _name_of(interaction: discord.Interaction[Any], guild: str) -> str:
    found = interaction.client.get_guild(int(guild))
    return found.name if found is not None else guild


def _carried(interaction: discord.Interaction[Any], message: Mapping[str, Any]) -> dict[str, Any]:
    """What a message has under the names that an ask's fields may have.

    The place of a person's message is the channel in which it was heard; that of one of ours is where it was
    said, which may be a thread.
    """
    place, thread = _where(interaction)
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
