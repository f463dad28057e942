"""The project's own source files as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "facilitation", "storage", "migrations")


@dataclass(frozen=True)
class Source:
    """A module of the project."""

    name: str
    path: Path
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """The file and line of a node, as editors read them."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"

    def module(self) -> ModuleType:
        return import_module(self.name)

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions and classes of these names, imported or reached as attributes."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield node


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    found = tuple(read_sources(*packages))
    assert found, f"no sources below {ROOT}"
    return found


def read_sources(*packages: str) -> Iterator[Source]:
    """The same one by one: all the trees at once would make every search for reference cycles slow."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            relative = path.relative_to(ROOT).with_suffix("")
            parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
            yield Source(".".join(parts), path, ast.parse(path.read_text("utf-8"), str(path)))


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument, given by position or by name."""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in by_name:
        return by_name[name]
    plain = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    return plain[position] if position < len(plain) == len(call.args) else None


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def strings(node: ast.AST | None) -> Iterator[str]:
    """Every literal string below a node, the literal pieces of f-strings included."""
    for inner in ast.walk(node) if node is not None else ():
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def imports_of(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """The modules that a module imports, anywhere in it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def below(module: str, *parents: str) -> bool:
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)
