"""How members of the lived-in community use concerns."""

from typing import Any

from facilitation.core.values.cards import buttons_in
from tests.features.community import direct_messages, submit_form
from tests.features.lived_in import WORDS
from tests.testbed import Testbed


async def live(bed: Testbed) -> None:
    """Marek and nadia raise one each."""
    for who, word in WORDS.items():
        await submit_form(bed, who, "concern.submit", words=f"A {word} troubles me.")
    await bed.settle()


def read_only_arguments(bed: Testbed) -> dict[str, dict[str, Any]]:
    """A concern that ines was told of."""
    buttons = [button for post in direct_messages(bed, "ines") for button in buttons_in(post.card)]
    return {"concern.show": next(one.args for one in buttons if one.command == "concern.show")}
