"""How another community tries to reach the shelf."""

from dataclasses import dataclass

from storage.ranking import terms_of
from storage.resources import Link, Shelf
from storage.unit import Session
from tests.conftest import NOW
from tests.storage.isolation import DAY, Cases, FilledCommunity, args


@dataclass(frozen=True)
class Filled(FilledCommunity):
    """A community with a shelf."""

    resource: int
    choice: int


def link(name: str) -> Link:
    """A link to a site of this name."""
    return Link(
        f"https://{name}.example/guide", f"{name}.example/guide", f"{name}.example/guide", f"{name} guide"
    )


async def fill(session: Session, there: FilledCommunity) -> Filled:
    """Two links of ines, and one that she could save from a message of marek."""
    name, ines = there.name, there.ines
    shelf = Shelf(session, there.community)
    shelved = await shelf.put(link(name), by=ines, at=NOW, note=f"note of {name}", tags=(name, "common"))
    choices = await shelf.offer([link(f"other-{name}")], to=ines, at=NOW, words=name, author=there.marek)
    await shelf.put(link(f"third-{name}"), by=ines, at=NOW, note="", tags=(name, "common"))
    return Filled(**vars(there), resource=shelved.resource.id, choice=choices[0].id)


CASES: Cases[Filled] = {
    "Search.best": lambda _: args(terms_of("guide note common")),
    "Shelf.add": lambda a: args(a.resource, by=a.ines, at=NOW, note="more", tags=("more",)),
    "Shelf.between": lambda _: args(NOW - DAY, NOW + DAY),
    "Shelf.browse": lambda a: args(tags=("common",), by=a.ines),
    "Shelf.choice": lambda a: args(a.choice, a.ines),
    "Shelf.drop_choices": lambda _: args(NOW + DAY),
    "Shelf.export": lambda a: args(a.ines),
    "Shelf.find": lambda _: args("guide note common"),
    "Shelf.forget": lambda a: args(a.ines),
    "Shelf.offer": lambda a: args([link("more")], to=a.ines, at=NOW),
    "Shelf.put": lambda a: args(link(a.name), by=a.ines, at=NOW, note="again"),
    "Shelf.show": lambda a: args(a.ines),
    "Shelf.topics": lambda _: args(),
}
