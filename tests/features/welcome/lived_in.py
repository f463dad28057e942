"""How members of the lived-in community use the welcome."""

from tests.features.community import submit_form
from tests.features.lived_in import MAREKS_WORD, WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia introduce themselves; marek is nadia's buddy, and in a step."""
    await submit_form(bed, "marek", "charter.edit_profile", line=f"I am a {MAREKS_WORD}.", buddy=True)
    for who, word in WORDS.items():
        await submit_form(bed, who, "welcome.take_part", choice="learn")
        await submit_form(bed, who, "welcome.introduce", words=f"Hello, I keep a {word}.")
    await bed.settle()
    await submit_form(bed, "nadia", "welcome.find_buddy")
    meeting = {"kind": "person", "words": "Meet {person}.", "day": 2, "person": "marek"}
    await submit_form(bed, "ines", "welcome.add_step", **meeting)
