"""Upgrades a database to this version, under a lock and completely or not at all; an SQLite file is copied
first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from storage.backup import copy_database
from storage.engine import file_of, is_sqlite

_LOCK = 0x7E27011A
"""The key of PostgreSQL's advisory lock for migrations."""


class CannotMigrate(Exception):
    """The database cannot be used as it is. The text says why, and what to do.

    ├── NewerDatabase   a later version of Tertulia has upgraded it
    └── NoDatabase      there is none, or it belongs to another program
    """


class NewerDatabase(CannotMigrate):
    """A later version of Tertulia has upgraded it."""


class NoDatabase(CannotMigrate):
    """There is no database, or it belongs to another program."""


@dataclass(frozen=True)
class Upgrade:
    """The revision before an upgrade (None for an empty database) and after it, and the copy."""

    before: str | None
    after: str
    copy: Path | None = None


def upgrade(url: str, at: datetime) -> Upgrade:
    """Upgrade a database to this version's revision, creating it if necessary. `at` is part of the copy's
    name.

    It happens completely or not at all. Raises CannotMigrate.
    """
    with _opened(url) as engine, _alone(engine) as connection:
        before, head = _versions(connection)
        if before == head:
            return Upgrade(before, head)
        copy = _set_aside(file_of(url), head, at) if before else None
        bring_up(connection)
        return Upgrade(before, head, copy)


def current_and_head(url: str) -> tuple[str | None, str]:
    """The revision of a database (None if it is empty), and this version's. Raises CannotMigrate."""
    path = file_of(url)
    if path is not None and not path.exists():
        return None, _head()
    with _opened(url) as engine, engine.connect() as connection:
        return _versions(connection)


def bring_up(connection: Connection) -> None:
    """Run the missing revisions on an open connection, in one transaction."""
    config = configuration()
    config.attributes["connection"] = connection
    if connection.dialect.name != "sqlite":
        command.upgrade(config, "head")
        return
    # With foreign keys enforced, altering a table by copying it would delete every cascading child.
    enforced = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    connection.rollback()
    _outside_transactions(connection, "PRAGMA foreign_keys=OFF")
    try:
        command.upgrade(config, "head")
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        connection.rollback()
        if broken is not None:
            raise CannotMigrate(
                f"After the upgrade, a row of {broken[0]} refers to a row of {broken[2]} not there."
            )
    finally:
        _outside_transactions(connection, f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")


def configuration() -> Config:
    """Alembic's configuration. The revisions are those of the installed package."""
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _outside_transactions(connection: Connection, statement: str) -> None:
    assert connection.connection.dbapi_connection is not None
    cursor = connection.connection.dbapi_connection.cursor()
    cursor.execute(statement)
    cursor.close()
    connection.rollback()


def _head() -> str:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None
    return head


def _versions(connection: Connection) -> tuple[str | None, str]:
    """The database's revision and this version's. Raises CannotMigrate if the database is not ours to use."""
    scripts = ScriptDirectory.from_config(configuration())
    current = MigrationContext.configure(connection).get_current_revision()
    tables = [] if current else inspect(connection).get_table_names()
    connection.rollback()
    if current is None and connection.dialect.name == "sqlite" and tables:
        raise NoDatabase(
            f"{connection.engine.url.database} is a database of another program "
            f"(it has the table {tables[0]}). Name another file."
        )
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabase(
            f"This database was upgraded by a newer Tertulia: it is at revision {current}, and this version "
            f"knows up to {_head()}. Install the newer version again, or go back to the copy that was set "
            "aside before the upgrade."
        )
    return current, _head()


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    """A plain engine, without the pragmas and pools of normal operation."""
    parsed = make_url(url)
    path = file_of(parsed)
    if not is_sqlite(parsed):
        engine = create_engine(parsed, poolclass=NullPool)
    else:
        if path is not None and not path.parent.is_dir():
            raise NoDatabase(f"The folder {path.parent} for the database does not exist.")
        engine = create_engine(
            parsed.set(drivername="sqlite"), connect_args={"isolation_level": None}, poolclass=NullPool
        )
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        yield engine
    except OperationalError as error:
        raise CannotMigrate(f"The database cannot be opened: {error.orig}") from error
    except DatabaseError as error:
        if "not a database" not in str(error.orig):
            raise
        raise NoDatabase(f"{path} is not a database. Name another file.") from error
    finally:
        engine.dispose()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection that holds the migration lock."""
    with engine.connect() as connection:
        if engine.dialect.name != "postgresql":
            yield connection
            return
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()


def _set_aside(path: Path | None, head: str, at: datetime) -> Path | None:
    """Copy an SQLite file, including what is still in its log. An unfinished copy has another name."""
    if path is None:
        return None
    copy = path.with_name(f"{path.name}.before-{head}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return copy_database(path, copy)
