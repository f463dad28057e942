"""How members of the lived-in community use roles."""

from tests.features.community import submit_form
from tests.features.lived_in import WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia have held a role, and left a note."""
    for who, word in WORDS.items():
        for step in ("add_role", "remove_role"):
            await submit_form(bed, "ines", f"coordination.{step}", who=who, role="keeper")
        await submit_form(bed, who, "coordination.leave_note", role="keeper", note=f"Mind the {word}.")
