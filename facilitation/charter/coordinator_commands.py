"""The coordinators' command: they write the charter."""

from typing import Annotated, ClassVar

from pydantic import Field

from facilitation.charter.cards import charter_parts
from facilitation.charter.feature import feature
from facilitation.core.values.cards import Small
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.commands import Command, Context, Role
from facilitation.core.values.effects import Effects, OpenForm, Reply
from facilitation.core.values.forms import ByName, LongText
from facilitation.core.values.speech import card, say
from storage.communities import People


class EditCharter(Command):
    """Write the charter: what this community is about."""

    heading: ClassVar[str] = "The charter"

    domain: Annotated[LongText, ByName] = Field(
        default="", title="What we care about", description="the field, in a sentence", max_length=500
    )
    purpose: Annotated[LongText, ByName] = Field(
        default="", title="What we are here for", description="in a sentence or two", max_length=1000
    )
    ground_rules: Annotated[LongText, ByName] = Field(
        default="", title="Ground rules", description="how we treat each other; one a line", max_length=2000
    )
    goals: Annotated[LongText, ByName] = Field(
        default="", title="Goals", description="what we want to reach; one a line", max_length=2000
    )


@feature.form(EditCharter)
async def open_charter(context: Context, charter: CharterText) -> Effects:
    """Open the form with the current charter."""
    filled = {
        "domain": charter.domain,
        "purpose": charter.purpose,
        "ground_rules": "\n".join(charter.ground_rules),
        "goals": "\n".join(charter.goals),
    }
    return [OpenForm(EditCharter, filled)]


@feature.command("charter", id="charter.edit", role=Role.COORDINATOR)
async def edit(command: EditCharter, context: Context, people: People) -> Effects:
    """Save the charter. From now on it replaces the one in the configuration."""
    written = CharterText(
        command.domain.strip(), command.purpose.strip(), _lines(command.ground_rules), _lines(command.goals)
    )
    await people.configure(
        has_charter=True,
        domain=written.domain,
        purpose=written.purpose,
        ground_rules="\n".join(written.ground_rules),
        goals="\n".join(written.goals),
    )
    coordinators = await people.holders(Role.COORDINATOR)
    foot = Small(say("Newcomers read this, and so does everybody who types `/cop about`."))
    return [Reply(card("The charter is saved", *charter_parts(written, coordinators), foot, tone="good"))]


def _lines(text: str) -> tuple[str, ...]:
    """One entry for each line that is not empty, without its bullet."""
    lines = (line.strip().lstrip("•-*").strip() for line in text.splitlines())
    return tuple(line for line in lines if line)
