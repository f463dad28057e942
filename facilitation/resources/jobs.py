"""What the clock does: it drops links that were offered for saving and not chosen."""

from datetime import timedelta

from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects
from facilitation.resources.feature import feature
from storage.resources import Shelf

CHOICES_KEPT = timedelta(days=1)


class DropChoices(Command):
    """Forget links that nobody chose."""


@feature.action(id="resources.drop_choices")
async def drop_choices(command: DropChoices, due: Due, shelf: Shelf) -> Effects:
    """Drop what was offered a day ago or earlier, chosen or not."""
    await shelf.drop_choices(due.at - CHOICES_KEPT)
    return []
