"""What the tests of each feature declare for the tests that walk all features.

A feature's rows stand beside its own tests, in modules of the same name for every feature: `rights`,
`typed_forms`, `isolation` and `lived_in`.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent


@cache
def modules(name: str) -> dict[str, ModuleType]:
    """The modules of this name, by feature; a feature may have none."""
    return {
        path.parent.name: import_module(f"tests.features.{path.parent.name}.{name}")
        for path in sorted(HERE.glob(f"*/{name}.py"))
    }


def declared(name: str, attribute: str) -> dict[str, Any]:
    """What the modules of this name have under an attribute, by feature; those without it are left out."""
    return {
        feature: getattr(module, attribute)
        for feature, module in modules(name).items()
        if hasattr(module, attribute)
    }


def path_of(feature: str, name: str) -> str:
    """Where the module of a feature stands, or is to stand."""
    return f"tests/features/{feature}/{name}.py"


def missing_rows(name: str, table: str, rows: dict[str, list[str]], shape: str) -> list[str]:
    """What to add: one line per row of a table, or one for all rows of a module that is not there.

    `rows` are the keys that are missing, by feature; `shape` is how a value looks.
    """
    lines = []
    for feature, keys in rows.items():
        path = path_of(feature, name)
        if keys and feature not in modules(name):
            example = ", ".join(f'"{key}": {shape}' for key in keys)
            lines.append(f"{feature}: add {path} with {table} = {{{example}}}")
        else:
            lines += [f"{key}: add it to {table} in {path}, as {shape}" for key in keys]
    return lines
