"""Buttons and menus as the library recognises them: by their custom ids alone, whoever sent them and when."""

from typing import Any

import discord
from discord import ui

from adapters.discord.custom_ids import PATTERN
from adapters.discord.forms import STEP


class CardComponent(ui.DynamicItem[ui.Item[Any]], template=PATTERN):
    """A button or menu of a card, from this run of the process or any earlier one."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  # the library hands it in
        item: ui.Item[Any],
        match: Any,  # noqa: ARG003  # likewise
        /,
    ) -> "CardComponent":
        """The item that was pressed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask what it says."""
        await interaction.client.interactions.pressed(interaction, self.custom_id)


class FormStepButton(ui.DynamicItem[ui.Item[Any]], template=STEP):
    """The button behind which a form goes on."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  # the library hands it in
        item: ui.Item[Any],
        match: Any,  # noqa: ARG003  # likewise
        /,
    ) -> "FormStepButton":
        """The item that was pressed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the step."""
        found = STEP.fullmatch(self.custom_id)
        assert found is not None
        await interaction.client.interactions.stepped(
            interaction, found["token"], int(found["step"]), found["anew"]
        )
