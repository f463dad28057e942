"""Sends the response to one interaction: as its first response, after deferring, or as a follow-up."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui
from discord.utils import MISSING

from adapters.discord.render import Page


class Reply:
    """Responds to one interaction."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._deferred = False

    @property
    def guild(self) -> discord.Guild | None:
        """The server of the interaction; None in a direct message."""
        return self._interaction.guild if self._interaction.guild_id is not None else None

    @property
    def is_first(self) -> bool:
        """Whether nothing was sent yet: only then can the response be a form."""
        return not self._interaction.response.is_done()

    async def defer(self) -> None:
        """Defer the response; shown as “thinking” after a command, and not at all after a button."""
        self._deferred = self._interaction.type is not discord.InteractionType.component
        if self._deferred:
            await self._interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await self._interaction.response.defer()

    async def open_modal(self, modal: ui.Modal) -> None:
        """Open a modal; stopped, because `Interactions` handles its submission and not discord.py."""
        modal.stop()
        await self._interaction.response.send_modal(modal)

    async def send(self, pages: Sequence[Page], *, to_everyone: bool = False) -> None:
        """Send a card, or nothing; visible to the asker alone unless it is for everyone."""
        if not pages:
            await self._send_nothing()
            return
        if to_everyone and self._deferred:
            # The first message after deferring is as private as the deferral; everybody sees only what
            # follows it.
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
        elif self._deferred:
            self._deferred = False
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

    async def _send_nothing(self) -> None:
        if self.is_first:
            await self.defer()
        if self._deferred:
            await self._interaction.delete_original_response()


def view_of(page: Page, mark: int | None = None) -> ui.LayoutView:
    """A page as discord.py sends it; stopped, because its components are recognised by their custom ids."""
    view = ui.LayoutView(timeout=None)
    view.add_item(page.container(mark))
    view.stop()
    return view


def allowed_mentions_of(page: Page) -> discord.AllowedMentions:
    """Notify the people that a message mentions, and nobody else."""
    people = [discord.Object(int(handle)) for handle in page.mentions]
    return discord.AllowedMentions(everyone=False, roles=False, users=people or False, replied_user=False)
