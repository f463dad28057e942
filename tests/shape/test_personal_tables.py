"""Every table about people is covered by a `forget`."""

import inspect
import re
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, DateTime, Integer, String, Time
from sqlalchemy.orm import Mapper

from storage.base import NOT_PERSONAL, Base, Repository
from tests.shape.tables import FORGOTTEN_BY_THE_CORE, repositories, tables


def _is_about_people(column: "Column[Any]") -> bool:
    """It points at a person, or has room for words."""
    if any(key.column.table.name in ("member", "account") for key in column.foreign_keys):
        return True
    if re.search(r"(^|_)(member|account|author|keeper|who|by)(_id)?$", column.name):
        return True
    has_room = isinstance(column.type, String) and (column.type.length or 1_000) >= 100
    return has_room and not isinstance(column.type, Boolean | Integer | DateTime | Time)


def _forgotten_by_repositories() -> set[str]:
    """Tables whose row class a repository's `forget` names, and those whose rows are deleted with theirs."""
    by_class = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in _mappers()}
    found: set[str] = set()
    for repository in repositories():
        if "forget" in vars(repository):
            source = inspect.getsource(vars(repository)["forget"])
            found |= {table for name, table in by_class.items() if re.search(rf"\b{name}\b", source)}
    grown = True
    while grown:
        grown = False
        for name, table in tables().items():
            vanishes = any(
                key.column.table.name in found and key.ondelete == "CASCADE" for key in table.foreign_keys
            )
            if vanishes and name not in found:
                found.add(name)
                grown = True
    return found


def _mappers() -> "list[Mapper[Any]]":
    return list(Base.registry.mappers)


def _not_personal() -> set[str]:
    return {name for name, table in tables().items() if NOT_PERSONAL in table.info}


def test_every_table_about_people_is_covered_by_a_forget() -> None:
    about_people = {
        name for name, table in tables().items() if any(_is_about_people(column) for column in table.columns)
    }
    left = about_people - _not_personal() - FORGOTTEN_BY_THE_CORE - _forgotten_by_repositories()
    assert not left, (
        f"{sorted(left)} may hold something about a person. Let a repository's `forget` name the row class, "
        "or say in the table's info why not: {NOT_PERSONAL: ...}"
    )


def test_the_core_forgets_tables_that_no_repository_forgets() -> None:
    assert FORGOTTEN_BY_THE_CORE - tables().keys() == set()
    assert _forgotten_by_repositories() & (_not_personal() | FORGOTTEN_BY_THE_CORE) == set()


def test_a_table_that_is_not_personal_points_at_nobody() -> None:
    wrong = [
        f"{name}.{column.name}"
        for name in _not_personal()
        for column in tables()[name].columns
        for key in column.foreign_keys
        if key.column.table.name in ("member", "account")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "repository",
    [one for one in repositories() if "forget" in vars(one)],
    ids=lambda repository: repository.__name__,
)
def test_a_repository_that_forgets_also_shows_and_exports(repository: type[Repository]) -> None:
    for name in ("show", "export", "forget"):
        method = vars(repository).get(name)
        assert method is not None, f"{repository.__name__} has no {name}"
        assert list(inspect.signature(method).parameters) == ["self", "member"]
