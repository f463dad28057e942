"""All tables and repositories of storage."""

import pkgutil
from importlib import import_module
from types import ModuleType

from sqlalchemy import Table

import storage
from storage.base import Base, Repository

FORGOTTEN_BY_THE_CORE = {
    "account",
    "agenda",  # ids in the arguments of planned commands
    "diary",  # authors, and excerpts for five weeks
    "member",
    "outbox",  # cards with member ids, and with people's words
    "ownership",
    "presence",
    "role",  # with a note by the person who handed it over
}
"""The core's tables about people, which `core.people.personal_data` and `storage.erasure` search.

tests/features/privacy/test_erasure.py fills each of them and finds nothing afterwards.
"""


def _modules_of_storage() -> list[ModuleType]:
    return [import_module(found.name) for found in pkgutil.walk_packages(storage.__path__, "storage.")]


def tables() -> dict[str, Table]:
    """All tables by name, without the full-text indexes."""
    _modules_of_storage()
    return {name: table for name, table in Base.metadata.tables.items() if not name.startswith("fts_")}


def repositories() -> list[type[Repository]]:
    """Every repository, in the order of its module."""
    return [
        thing
        for module in _modules_of_storage()
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Repository) and thing.__module__ == module.__name__
    ]
