"""The answer to one interaction: first, promised, or following."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui
from discord.utils import MISSING

from adapters.discord.render import Page


class Reply:
    """Answers one interaction, in whichever way is still open."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._promised = False

    @property
    def guild(self) -> discord.Guild | None:
        """The server in which it was asked; None in a direct conversation."""
        return self._interaction.guild if self._interaction.guild_id is not None else None

    @property
    def is_first(self) -> bool:
        """Whether nothing was answered yet: only then may a form be the answer."""
        return not self._interaction.response.is_done()

    async def promise(self) -> None:
        """Say that an answer will come: seen as “thinking” after a command, not at all after a button."""
        self._promised = self._interaction.type is not discord.InteractionType.component
        if self._promised:
            await self._interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await self._interaction.response.defer()

    async def open(self, modal: ui.Modal) -> None:
        """Open a form; it is stopped, so that the library does not wait for it: we hear it ourselves."""
        modal.stop()
        await self._interaction.response.send_modal(modal)

    async def show(self, pages: Sequence[Page], *, to_everyone: bool = False) -> None:
        """Show a card, or nothing; to the asker alone, unless it is for everyone."""
        if not pages:
            await self._show_nothing()
            return
        if to_everyone and self._promised:
            # The first message after a promise is as private as the promise: all see only what follows it.
            await self._say(pages[0], to_everyone=False)
            await self._interaction.delete_original_response()
        for page in pages:
            await self._say(page, to_everyone=to_everyone)

    async def _say(self, page: Page, *, to_everyone: bool) -> None:
        view, files = view_of(page), page.files()
        mentions = mentions_of(page) if to_everyone else discord.AllowedMentions.none()
        if self.is_first:
            await self._interaction.response.send_message(
                view=view, files=files or MISSING, ephemeral=not to_everyone, allowed_mentions=mentions
            )
        elif self._promised:
            self._promised = False
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

    async def _show_nothing(self) -> None:
        if self.is_first:
            await self.promise()
        if self._promised:
            await self._interaction.delete_original_response()


def view_of(page: Page, mark: int | None = None) -> ui.LayoutView:
    """A page as the library sends it; stopped, because our buttons are recognised by their ids alone."""
    view = ui.LayoutView(timeout=None)
    view.add_item(page.container(mark))
    view.stop()
    return view


def mentions_of(page: Page) -> discord.AllowedMentions:
    """Whom a message notifies: the people it mentions, and nobody and nothing else."""
    people = [discord.Object(int(handle)) for handle in page.mentions]
    return discord.AllowedMentions(everyone=False, roles=False, users=people or False, replied_user=False)
