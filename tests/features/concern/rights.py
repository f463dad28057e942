"""Who may send which command of concerns."""

from typing import Any

from facilitation.core.features.feature import Endpoint
from facilitation.core.values.cards import buttons_in
from storage.communities import Community
from tests.features.community import direct_messages, submit_form
from tests.features.kinds import MEMBERS, NOBODY
from tests.testbed import Testbed

TRUSTED = frozenset({"coordinator"})
"""Those to whom the concern is told."""
REPORTER = frozenset({"reporter"})

MAY = {
    "concern.add_remark": REPORTER,
    "concern.answer": TRUSTED,
    "concern.close": TRUSTED,
    "concern.raise_concern": MEMBERS,
    "concern.remind": NOBODY,
    "concern.show": TRUSTED,
    "concern.submit": MEMBERS,
    "concern.take": TRUSTED,
    "concern.withdraw": REPORTER,
}
REFUSED = ("I know of no such concern",)


async def prepare(bed: Testbed, here: Community) -> str:
    """The reporter raises a concern; returns its token."""
    await submit_form(bed, "reporter", "concern.submit", words="x", left_out="coordinator left out")
    await bed.settle()
    return str(next(buttons_in(direct_messages(bed, "coordinator")[-1].card)).args["concern"])


def args(endpoint: Endpoint, token: str) -> dict[str, Any]:
    """The concern that the reporter raised, and words."""
    fields = endpoint.command.model_fields
    if "concern" not in fields:
        return {}
    return {"concern": token} | ({"words": "x"} if "words" in fields else {})
