"""Sends the response to an interaction: as its initial response, as a deferred one, or as follow-ups."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui
from discord.utils import MISSING

from adapters.discord.render import Page


class Responder:
    """Responds to one interaction. Its methods raise the errors of discord.py."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._is_thinking = False
        """Whether the person sees the “thinking” placeholder, which the next message replaces."""

    @property
    def guild(self) -> discord.Guild | None:
        """The server of the interaction; None in a direct message."""
        return self._interaction.guild

    @property
    def is_first(self) -> bool:
        """Whether nothing was sent or deferred yet: only the initial response can be a modal."""
        return not self._interaction.response.is_done()

    async def defer(self) -> None:
        """Acknowledge the interaction; the response follows within 15 minutes.

        After a command or a modal Discord shows a “thinking” placeholder, after a button or menu nothing.
        """
        self._is_thinking = self._interaction.type is not discord.InteractionType.component
        if self._is_thinking:
            await self._interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await self._interaction.response.defer()

    async def open_modal(self, modal: ui.Modal) -> None:
        """Open a modal, whose submission is dispatched to `Interactions`.

        A stopped modal is not registered with discord.py, which would keep it until it is submitted.
        """
        modal.stop()
        await self._interaction.response.send_modal(modal)

    async def send(self, pages: Sequence[Page], *, to_everyone: bool = False) -> None:
        """Send the pages of a card, visible only to the person who acted unless `to_everyone`.

        Without pages, the interaction is acknowledged and a placeholder removed.
        """
        if not pages:
            await self._acknowledge()
            return
        if to_everyone and self._is_thinking:
            # The message that replaces the placeholder is ephemeral, as the deferral was. So it is deleted,
            # and the pages are sent as public follow-ups.
            await self._send(pages[0], to_everyone=False)
            await self._interaction.delete_original_response()
        for page in pages:
            await self._send(page, to_everyone=to_everyone)

    async def _send(self, page: Page, *, to_everyone: bool) -> None:
        view, files = view_of(page), page.files()
        mentions = allowed_mentions_of(page) if to_everyone else discord.AllowedMentions.none()
        if self.is_first:
            await self._interaction.response.send_message(
                view=view, files=files or MISSING, ephemeral=not to_everyone, allowed_mentions=mentions
            )
        elif self._is_thinking:
            self._is_thinking = False
            await self._interaction.edit_original_response(
                view=view, attachments=files, allowed_mentions=mentions
            )
        else:
            await self._interaction.followup.send(
                view=view,
                files=files or MISSING,
                ephemeral=not to_everyone,
                allowed_mentions=mentions,
                wait=True,
            )

    async def _acknowledge(self) -> None:
        if self.is_first:
            await self.defer()
        if self._is_thinking:
            await self._interaction.delete_original_response()


def view_of(page: Page, mark: int | None = None) -> ui.LayoutView:
    """A page as a view of discord.py; `mark` is the id of its container.

    A stopped view is not registered with discord.py: presses are matched by custom id (`CardComponent`).
    """
    view = ui.LayoutView(timeout=None)
    view.add_item(page.container(mark))
    view.stop()
    return view


def allowed_mentions_of(page: Page) -> discord.AllowedMentions:
    """Allow a message to notify the people in `page.mentions`, and nobody else."""
    people = [discord.Object(int(handle)) for handle in page.mentions]
    return discord.AllowedMentions(everyone=False, roles=False, users=people or False, replied_user=False)
