"""Modules, classes, functions and parameters have names of the field, not the invented ones of before."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.shape.sources import PACKAGES, ROOT, Source, read_sources

# fmt: off
INVENTED = {
    "asks", "beforehand", "bodies", "carrying", "catalogue", "cellar", "clockwork", "considering", "door",
    "dossier", "duties", "ear", "ears", "erasing", "happening", "happenings", "heard", "house", "keeping",
    "knock", "ledger", "living", "parcel", "player", "providing", "reaching", "room", "rooms", "spoken",
    "thinker", "trip", "understudy", "unsaid", "unsaying", "visit", "visiting", "visitor", "walking",
}
"""Names that stood for something with a better-known name, where they are the whole name."""

INVENTED_WORDS = {
    "beforehand", "catalogue", "cellar", "clockwork", "dossier", "happening", "knock", "parcel", "thinker",
    "understudy", "unsaid", "unsaying", "visitor",
}
"""Words of them that stand in no other name either."""

INVENTED_CLASSES = {
    "Action", "Answer", "Ask", "Call", "Catalogue", "Cellar", "Door", "Ear", "Gathering", "Given", "Ground",
    "Happening", "Heard", "House", "Kept", "Knock", "Lanes", "Parcel", "Provider", "Room", "Said", "Shown",
    "Spoken", "State", "Unsaid", "Visitor",
}

# fmt: on

Named = tuple[str, str, ast.AST]
"""What kind of thing is named, its name, and the node that names it."""


def named_in(source: Source) -> Iterator[Named]:
    """Every module, class, function and parameter; decorators are functions."""
    for part in source.path.relative_to(ROOT).with_suffix("").parts:
        yield "module", part, source.tree
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            yield "class", node.name, node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "function", node.name, node
        elif isinstance(node, ast.arg):
            yield "parameter", node.arg, node
        elif isinstance(node, ast.alias) and node.asname:
            yield "alias", node.asname, node


@cache
def is_invented(kind: str, name: str) -> bool:
    """Whether a name is, or has a word of, one that was replaced."""
    if kind == "class" and name.strip("_") in INVENTED_CLASSES:
        return True
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    is_sentence = name.startswith("test_")
    return name.strip("_") in INVENTED or (not is_sentence and not INVENTED_WORDS.isdisjoint(words))


def test_no_name_is_an_invented_one() -> None:
    found = {
        f"{source.at(node)} {kind} {name}"
        for source in read_sources(*PACKAGES, "tests")
        for kind, name, node in named_in(source)
        if is_invented(kind, name)
    }
    assert sorted(found) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("class", "Ask"),
        ("class", "_Parcel"),
        ("class", "RecapCellar"),
        ("class", "House"),
        ("function", "beforehand"),
        ("function", "_unsaid"),
        ("parameter", "knock"),
        ("module", "dossier"),
        ("alias", "ledger"),
    ],
)
def test_an_invented_name_is_noticed(kind: str, name: str) -> None:
    assert is_invented(kind, name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("class", "AskForMentor"),
        ("class", "PageCall"),
        ("function", "ask_mentor"),
        ("function", "test_a_visitor_of_the_page_sees_nothing"),
        ("module", "dispatcher"),
        ("parameter", "action"),
    ],
)
def test_a_name_of_the_field_is_none(kind: str, name: str) -> None:
    assert not is_invented(kind, name)


def test_every_name_is_looked_at(tmp_path: Path) -> None:
    text = "import a as knock\n\nclass Ear:\n    @beforehand\n    async def unsaid(self, visitor): ...\n"
    source = Source("cellar", ROOT / "storage/cellar.py", ast.parse(text))
    found = {(kind, name) for kind, name, _ in named_in(source) if is_invented(kind, name)}
    assert found == {
        ("module", "cellar"),
        ("alias", "knock"),
        ("class", "Ear"),
        ("function", "unsaid"),
        ("parameter", "visitor"),
    }
