"""Members' commands about their own data: show, export, forget, and no more unsolicited messages.

None of them makes a forgotten person a member again.
"""

import json
from datetime import timedelta
from typing import Annotated

from facilitation.core.people.personal_data import PersonalData
from facilitation.core.values.cards import Direct
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, Post, Reply
from facilitation.core.values.forms import Hidden
from facilitation.core.values.speech import card
from facilitation.privacy import cards, keys
from facilitation.privacy.feature import feature
from storage.communities import People

EXPORT_IS_STALE = timedelta(days=1)

# Show and export ---------------------------------------------------------------------------------


class ShowPersonalData(Command):
    """Everything I keep about you."""


@feature.command("privacy show", id="privacy.show", stays_forgotten=True, reads_long=True)
async def show(command: ShowPersonalData, context: Context, personal_data: PersonalData) -> Effects:
    """Show what is stored about the sender, feature by feature."""
    return [Reply(cards.stored_data(await personal_data.show(context.member.id)))]


class ExportPersonalData(Command):
    """Everything I keep about you, as a file in a direct message."""


@feature.command("privacy export", id="privacy.export", stays_forgotten=True)
async def export(command: ExportPersonalData, context: Context, personal_data: PersonalData) -> Effects:
    """Send everything that is stored about the sender as one JSON file by direct message."""
    found = await personal_data.export(context.member.id, context.at)
    data = json.dumps(found, ensure_ascii=False, indent=2).encode()
    message = cards.export_file(f"tertulia-{context.at:%Y-%m-%d}.json", data)
    key = keys.export(context.member.id, context.at)
    return [
        Post(Direct(context.member.id), message, key, stale=EXPORT_IS_STALE),
        Reply(
            card(
                "",
                "The file is on its way to you as a direct message. "
                "If none arrives, allow direct messages from me and ask again.",
                tone="good",
            )
        ),
    ]


# Forget ------------------------------------------------------------------------------------------


class Forget(Command):
    """Erase everything about you, after asking once more."""


@feature.command("privacy forget", id="privacy.forget", stays_forgotten=True, read_only=True)
async def forget(command: Forget, context: Context, people: People) -> Effects:
    """Say what will happen, and offer the button that does it."""
    coordinators = [one.id for one in await people.holders(Role.COORDINATOR)]
    return [Reply(cards.forget_question(is_only_coordinator=coordinators == [context.member.id]))]


class ForgetNow(Command):
    """Erase everything about you, now."""


@feature.action(id="privacy.forget_now")
async def forget_now(command: ForgetNow, context: Context, personal_data: PersonalData) -> Effects:
    """Erase everything in this transaction; posts that name the person are revised after it, one by one."""
    return [Reply(cards.forgotten(await personal_data.forget(context.member.id, context.at)))]


# Quiet -------------------------------------------------------------------------------------------


class SetQuiet(Command):
    """I write to you only when you ask me something; once more, and I may write again."""

    on: Annotated[bool | None, Hidden] = None


@feature.command("privacy quiet", id="privacy.set_quiet", stays_forgotten=True)
async def set_quiet(command: SetQuiet, context: Context, people: People) -> Effects:
    """Opt out of unsolicited messages, or in again. Typed, the command toggles; a button sets."""
    is_quiet = not context.member.quiet if command.on is None else command.on
    await people.change(context.member.id, quiet=is_quiet)
    return [Reply(cards.quiet_saved(is_quiet=is_quiet, weekly=context.member.weekly_limit))]
