"""Copies of an SQLite database, consistent even while the bot runs, and their restoration."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.engine import file_of


class CannotCopy(Exception):
    """There is nothing to copy, or it is not a database. The text says why, and what to do."""


def copy_database(path: Path, target: Path) -> Path:
    """Copy an SQLite file, including what is still in its log. An unfinished copy has another name."""
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as sink:
        source.backup(sink)
    shutil.copymode(path, partial)
    return partial.replace(target)


def back_up(url: str, target: Path) -> None:
    """Copy the database to a new file. Raises CannotCopy."""
    path = _file(url)
    if not path.exists():
        raise CannotCopy(f"{path} does not exist yet, so there is nothing to back up.")
    if target.exists():
        raise CannotCopy(f"{target} exists already; please choose another name.")
    if not target.parent.is_dir():
        raise CannotCopy(f"there is no folder {target.parent}.")
    copy_database(path, target)


def restore(url: str, source: Path, at: datetime) -> Path | None:
    """Put a copy in the database's place; returns where the former file is kept. Raises CannotCopy.

    The caller holds the process lock, so that no bot uses the database meanwhile.
    """
    path = _file(url)
    if not source.exists():
        raise CannotCopy(f"{source} does not exist.")
    _refuse_strangers(source)
    aside: Path | None = None
    if path.exists():
        aside = path.with_name(f"{path.name}.replaced-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        copy_database(path, aside)
    copy_database(source, path)
    # SQLite would apply the log of the former file to the new one.
    for log in ("-wal", "-shm"):
        path.with_name(path.name + log).unlink(missing_ok=True)
    return aside


def _file(url: str) -> Path:
    path = file_of(url)
    if path is None:
        raise CannotCopy("this is for SQLite files; for PostgreSQL use pg_dump and pg_restore.")
    return path


def _refuse_strangers(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT 1 FROM alembic_version, community LIMIT 1")
    except sqlite3.DatabaseError:
        raise CannotCopy(f"{source} is not a database of Tertulia.") from None
