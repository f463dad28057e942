"""The ground of all tables: the declarative base, UTC instants, and the cellar that rooms are handed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Table
from sqlalchemy.dialects.postgresql import Insert as PgInsert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.session import Session, orm_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NAMES = "names"
"""In a column's `info`: what becomes of a forgotten person's name in it (`storage.name_redaction.Rule`)."""

VALUES = "values"
"""In a column's `info`: the `StoredEnum` whose values it holds."""

DIALECT_DDL = "dialect_ddl"
"""In a table's `info`: statements that create what belongs to it on one database only, by dialect."""

BigKey = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite only counts by itself in a column declared INTEGER."""


def micros(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970, UTC. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: an instant needs its zone")
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(value: int) -> datetime:
    """The instant of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


class StoredEnum(StrEnum):
    """The vocabulary of a column. Its values are stored, so they never change; see `tests.stored_names`."""

    @property
    def in_words(self) -> str:
        """The value as people read it."""
        return self.value.replace("_", " ")


class Instant(TypeDecorator[datetime]):
    """An instant, stored as microseconds since 1970: exact, ordered, the same on both databases.

    It refuses naive datetimes, and everything it returns is in UTC.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = BigInteger
    cache_ok: bool | None = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Base(DeclarativeBase):
    """All tables; constraints are named so that migrations can change them on both databases."""

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
            # Ids stand in buttons, keys and stored asks: SQLite must not give one to another row later.
            table.dialect_options["sqlite"]["autoincrement"] = True


def short(text: str, length: int = 300) -> str:
    """Words of an error as a column can keep them: PostgreSQL refuses longer ones, and zero bytes."""
    return text.replace("\x00", "")[:length]


class Repository:
    """What a room keeps, opened for one community: no query of a cellar sees another's rows.

    A cellar that keeps something of people has `show`, `export` and `forget`, each of a member
    (`storage.erasure`); `heading` stands over what it shows.
    """

    heading: ClassVar[str] = ""

    def __init__(self, session: Session, community: int) -> None:
        self._unit = session
        self._session = orm_of(session)
        self._community = community


def inserting(session: AsyncSession, table: type[Base]) -> PgInsert | SqliteInsert:
    """An INSERT with ON CONFLICT in the dialect of the session's database."""
    dialect = session.get_bind().dialect.name
    return (pg_insert if dialect == "postgresql" else sqlite_insert)(table)


async def add_missing(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows that are not there; all columns are named, and alike in every row.

    One statement with many sets of values: to write a statement costs more than to insert a row.
    """
    if rows:
        connection = await session.connection()
        await connection.execute(inserting(session, table).on_conflict_do_nothing(), rows)
