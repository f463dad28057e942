"""Which rhythm or deck is meant: by id from a button, by name from a command, or asked with a menu."""

import difflib
from collections.abc import Sequence
from typing import Protocol, TypeVar

from facilitation.core.values.cards import Card, Menu, Option
from facilitation.core.values.errors import Refusal
from facilitation.core.values.speech import card
from storage.rhythm import Deck, Decks, Rhythm, Rhythms


class _Named(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


async def rhythms_meant(rhythms: Rhythms, number: int, name: str) -> list[Rhythm]:
    """The rhythm of that id, else those that the name may mean. Refuses when there is none."""
    there = await rhythms.all()
    if number:
        found = [one for one in there if one.id == number]
        if not found:
            raise Refusal("That rhythm is no longer there. /coordinate rhythm list shows those that are.")
        return found
    if not there:
        raise Refusal("There is no rhythm yet. /coordinate rhythm new makes one.")
    return _meant(there, name, "rhythm", "/coordinate rhythm list shows them all.", "which")


async def decks_meant(decks: Decks, number: int, name: str) -> list[Deck]:
    """The deck of that id, else those that the name may mean. Refuses when there is none."""
    there = await decks.all()
    if number:
        found = [one for one in there if one.id == number]
        if not found:
            raise Refusal("That deck is no longer there. /coordinate rhythm deck shows those that are.")
        return found
    return _meant(there, name, "deck", "/coordinate rhythm deck shows them all.", "deck")


def which_rhythm(found: Sequence[Rhythm], command: str) -> Card:
    """The question which one is meant, as a menu that asks the same again."""
    options = tuple(Option(str(one.id), one.name) for one in found)
    return card("Which rhythm?", Menu("Choose a rhythm", command, "rhythm", options))


def _meant(there: Sequence[T], name: str, kind: str, help_: str, field: str) -> list[T]:
    """Those of exactly this name, else beginning with it, else having it somewhere; all for no name."""
    wanted = _folded(name)
    names = {one.id: _folded(one.name) for one in there}
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [one for one in there if fits(names[one.id], wanted)]
        if found:
            return found
    near = difflib.get_close_matches(wanted, list(names.values()), n=1, cutoff=0.5)
    hint = next((f"Did you mean “{one.name}”? " for one in there if near and names[one.id] == near[0]), "")
    raise Refusal(f"There is no {kind} “{name[:60]}”. {hint}{help_}", field)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
