"""How members of the lived-in community use the shelf."""

from typing import Any

from tests.features.community import submit_form
from tests.features.lived_in import NADIAS_WORD, WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia share links, and save some from their messages, as kofi does."""
    for who, word in WORDS.items():
        await submit_form(
            bed, who, "resources.share", url=f"https://{who}.example/", note=f"All about the {word}."
        )
        await submit_form(
            bed, who, "resources.share", url="https://shared.example/", note=f"A {word} told me."
        )
        message = await bed.write(who, f"{word}: https://a.example/{who} or https://b.example/{who}?")
        saved = {"place": "general", "message": message.message, "text": message.text, "author": who}
        await submit_form(bed, who, "resources.save_from_message", **saved)
        await submit_form(bed, "kofi", "resources.save_from_message", **saved)


def read_only_arguments(bed: Testbed) -> dict[str, dict[str, Any]]:
    """Words that are on the shelf."""
    return {"resources.find": {"words": NADIAS_WORD}}
