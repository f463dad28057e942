"""Dynamic items, by which discord.py recognises our buttons and menus from their custom ids alone."""

from typing import Any

import discord
from discord import ui

from adapters.discord.custom_ids import PATTERN
from adapters.discord.forms import STEP


class CardComponent(ui.DynamicItem[ui.Item[Any]], template=PATTERN):
    """A button or menu of a card, sent by this process or an earlier one."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  # the library hands it in
        item: ui.Item[Any],
        match: Any,  # noqa: ARG003  # likewise
        /,
    ) -> "CardComponent":
        """Wrap the pressed item."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle the press."""
        await interaction.client.interactions.component_pressed(interaction, self.custom_id)


class FormStepButton(ui.DynamicItem[ui.Item[Any]], template=STEP):
    """The button that opens the next step of a form."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  # the library hands it in
        item: ui.Item[Any],
        match: Any,  # noqa: ARG003  # likewise
        /,
    ) -> "FormStepButton":
        """Wrap the pressed item."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the step."""
        found = STEP.fullmatch(self.custom_id)
        assert found is not None
        await interaction.client.interactions.form_step_pressed(
            interaction, found["token"], int(found["step"]), found["restart"]
        )
