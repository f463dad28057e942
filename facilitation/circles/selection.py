"""Which circle a command means."""

from pydantic import Field

from facilitation.core.features.selection import Selection
from storage.circles import Circle, Circles

CIRCLE = Selection(
    "circle",
    "circle",
    gone="That circle is over. /cop home shows those that there are.",
    none_yet="There is no circle here yet. A coordinator can make one: /coordinate circles new",
)
WHICH = Field(default="", title="Circle", description="its name, or the beginning of it")


async def matching_circles(circles: Circles, id_: int, name: str) -> list[Circle]:
    """The running circle of this id; without an id, all that the name may mean. Raises Refusal for none."""
    return CIRCLE.matches(await circles.running(), id_, name)


async def get_circle(circles: Circles, id_: int) -> Circle:
    """The running circle of this id. Raises Refusal for none."""
    return CIRCLE.by_id(await circles.running(), id_)
