"""Who may send which command of the welcome."""

from typing import Any

from facilitation.core.features.feature import Endpoint
from tests.features.kinds import COORDINATORS, MEMBERS, NOBODY

NEWCOMER = frozenset({"newcomer"})

MAY = {
    "welcome.add_step": COORDINATORS,
    "welcome.agree_to_rules": MEMBERS,
    "welcome.answer_step": MEMBERS,
    "welcome.check_first_messages": NOBODY,
    "welcome.complete_task": MEMBERS,
    "welcome.continue_journey": NOBODY,
    "welcome.edit": COORDINATORS,
    "welcome.edit_first_message": COORDINATORS,
    "welcome.edit_step": COORDINATORS,
    "welcome.find_buddy": NEWCOMER,
    "welcome.greet_newcomers": NOBODY,
    "welcome.introduce": NEWCOMER,
    "welcome.move_step": COORDINATORS,
    "welcome.preview": COORDINATORS,
    "welcome.remove_step": COORDINATORS,
    "welcome.reset": COORDINATORS,
    "welcome.show": COORDINATORS,
    "welcome.show_progress": COORDINATORS,
    "welcome.start": MEMBERS,
    "welcome.take_part": MEMBERS,
}
REFUSED = ("This is for people who are new here",)


def args(endpoint: Endpoint, prepared: None) -> dict[str, Any]:
    """Words to introduce oneself with: without any a form opens."""
    return {"words": "x"} if endpoint.id == "welcome.introduce" else {}
