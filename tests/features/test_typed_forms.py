"""What people type after each command, and which fields get what. This never changes, whatever is added.

Each feature lists its commands in `TYPED` in tests/features/<feature>/typed_forms.py. A command without
examples fails once, with words on what to add. So does a field that no example reaches: it needs an example,
or the mark `ByName` if nobody would type its value without its name.
"""

from typing import Any

import pytest

from bot.features import FEATURES
from facilitation.core.features.feature import ROOTS
from facilitation.core.features.registry import Registry
from facilitation.core.values.errors import Refusal
from facilitation.core.values.forms import fields_of
from tests.features.discovery import declared, missing_rows, path_of
from tests.features.typed_forms import NOTHING, Typed

REGISTRY = Registry(FEATURES)
COMMANDS = {f"/{root} {one.words}": one for root in ROOTS for one in REGISTRY.commands(root)}

TYPED: Typed = {
    command: examples
    for rows in declared("typed_forms", "TYPED").values()
    for command, examples in rows.items()
}
LISTED = [command for command in COMMANDS if command in TYPED]


def read(command: str, words: str) -> dict[str, Any]:
    root = next(root for root in ROOTS if command.startswith(f"/{root} "))
    endpoint, given = REGISTRY.parse(root, f"{command.partition(' ')[2]} {words}")
    assert endpoint is COMMANDS[command]
    return given


def test_every_command_has_examples_of_what_is_typed() -> None:
    untyped: dict[str, list[str]] = {}
    for command, endpoint in COMMANDS.items():
        if command not in TYPED:
            untyped.setdefault(endpoint.feature, []).append(command)
    shape = '{"typed words": {"field": "what it is given"}}'
    gone = [
        f"{command} is no command of {feature}: remove it from TYPED in {path_of(feature, 'typed_forms')}"
        for feature, rows in declared("typed_forms", "TYPED").items()
        for command in rows
        if command not in COMMANDS or COMMANDS[command].feature != feature
    ]
    wrong = missing_rows("typed_forms", "TYPED", untyped, shape) + gone
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("command", LISTED)
def test_what_is_typed_goes_where_it_always_went(command: str) -> None:
    found = {words: read(command, words) for words in TYPED[command]}
    assert found == TYPED[command]


@pytest.mark.parametrize("command", [name for name in LISTED if not COMMANDS[name].confidential])
def test_each_field_is_typed_in_an_example_or_given_by_name_only(command: str) -> None:
    reached = {
        name
        for words, given in TYPED[command].items()
        for name in given
        if not any(token.startswith((f"{name}:", f"{name}=")) for token in words.split())
    }
    path = path_of(COMMANDS[command].feature, "typed_forms")
    silent = [
        f"{command}: add an example of {field.name!r} to TYPED in {path}, or mark the field with ByName"
        for field in fields_of(COMMANDS[command].command)
        if field.kind != "hidden" and not field.by_name and field.name not in reached
    ]
    assert silent == []


@pytest.mark.parametrize("command", [name for name in LISTED if TYPED[name] == NOTHING])
def test_a_command_that_takes_no_words_says_so(command: str) -> None:
    with pytest.raises(Refusal, match="I don’t know what to do with “gibberish” here"):
        read(command, "gibberish")
