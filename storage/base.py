"""What all tables and repositories share: the declarative base, UTC instants and `Repository`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Table
from sqlalchemy.dialects.postgresql import Insert as PgInsert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.session import Session, orm_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NAMES = "names"
"""In a column's `info`: what becomes of a forgotten person's name in it, a `storage.name_redaction.Rule`."""

VALUES = "values"
"""In a column's `info`: the `StoredEnum` whose values it holds."""

NOT_PERSONAL = "not_personal"
"""In a table's `info`: why its texts are not about a person, so that `forget` leaves the table alone."""

DIALECT_DDL = "dialect_ddl"
"""In a table's `info`: by dialect, the statements that create what only one database has for the table."""

BigKey = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key. SQLite assigns keys only to a column declared as INTEGER."""


def micros(at: datetime) -> int:
    """An aware datetime as microseconds since 1970. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: an instant needs its zone")
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(value: int) -> datetime:
    """The UTC datetime of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


class StoredEnum(StrEnum):
    """The vocabulary of a column. Its values are stored, so they do not change; see `tests.stored_names`."""

    @property
    def in_words(self) -> str:
        """The value as people read it."""
        return self.value.replace("_", " ")


class Instant(TypeDecorator[datetime]):
    """A datetime, stored as microseconds since 1970: exact, sortable, and the same on both databases.

    It rejects naive datetimes, and returns UTC.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = BigInteger
    cache_ok: bool | None = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Base(DeclarativeBase):
    """The base of all tables. Constraints have names, by which migrations change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant()}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__table__
        assert isinstance(table, Table)
        if [type(column.type) for column in table.primary_key] == [BigInteger] and not any(
            column.foreign_keys for column in table.primary_key
        ):
            # Buttons, keys and stored commands hold ids: SQLite must never give one to another row.
            table.dialect_options["sqlite"]["autoincrement"] = True


def short(text: str, length: int = 300) -> str:
    """An error text as a column can store it: PostgreSQL rejects longer ones, and zero bytes."""
    return text.replace("\x00", "")[:length]


class Repository:
    """The stored data of a feature, opened for one community: no query reaches rows of another.

    A repository with data about people has `show`, `export` and `forget`, each for a member
    (`storage.erasure.PersonalRepository`). `heading` is the title above what it shows, and `export_key`
    names what it exports.
    """

    heading: ClassVar[str] = ""
    export_key: ClassVar[str] = ""

    def __init__(self, session: Session, community: int) -> None:
        self._unit = session
        self._session = orm_of(session)
        self._community = community


Insert = PgInsert | SqliteInsert


def inserting(session: AsyncSession, table: type[Base]) -> Insert:
    """An INSERT in the session's dialect, for ON CONFLICT."""
    return (pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert)(table)


def insert_into(dialect: str, table: type[Base]) -> Insert:
    """The same for the table itself: a statement that is composed once for each dialect."""
    to_insert = pg_insert if dialect == "postgresql" else sqlite_insert
    return to_insert(Base.metadata.tables[table.__tablename__])


@cache
def insert_missing(dialect: str, table: type[Base], returning: str) -> ReturningInsert[Any]:
    """An INSERT ... ON CONFLICT DO NOTHING, composed once, which returns a column of the row that is new."""
    query = insert_into(dialect, table)
    return query.on_conflict_do_nothing().returning(query.table.c[returning])


async def add_missing(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet. Every row names the same columns, and all that have no default.

    It is one statement with many rows, since composing a statement takes longer than inserting a row.
    """
    if rows:
        connection = await session.connection()
        await connection.execute(inserting(session, table).on_conflict_do_nothing(), rows)
