"""How members of the lived-in community use rhythms."""

from typing import Any

from tests.features.community import submit_form
from tests.features.lived_in import WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia suggest a prompt and take turns with a rhythm."""
    args = {"channel": "general", "deck": "Visits", "when": "tue at 10:00"}
    await bed.press("ines", await submit_form(bed, "ines", "rhythm.draft", name="Round", **args), "Save")
    turns = {"rhythm": 1, "leader": "rotating", **args}
    await bed.press(
        "ines", await submit_form(bed, "ines", "rhythm.draft_change", name="Round", **turns), "Save"
    )
    for who, word in WORDS.items():
        await submit_form(bed, who, "rhythm.suggest_prompt", words=f"Why a {word}?", deck="Visits")
        await bed.press(who, await bed.send(who, "/cop home"), "Facilitate Round")


def read_only_arguments(bed: Testbed) -> dict[str, dict[str, Any]]:
    """The first deck and the first rhythm."""
    return {"rhythm.show_deck": {"deck": 1}, "rhythm.show_responses": {"rhythm": 1}}
