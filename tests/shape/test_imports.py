"""Imports that the contracts in pyproject.toml cannot state, and what each module says of itself."""

import ast
import re
from graphlib import TopologicalSorter

import pytest

from storage.session import Session
from tests.shape.registry import FEATURE_NAMES
from tests.shape.sources import (
    PACKAGES,
    ROOT,
    below,
    imports_of,
    sources,
)


@pytest.mark.parametrize("feature", FEATURE_NAMES)
def test_a_feature_imports_its_own_repository_the_communities_and_the_core_only(feature: str) -> None:
    mine = ("facilitation.core", f"facilitation.{feature}", f"storage.{feature}", "storage.communities")
    parents = ("facilitation", "storage")
    wrong = [
        f"{source.at(node)} {module}"
        for source in sources("facilitation")
        if below(source.name, f"facilitation.{feature}")
        for module, node in imports_of(source)
        if below(module, *PACKAGES) and not below(module, *mine) and module not in parents
    ]
    assert wrong == []


def test_a_session_is_only_passed_on_outside_storage() -> None:
    """Facilitation and adapters know a `Session` by its two public methods, and never what is behind it."""
    public = {name for name in vars(Session) if not name.startswith("_")}
    assert public == {"savepoint", "mark_changed"}
    wrong = []
    for source in sources("adapters", "facilitation"):
        imported = [module for module, _ in imports_of(source)]
        wrong += [f"{source.at(source.tree)} {one}" for one in imported if below(one, "storage.session")]
        if "storage.unit.Session" not in imported and "storage.unit.Units" not in imported:
            continue
        wrong += [
            f"{source.at(node)} {ast.unparse(node)}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute)
            and re.fullmatch(r"(\w+\.)?_?session", ast.unparse(node.value))
            and node.attr not in public
        ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count; those by a package do not, since it imports its own modules."""
    modules = {source.name: source for source in sources(*PACKAGES) if source.path.stem != "__init__"}
    imports = {
        name: {module for module, _ in imports_of(source)} & modules.keys() - {name}
        for name, source in modules.items()
    }
    TopologicalSorter(imports).prepare()  # raises CycleError, which shows the circle


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(source.path.relative_to(ROOT))
        for source in sources(package)
        if "versions" not in source.path.parts and not ast.get_docstring(source.tree)
    ]
    assert silent == []
