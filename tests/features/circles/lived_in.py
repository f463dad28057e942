"""How members of the lived-in community use circles."""

from tests.features.community import submit_form
from tests.features.lived_in import WORDS
from tests.testbed import Testbed

WITHOUT_WORDS = {"Circles"}


async def live(bed: Testbed) -> None:
    """Marek and nadia join a circle and skip a round; marek is kept apart from kofi."""
    coffee = {"channel": "general"}
    await bed.press("ines", await submit_form(bed, "ines", "circles.draft", name="Coffee", **coffee), "Save")
    for who in WORDS:
        await submit_form(bed, who, "circles.join", circle=1)
        await submit_form(bed, who, "circles.skip_round", circle=1)
    await submit_form(bed, "marek", "circles.keep_apart", not_with="kofi")
