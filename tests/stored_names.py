"""The names that databases and sent messages hold: ids, fields, values, tags, keys, tables and columns.

`python -m tests.stored_names --write` adds new ones to `tests/stored_names.toml`. It never removes a line:
the author of a change decides what becomes of databases that have the old one.

- An endpoint keeps its former ids in `former_ids`, a command field its former names in `validation_alias`.
- A table, a column or a stored value changes by a revision that rewrites the rows; its line is then removed.
- A struct of cards, places and events keeps its tag, and a field its encoded name (`msgspec.field(name=…)`).
- A key changes only if nothing that is stored under the old one needs to be found any more.
- A key of an export stays: people read their exports with programs of their own.
"""

import ast
import re
import sys
import tomllib
import types
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from sqlalchemy import Table

import facilitation
import storage
from bot.features import FEATURES
from facilitation.core.features.feature import Endpoint
from facilitation.core.features.registry import Registry
from facilitation.core.values.cards import Card, Place
from facilitation.core.values.commands import Role, current_names
from facilitation.core.values.events import Event
from storage.base import VALUES, Base
from storage.concern import Matter
from storage.erasure import personal_repositories
from storage.outbox.tables import OPEN, SETTLED

FILE = Path(__file__).with_name("stored_names.toml")
COMMAND = "python -m tests.stored_names --write"
ROOT = Path(__file__).parents[1]

Names = dict[str, dict[str, list[str]]]
"""Lists of names by section and by what they belong to."""


def names() -> Names:
    """Every name that is stored, as the code has it now."""
    registry = Registry(FEATURES)
    return {
        "endpoints": {one.id: _fields(one) for one in registry.endpoints.values()},
        "tables": {name: [column.name for column in table.columns] for name, table in _tables()},
        "values": _values(),
        "structs": dict(_structs()),
        "keys": dict(_keys()),
        "exports": {"person.features": [one.export_key for one in personal_repositories()]},
    }


def listed() -> Names:
    """The checked-in list."""
    return tomllib.loads(FILE.read_text("utf-8")) if FILE.exists() else {}


def missing(there: Names, wanted: Names) -> list[str]:
    """What one list has and the other has not, as `section: owner.name`."""
    found = []
    for section, owners in wanted.items():
        for owner, entries in owners.items():
            known = there.get(section, {}).get(owner)
            if known is None:
                found.append(f"{section}: {owner}")
            else:
                found += [f"{section}: {owner}: {entry}" for entry in entries if entry not in known]
    return found


def vanished(now: Names, before: Names, registry: Registry) -> list[str]:
    """Listed names that the code no longer has, and that no alias leads from."""
    found = []
    for section, owners in before.items():
        for owner, entries in owners.items():
            endpoint = registry.find(owner) if section == "endpoints" else None
            if endpoint is not None:
                known = set(_fields(endpoint))
                lost = [entry for entry in entries if _current(endpoint, entry) not in known]
            elif owner in now.get(section, {}):
                lost = [entry for entry in entries if entry not in now[section][owner]]
            else:
                found.append(f"{section}: {owner}")
                continue
            found += [f"{section}: {owner}: {entry}" for entry in lost]
    return found


def _current(endpoint: Endpoint, entry: str) -> str:
    """A field, or `field=choice`, under the field's name of today."""
    field, equals, choice = entry.partition("=")
    return f"{next(iter(current_names(endpoint.command, {field: None})))}{equals}{choice}"


# What there is -----------------------------------------------------------------------------------


def _fields(endpoint: Endpoint) -> list[str]:
    """A command's fields; where one is a choice, also `field=choice` for each."""
    fields = endpoint.command.model_fields.items()
    return [entry for name, info in fields for entry in _with_choices(name, info.annotation)]


def _with_choices(name: str, annotation: Any) -> list[str]:
    return [name, *(f"{name}={choice}" for choice in _choices(annotation))]


def _choices(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for part in get_args(annotation) if (found := _choices(part))), ())


def _tables() -> Iterator[tuple[str, Table]]:
    for module in walk_packages(storage.__path__, "storage."):
        import_module(module.name)
    for name, table in Base.metadata.tables.items():
        if not name.startswith("fts_"):
            yield name, table


def _values() -> dict[str, list[str]]:
    """The vocabularies of columns, in the order of their declaration."""
    found = {
        f"{name}.{column.name}": [f"{one.value}" for one in column.info[VALUES]]
        for name, table in _tables()
        for column in table.columns
        if VALUES in column.info
    }
    roles = [role.value for role in Role]
    nudges = [nudge.name for feature in FEATURES for nudge in feature.nudges]
    events = [str(kind.__struct_config__.tag) for kind in get_args(Event)]
    return found | {
        "role.role": roles,
        "former_role.role": roles,
        "outbox.nudge": nudges,
        "outbox.state": [*OPEN, *SETTLED],
        "diary.kind": events,
    }


def _structs() -> Iterator[tuple[str, list[str]]]:
    """The structs that are stored as JSON, by union and tag, or by name where there is no tag."""
    seen: set[type[msgspec.Struct]] = set()
    todo: list[tuple[str, Any]] = [("card", Card), ("place", Place), ("event", Event), ("concern", Matter)]
    while todo:
        where, annotation = todo.pop(0)
        for struct in _structs_in(annotation):
            if struct in seen:
                continue
            seen.add(struct)
            tag = struct.__struct_config__.tag
            fields = msgspec.structs.fields(struct)
            yield (
                f"{where}.{tag}" if tag else f"{where} {struct.__name__}",
                [entry for one in fields for entry in _with_choices(one.encode_name, one.type)],
            )
            todo += [(where, one.type) for one in fields]


def _structs_in(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    elif get_origin(annotation) in (tuple, dict, Union, types.UnionType):
        for part in get_args(annotation):
            yield from _structs_in(part)


def _keys() -> Iterator[tuple[str, list[str]]]:
    """The patterns of keys: every string that a module of keys builds, with `{}` for what is inserted."""
    for path in sorted(Path(facilitation.__path__[0]).rglob("keys.py")):
        patterns = _patterns(ast.parse(path.read_text("utf-8")))
        yield ".".join(path.relative_to(ROOT / "facilitation").parts[:-1]), sorted(patterns)
    core = ROOT / "facilitation/core"
    for name, file in (("events", "values/events.py"), ("outbox", "persistence/codec.py")):
        found = _patterns(ast.parse((core / file).read_text("utf-8")))
        yield f"core {name}", sorted(one for one in found if re.match(r"[a-z_]+:\{", one))


def _patterns(tree: ast.Module) -> set[str]:
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            found.add("".join(_shown(part) for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ":" in node.value:
            found.add(node.value)
    return found


def _shown(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


# The file ----------------------------------------------------------------------------------------


def merged(before: Names, now: Names) -> Names:
    """The list with what is new at the end of each entry; nothing goes."""
    found: Names = {}
    for section in dict.fromkeys((*before, *now)):
        old, new = before.get(section, {}), now.get(section, {})
        found[section] = {
            owner: list(dict.fromkeys((*old.get(owner, ()), *new.get(owner, ()))))
            for owner in sorted(old | new)
        }
    return found


def written(entries: Mapping[str, Mapping[str, Iterable[str]]]) -> str:
    """The list as TOML."""
    lines = [f"# Written by `{COMMAND}`, which only adds. See tests/stored_names.py."]
    for section, owners in entries.items():
        lines += ["", f"[{section}]"]
        for owner, found in owners.items():
            values = [_quoted(one) for one in found]
            one_line = f"{_quoted(owner)} = [{', '.join(values)}]"
            if len(one_line) <= 110:
                lines.append(one_line)
            else:
                lines += [f"{_quoted(owner)} = [", *(f"    {value}," for value in values), "]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(arguments: list[str]) -> None:
    """Write the list, or refuse anything else."""
    if arguments != ["--write"]:
        sys.exit(__doc__)
    FILE.write_text(written(merged(listed(), names())), "utf-8")
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
