"""Which circle is meant: by id from a button, by name from a command, or asked with a menu."""

from collections.abc import Sequence

from pydantic import Field

from facilitation.core.values.cards import Card, Menu, Option
from facilitation.core.values.errors import Refusal
from facilitation.core.values.speech import card
from storage.circles import Circle, Circles

WHICH = Field(default="", title="Circle", description="its name, or the beginning of it")


async def circles_meant(circles: Circles, number: int, name: str) -> list[Circle]:
    """The circle of that id, else those that the name may mean. Refuses when there is none."""
    there = await circles.running()
    if number:
        found = [one for one in there if one.id == number]
        if not found:
            raise Refusal("That circle is over. /cop home shows those that there are.")
        return found
    if not there:
        raise Refusal("There is no circle here yet. A coordinator can make one: /coordinate circles new")
    return of_name(there, name)


def of_name(there: Sequence[Circle], name: str) -> list[Circle]:
    """Those of exactly this name, else beginning with it, else having it somewhere; all for no name."""
    wanted = _folded(name)
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [one for one in there if fits(_folded(one.name), wanted)]
        if found:
            return found
    names = ", ".join(f"“{one.name}”" for one in there[:5])
    raise Refusal(f"There is no circle “{name[:60]}”. There is {names}.", "which")


def which_circle(found: Sequence[Circle], command: str) -> Card:
    """The question which one is meant, as a menu that asks the same again."""
    options = tuple(Option(str(one.id), one.name) for one in found)
    return card("Which circle?", Menu("Choose a circle", command, "circle", options))


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
