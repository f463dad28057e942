"""Who may send which command of coordination."""

from typing import Any

from facilitation.core.features.feature import Endpoint
from facilitation.core.values.commands import Role
from storage.communities import Community
from storage.coordination import Terms
from tests.features.kinds import COORDINATORS, MEMBERS, NOBODY
from tests.features.scene import member_of
from tests.testbed import Testbed

FORMER = frozenset({"former coordinator"})

MAY = {
    "coordination.add_coordinator": COORDINATORS,  # and a manager while nobody coordinates: see the tests
    "coordination.add_role": COORDINATORS,
    "coordination.begin": COORDINATORS,
    "coordination.check_term": NOBODY,
    "coordination.edit_settings": COORDINATORS,
    "coordination.hand_over": COORDINATORS,
    "coordination.hush": COORDINATORS,
    "coordination.leave_note": FORMER,
    "coordination.lift_hush": COORDINATORS,
    "coordination.list_coordinators": MEMBERS,
    "coordination.list_roles": COORDINATORS,
    "coordination.post_desk": NOBODY,
    "coordination.remove_coordinator": COORDINATORS,
    "coordination.remove_role": COORDINATORS,
    "coordination.renew_role": COORDINATORS,
    "coordination.show_desk": COORDINATORS,
    "coordination.take_back": COORDINATORS,
}
REFUSED = ("That note is for who held the role",)


async def prepare(bed: Testbed, here: Community) -> None:
    """The term of the former coordinator ends."""
    async with bed.units.write() as session:
        former = await member_of(session, here, "former coordinator")
        await Terms(session, here.id).end(former, Role.COORDINATOR, bed.clock.now().date())


def args(endpoint: Endpoint, prepared: None) -> dict[str, Any]:
    """A new coordinator, and a note about the role that has ended."""
    match endpoint.id:
        case "coordination.add_coordinator":
            return {"who": "member"}
        case "coordination.leave_note":
            return {"role": "coordinator", "note": "x"}
        case _:
            return {}
