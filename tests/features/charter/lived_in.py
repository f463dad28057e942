"""How members of the lived-in community use the charter."""

from tests.features.community import submit_form
from tests.features.lived_in import WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia tell about themselves."""
    for who, word in WORDS.items():
        about = {"interests": word, "expertise": f"{word}-keeping", "line": f"I am a {word}."}
        await submit_form(bed, who, "charter.edit_profile", **about, buddy=True)
