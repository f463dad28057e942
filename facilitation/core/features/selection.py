"""Selects one of several named items: by id from a button, by name from a typed command, or with a menu."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from facilitation.core.values.cards import Card, Menu, Option
from facilitation.core.values.errors import Refusal
from facilitation.core.values.speech import card

MAX_NAMES_LISTED = 5


class Named(Protocol):
    """Something that people choose by its name."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


@dataclass(frozen=True)
class Selection:
    """How people choose among things of one kind.

    `kind` is the noun, such as `circle`. `id_argument` is the command field that holds an id, and
    `name_argument` the one that holds a name. `gone` is the refusal for an id that does not exist, `none_yet`
    the one while there is nothing to choose from. `overview` is a sentence that says which command lists
    everything; without it, a refusal lists the first names.
    """

    kind: str
    id_argument: str
    gone: str
    none_yet: str
    overview: str = ""
    name_argument: str = "which"

    def matches(self, known: Sequence[T], id_: int, name: str) -> list[T]:
        """The item with this id; with id 0, all items that the name may mean. Raises Refusal if none fits."""
        if id_:
            return [self.by_id(known, id_)]
        if not known:
            raise Refusal(self.none_yet)
        return self.by_name(known, name)

    def by_id(self, known: Sequence[T], id_: int) -> T:
        """The item with this id. Raises Refusal if there is none."""
        found = next((one for one in known if one.id == id_), None)
        if found is None:
            raise Refusal(self.gone)
        return found

    def by_name(self, known: Sequence[T], name: str) -> list[T]:
        """The items with this name, else those whose name begins with it, else contains it.

        An empty name fits all. Raises Refusal if none fits.
        """
        wanted = _folded(name)
        names = {one.id: _folded(one.name) for one in known}
        for fits in (str.__eq__, str.startswith, str.__contains__):
            found = [one for one in known if fits(names[one.id], wanted)]
            if found:
                return found
        hint = self._hint(known, wanted)
        raise Refusal(f"There is no {self.kind} “{name[:60]}”. {hint}", self.name_argument)

    def menu(self, found: Sequence[T], command: str) -> Card:
        """The question which one is meant, as a menu that sends `command` with the chosen id."""
        options = tuple(Option(str(one.id), one.name) for one in found)
        return card(f"Which {self.kind}?", Menu(f"Choose a {self.kind}", command, self.id_argument, options))

    def _hint(self, known: Sequence[T], wanted: str) -> str:
        if not self.overview:
            return f"There is {', '.join(f'“{one.name}”' for one in known[:MAX_NAMES_LISTED])}."
        names = {_folded(one.name): one.name for one in known}
        near = difflib.get_close_matches(wanted, list(names), n=1, cutoff=0.5)
        return f"Did you mean “{names[near[0]]}”? {self.overview}" if near else self.overview


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
