"""Erasing a person: in every repository, in the diary, among the members, and in what others wrote."""

import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy import Column, String, Table, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

import storage
from storage.base import DIALECT_DDL, NAMES, Base, Repository
from storage.communities import AccountRow, MemberRow, OwnershipRow, RoleRow, SpaceRow
from storage.diary import Diary
from storage.name_redaction import NamePatterns, Rule
from storage.ranking import folded
from storage.session import Session, orm_of
from storage.suppression import suppress

ROOMY = 100
"""A text column with at least this length has room for people's words."""


class PersonalRepository(Protocol):
    """A repository with data about people. Having `forget` makes it one.

    It has a `heading` and an `export_key` of its own.
    """

    async def show(self, member: int) -> list[str]:
        """What is stored here about a member, as lines of text for them to read."""
        ...

    async def export(self, member: int) -> dict[str, Any]:
        """The same for programs: stable keys, times in ISO 8601."""
        ...

    async def forget(self, member: int) -> None:
        """Erase a member. What is left may only be counted."""
        ...


@cache
def personal_repositories() -> tuple[type[Repository], ...]:
    """Every repository in storage that has `forget`, by key, whether its feature is in use or not.

    Raises TypeError if one has no heading or no key.
    """
    for module in pkgutil.walk_packages(storage.__path__, "storage."):
        import_module(module.name)
    found = [
        kind
        for kind in _below(Repository)
        if "forget" in vars(kind) and kind.__module__.startswith("storage.")
    ]
    unnamed = [kind.__name__ for kind in found if not (kind.heading and kind.export_key)]
    if unnamed:
        raise TypeError(f"give a heading and an export_key to {', '.join(unnamed)}")
    return tuple(sorted(found, key=lambda kind: kind.export_key))


def opened(kind: type[Repository], session: Session, community: int) -> PersonalRepository:
    """A repository, opened for one community."""
    keeper: Any = kind(session, community)
    return keeper  # type: ignore[no-any-return]  # a test looks at what each of them offers


@dataclass(frozen=True)
class Owned:
    """An account of a person, and its space."""

    id: int
    space: int
    handle: str


@dataclass(frozen=True)
class Person:
    """A person: one member in each of these communities, and all of their accounts."""

    members: tuple[tuple[int, int], ...]
    accounts: tuple[Owned, ...]
    names: NamePatterns

    @property
    def account_ids(self) -> list[int]:
        """The ids of their accounts."""
        return [account.id for account in self.accounts]

    @property
    def spaces(self) -> list[int]:
        """The spaces of their accounts."""
        return sorted({account.space for account in self.accounts})


async def person_of(session: Session, member: int) -> Person:
    """The person who is this member, found by following accounts and members until no more turn up."""
    members, accounts = {member}, set[int]()
    while True:
        query = select(OwnershipRow.account_id, OwnershipRow.member_id).where(
            or_(OwnershipRow.member_id.in_(members), OwnershipRow.account_id.in_(accounts))
        )
        owned = (await orm_of(session).execute(query)).all()
        if {row.member_id for row in owned} <= members and {row.account_id for row in owned} <= accounts:
            break
        members |= {row.member_id for row in owned}
        accounts |= {row.account_id for row in owned}
    people = list(
        await orm_of(session).scalars(
            select(MemberRow).where(MemberRow.id.in_(members)).order_by(MemberRow.id)
        )
    )
    theirs = list(
        await orm_of(session).scalars(
            select(AccountRow).where(AccountRow.id.in_(accounts)).order_by(AccountRow.id)
        )
    )
    handles = [row.handle for row in theirs]
    called = [*(row.name for row in theirs), *(row.name for row in people)]
    return Person(
        tuple((row.community_id, row.id) for row in people),
        tuple(Owned(row.id, row.space_id, row.handle) for row in theirs),
        NamePatterns.of(handles, called),
    )


async def hold(session: Session, person: Person) -> None:
    """Lock the person's rows, so that nobody digests their events or acts as them until the unit ends.

    A unit that has such a row now is waited for. One that comes later finds no row, and fails.
    """
    spaces = select(SpaceRow.id).where(SpaceRow.id.in_(person.spaces)).order_by(SpaceRow.id)
    await orm_of(session).execute(spaces.with_for_update(key_share=True))
    members = [member for _, member in person.members]
    for row, ids in ((AccountRow, person.account_ids), (MemberRow, members)):
        await orm_of(session).execute(
            select(row.id).where(row.id.in_(ids)).order_by(row.id).with_for_update()
        )


async def erase(session: Session, person: Person) -> None:
    """Erase a person. The caller has redacted the outbox and the agenda before."""
    for community, member in person.members:
        for kind in personal_repositories():
            await opened(kind, session, community).forget(member)
        written = (RoleRow.community_id == community, RoleRow.note_by_id == member)
        await orm_of(session).execute(update(RoleRow).where(*written).values(note="", note_by_id=None))
    for space in person.spaces:
        await Diary(session, space).unauthored(person.account_ids)
        await suppress(session, space, [one.handle for one in person.accounts if one.space == space])
    ids = [member for _, member in person.members]
    # The database deletes their presences, ownerships and roles along with them.
    await orm_of(session).execute(delete(MemberRow).where(MemberRow.id.in_(ids)))
    await orm_of(session).execute(delete(AccountRow).where(AccountRow.id.in_(person.account_ids)))
    await hide_names(orm_of(session), person.names)
    orm_of(session).expunge_all()


# In what others wrote -----------------------------------------------------------------------------


async def hide_names(session: AsyncSession, names: NamePatterns) -> None:
    """Remove a person's names from every column with room for words, by the rule in the column's `info`."""
    if not names.words:
        return
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("fts_"):
            continue
        columns = [column for column in table.columns if _rule(column) != "kept"]
        if columns and await _hide_in(session, table, columns, names):
            await _merge_index(session, table)


def _rule(column: "Column[Any]") -> Rule:
    rule: Rule | None = column.info.get(NAMES)
    if rule is not None:
        return rule
    is_roomy = isinstance(column.type, String) and (column.type.length or ROOMY) >= ROOMY
    return "hidden" if is_roomy else "kept"


async def _hide_in(
    session: AsyncSession, table: Table, columns: "Sequence[Column[Any]]", names: NamePatterns
) -> int:
    """Redact one table; returns the number of rows that changed."""
    keys = list(table.primary_key)
    perhaps = or_(*(names.perhaps_in(column) for column in columns))
    changed = 0
    for row in (await session.execute(select(*keys, *columns).where(perhaps))).all():
        is_row = [column == value for column, value in zip(keys, row, strict=False)]
        words = dict(zip(columns, row[len(keys) :], strict=True))
        if any(_rule(column) == "row" and _is_only(value, names) for column, value in words.items()):
            await session.execute(delete(table).where(*is_row))
            changed += 1
            continue
        new = {column.name: _hidden(column, value, names) for column, value in words.items() if value}
        new = {name: value for name, value in new.items() if value != words[table.columns[name]]}
        if new:
            await session.execute(update(table).where(*is_row).values(**new))
            changed += 1
    return changed


def _is_only(value: str, names: NamePatterns) -> bool:
    return not names.unfolded(folded(value))


def _hidden(column: "Column[Any]", value: str, names: NamePatterns) -> str | None:
    match _rule(column):
        case "hidden":
            hidden = names.hidden(value)
            return hidden[: column.type.length] if isinstance(column.type, String) else hidden
        case "blank":
            return (None if column.nullable else "") if names.is_in(value) else value
        case "folded":
            return names.unfolded(value)
        case _:
            return value


async def _merge_index(session: AsyncSession, table: Table) -> None:
    """Merge a full-text index of SQLite into one piece: until then it only marks what was deleted."""
    index = f"fts_{table.name}"
    if session.get_bind().dialect.name == "sqlite" and index in "".join(_beside(table)):
        await session.execute(text(f"INSERT INTO {index}({index}) VALUES ('optimize')"))  # noqa: S608  # our own name


def _beside(table: Table) -> Iterable[str]:
    beside: dict[str, list[str]] = table.info.get(DIALECT_DDL, {})
    return beside.get("sqlite", ())


def _below(kind: type[Repository]) -> set[type[Repository]]:
    return {one for child in kind.__subclasses__() for one in (child, *_below(child))}
