"""Nothing of one community can be read or changed through another: every method of every repository is tried.

Two communities are filled alike. Each method is called for the second with ids and keys of the first, once
while the first is there and once after it was erased: both must return and leave behind the very same, and
of the first nothing may have changed. Called for the first with the same arguments, the method must show or
do something, or the arguments prove nothing.
"""

import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Table, delete, event, select, text

import storage
from bot.features import FEATURES
from storage.base import Base, Repository
from storage.communities import CommunityRow, Directory, MemberRow
from storage.sealing import Seals
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import units_on
from tests.features.discovery import declared, path_of
from tests.storage import isolation
from tests.storage.isolation import Arguments, FilledCommunity, args, filled_by_the_core

Case = Callable[[Any], Arguments]
SEALS = Seals([bytes(32)], nonce=bytes)
"""Sealing the same each time, so that what was done twice can be compared."""

# What there is to try --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Method:
    """A public coroutine, or asynchronous generator, of a repository."""

    owner: str
    """The feature it is of, or nothing for the core."""
    repository: type[Any]
    name: str

    def __str__(self) -> str:
        return f"{self.repository.__name__}.{self.name}"

    @property
    def is_opened_for_space(self) -> bool:
        return "space" in inspect.signature(self.repository.__init__).parameters


def methods_of(owner: str, repository: type[Any]) -> list[Method]:
    found = inspect.getmembers(
        repository, lambda one: inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
    )
    return [Method(owner, repository, name) for name, _ in found if not name.startswith("_")]


def all_methods() -> list[Method]:
    """The methods of every class of storage that is opened for one community or one space."""
    features = {feature.name for feature in FEATURES}
    found: list[Method] = []
    for module in pkgutil.walk_packages(storage.__path__, "storage."):
        part = module.name.split(".")[1]
        for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            if kind.__module__ != module.name or kind is Repository:
                continue
            names = list(inspect.signature(kind.__init__).parameters) if "__init__" in dir(kind) else []
            if names[1:] in (["session", "community"], ["session", "space"]):
                found += methods_of(part if part in features else "", kind)
    return found


ALL = all_methods()
CASES: Mapping[str, Mapping[str, Case]] = {"": isolation.CASES, **declared("isolation", "CASES")}
"""Cases by feature, and by class and method."""
HARMLESS = {
    f"{feature}/{name}" for feature, names in declared("isolation", "HARMLESS").items() for name in names
}


def missing() -> list[str]:
    """What to add for methods without a case."""
    untried = [one for one in ALL if str(one) not in CASES.get(one.owner, {})]
    shape = "lambda a: args(…)"
    lines = [
        f"{one} in {source_of(one)}: add a case to CASES in {isolation_of(one.owner)}: {shape}"
        for one in untried
        if one.owner in CASES
    ]
    for feature in sorted({one.owner for one in untried} - CASES.keys()):
        keys = ", ".join(f'"{one}": {shape}' for one in untried if one.owner == feature)
        lines.append(
            f"{feature}: add {isolation_of(feature)} with fill(session, there) and CASES = {{{keys}}}"
        )
    return lines


def gone() -> list[str]:
    """Cases of methods that are no longer there."""
    known = {(one.owner, str(one)) for one in ALL}
    return [
        f"{name} is no longer there: remove it from CASES in {isolation_of(owner)}"
        for owner, cases in CASES.items()
        for name in cases
        if (owner, name) not in known
    ]


def isolation_of(owner: str) -> str:
    return path_of(owner, "isolation") if owner else "tests/storage/isolation.py"


def source_of(method: Method) -> str:
    return f"{method.repository.__module__.replace('.', '/')}.py"


async def filled(session: Session, name: str, space: str) -> dict[str, FilledCommunity]:
    """A community of this name with something of everything, as each feature filled it."""
    there = await filled_by_the_core(session, name, space)
    fills = declared("isolation", "fill")
    return defaultdict(
        lambda: there, {feature: await fill(session, there) for feature, fill in fills.items()}
    )


# The trial -------------------------------------------------------------------------------------------

Rows = frozenset[str]
"""Rows as text, each with the name of its table."""


@dataclass(frozen=True)
class Outcome:
    """What a call returned or raised, and the rows afterwards: those of the first community, and the rest."""

    returned: Any
    theirs: Rows
    others: Rows


async def rows(session: Session, community: int, space: int | None) -> tuple[Rows, Rows]:
    """All rows of all tables: those of a community (or of a space that is only its), and the others."""
    connection = await orm_of(session).connection()
    found = await connection.exec_driver_sql(_every_row(connection.dialect.name))
    theirs: set[str] = set()
    others: set[str] = set()
    for row, of, at in map(tuple, found):
        is_theirs = (of is not None and of == community) or (space is not None and at == space)
        (theirs if is_theirs else others).add(row)
    return frozenset(theirs), frozenset(others)


@cache
def _every_row(dialect: str) -> str:
    """One statement for all tables: each row as text, and the community and the space that it is of."""
    selects = []
    for table in Base.metadata.sorted_tables:
        if dialect == "postgresql":
            words = f'CAST("{table.name}" AS text)'
        else:
            words = " || ',' || ".join(f'quote("{column.name}")' for column in table.columns)
        owners = (_owner(table, "community"), _owner(table, "space"))
        selects.append(f"SELECT '{table.name}: ' || {words}, {', '.join(owners)} FROM \"{table.name}\"")
    return " UNION ALL ".join(selects)


def _owner(table: Table, what: str) -> str:
    """The column that may say to which community or space a row belongs."""
    name = "id" if table.name == what else f"{what}_id"
    return f'"{name}"' if name in table.columns else "CAST(NULL AS integer)"


class Writes:
    """Whether a connection was sent anything but queries: if not, its rows need not be compared."""

    def __init__(self, session: Session) -> None:
        self.are_there = False
        event.listen(orm_of(session).get_bind(), "before_cursor_execute", self._note)

    def _note(self, _1: Any, _2: Any, statement: str, *_3: Any) -> None:
        if not statement.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            self.are_there = True

    def close(self, session: Session) -> None:
        event.remove(orm_of(session).get_bind(), "before_cursor_execute", self._note)


@dataclass
class Trial:
    """Calls for two communities in one session, of which the first is erased half-way."""

    session: Session
    writes: Writes
    community: int
    space: int | None
    """The first community, and its space if that is only its."""
    unchanged: tuple[Rows, Rows] = (frozenset(), frozenset())

    async def begin(self) -> None:
        """Look at the rows that are there without any call."""
        await self._reset_sequences()
        self.unchanged = await rows(self.session, self.community, self.space)

    async def outcome(self, method: Method, there: FilledCommunity, arguments: Arguments) -> Outcome:
        """Call a method for a community within a savepoint, look, and undo."""
        positional, named = arguments
        orm = orm_of(self.session)
        opened = method.repository(
            self.session, there.space if method.is_opened_for_space else there.community
        )
        savepoint = await orm.begin_nested()
        self.writes.are_there = False
        try:
            returned = await getattr(opened, method.name)(*positional, **named)
            await orm.flush()
            seen = await self._rows()
        except Exception as error:  # noqa: BLE001  # any error: it must be the same with and without the first
            returned, seen = type(error), self.unchanged
        await savepoint.rollback()
        orm.expunge_all()
        if self.writes.are_there:
            await self._reset_sequences()
        return Outcome(returned, *seen)

    async def _reset_sequences(self) -> None:
        """The same calls must be given the same ids: on PostgreSQL a rollback does not reset sequences."""
        orm = orm_of(self.session)
        if orm.get_bind().dialect.name == "postgresql":
            await orm.execute(text("SELECT setval(seqrelid, 1000000) FROM pg_sequence"))

    async def _rows(self) -> tuple[Rows, Rows]:
        if self.writes.are_there:
            return await rows(self.session, self.community, self.space)
        return self.unchanged


async def leaks(
    session: Session, methods: Sequence[Method], cases: Mapping[Method, Case], *, same_space: bool
) -> list[str]:
    """What the second community can see or touch of the first, and, in two spaces, what is tried in vain."""
    first = await filled(session, "alpha", "T1")
    second = await filled(session, "beta", "T1" if same_space else "T2")
    core = first[""]
    trial = Trial(session, Writes(session), core.community, None if same_space else core.space)
    await trial.begin()
    before, _ = trial.unchanged
    found: list[str] = []
    with_first: dict[Method, Outcome] = {}
    arguments = {method: cases[method](first[method.owner]) for method in methods}
    for method in methods:
        outcome = await trial.outcome(method, second[""], arguments[method])
        with_first[method] = outcome
        if outcome.theirs != before:
            found.append(f"{method} changes what belongs to another community")
        if same_space:
            continue  # the arguments are the same as in two spaces
        own = await trial.outcome(method, core, arguments[method])
        is_idle = own.theirs == before and own.returned == outcome.returned and is_nothing(own.returned)
        if is_idle and f"{method.owner}/{method}" not in HARMLESS:
            found.append(f"{method} is tried with arguments that prove nothing")
    await orm_of(session).execute(delete(CommunityRow).where(CommunityRow.id == core.community))
    if not same_space:
        await Directory(session).erase_space(core.space)
    orm_of(session).expunge_all()
    await trial.begin()
    for method in methods:
        outcome = await trial.outcome(method, second[""], arguments[method])
        if outcome.returned != with_first[method].returned:
            found.append(f"{method} returns something of another community")
        elif outcome.others != with_first[method].others:
            found.append(f"{method} keeps something of another community")
    trial.writes.close(session)
    return found


def is_nothing(returned: Any) -> bool:
    """Whether an answer says nothing: None, False, 0, something empty, or an error."""
    if is_dataclass(returned) and not isinstance(returned, type):
        return not any(vars(returned).values())
    return not returned or isinstance(returned, type)


def test_every_method_of_every_repository_is_tried() -> None:
    assert {"People", "Outbox", "Agenda", "Diary"} <= {method.repository.__name__ for method in ALL}
    assert not (wrong := missing() + gone()), "\n".join(wrong)


@pytest.mark.parametrize("same_space", [False, True], ids=["other space", "same space"])
async def test_nothing_of_one_community_is_read_or_changed_through_another(
    sqlite_units: Units, same_space: bool
) -> None:
    assert await all_leaks(sqlite_units, same_space=same_space) == []


@pytest.mark.endurance
async def test_nothing_is_on_postgresql_either(postgres_url: str) -> None:
    async with units_on(postgres_url) as units:
        assert await all_leaks(units, same_space=False) == []


async def all_leaks(units: Units, *, same_space: bool) -> list[str]:
    """Try every method with a case; in one space, the diary of that space is everyone's."""
    cases = {
        method: CASES[method.owner][str(method)]
        for method in ALL
        if str(method) in CASES.get(method.owner, {}) and not (same_space and method.is_opened_for_space)
    }
    units.seals = SEALS
    async with units.write() as session:
        found = await leaks(session, list(cases), cases, same_space=same_space)
        await orm_of(session).rollback()
    return found


# The trial itself is tried: it has to notice a careless query.


class Careless(Repository):
    """Queries that forget for which community they were opened."""

    async def count(self) -> int:
        return len(list(await self._session.scalars(select(MemberRow.id))))

    async def name_of(self, member: int) -> str | None:
        return await self._session.scalar(select(MemberRow.name).where(MemberRow.id == member))

    async def rename(self, member: int) -> None:
        await self._session.execute(text("UPDATE member SET name = 'x' WHERE id = :id"), {"id": member})

    async def copy(self, member: int) -> None:
        copied = "coalesce((SELECT name FROM member WHERE id = :id), 'none')"
        statement = f"UPDATE community SET name = {copied} WHERE id = :own"
        await self._session.execute(text(statement), {"id": member, "own": self._community})

    async def careful(self, member: int) -> list[str]:
        mine = select(MemberRow.name).where(MemberRow.community_id == self._community, MemberRow.id == member)
        return list(await self._session.scalars(mine))

    async def pointless(self, member: int) -> list[str]:
        return []


async def test_a_careless_query_is_noticed(sqlite_units: Units) -> None:
    methods = methods_of("", Careless)
    cases: dict[Method, Case] = {
        one: (lambda _: args()) if one.name == "count" else (lambda a: args(a.ines)) for one in methods
    }
    sqlite_units.seals = SEALS
    async with sqlite_units.write() as session:
        found = await leaks(session, methods, cases, same_space=False)
        await orm_of(session).rollback()
    assert sorted(found) == [
        "Careless.copy keeps something of another community",
        "Careless.count returns something of another community",
        "Careless.name_of returns something of another community",
        "Careless.pointless is tried with arguments that prove nothing",
        "Careless.rename changes what belongs to another community",
    ]
