"""Migrations: on both databases the same tables as the code knows, nothing lost, and nobody else's file."""

import os
import shutil
import sqlite3
import stat
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from pytest_alembic import MigrationContext, tests
from pytest_alembic.config import Config
from pytest_alembic.runner import runner
from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

import storage.migration
from storage.base import DIALECT_DDL, Base
from storage.engine import file_of, open_engine
from storage.migration import (
    CannotMigrate,
    NewerDatabase,
    NoDatabase,
    bring_up,
    configuration,
    current_and_head,
    upgrade,
)
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import setting


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has used yet, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    url = make_url(empty_url)
    if url.get_backend_name() == "sqlite":
        made = create_engine(
            url.set(drivername="sqlite"), connect_args={"isolation_level": None}, poolclass=NullPool
        )
        event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    else:
        made = create_engine(url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def alembic_runner(engine: Engine) -> Iterator[MigrationContext]:
    with runner(config=Config(alembic_config=configuration()), engine=engine) as context:
        yield context


# The revisions ---------------------------------------------------------------------------------------


def test_there_is_one_head(alembic_runner: MigrationContext) -> None:
    tests.test_single_head_revision(alembic_runner)


def test_every_revision_can_be_run_from_the_first_on(alembic_runner: MigrationContext) -> None:
    tests.test_upgrade(alembic_runner)


def test_the_tables_are_those_that_the_code_knows(alembic_runner: MigrationContext) -> None:
    tests.test_model_definitions_match_ddl(alembic_runner)


def test_every_revision_can_be_undone_and_done_again(
    alembic_runner: MigrationContext, engine: Engine
) -> None:
    tests.test_up_down_consistency(alembic_runner)
    alembic_runner.migrate_down_to("base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    alembic_runner.migrate_up_to("heads")


def test_after_all_revisions_sqlite_still_never_gives_an_id_twice(sqlite_url: str) -> None:
    # Copying a table to alter it forgets AUTOINCREMENT and triggers, unless the revision repeats them.
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as connection:
        made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    wanted = {
        table.name
        for table in Base.metadata.tables.values()
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert {"community", "member", "agenda", "outbox", "resource"} <= wanted
    assert {name for name, sql in made.items() if "AUTOINCREMENT" in sql} == wanted
    beside = [
        statement
        for table in Base.metadata.tables.values()
        for statement in table.info.get(DIALECT_DDL, {}).get("sqlite", ())
    ]
    assert [statement.split()[2] for statement in beside if "TRIGGER" in statement.split()[:2]] == [
        name for name, sql in made.items() if sql.startswith("CREATE TRIGGER")
    ]


def test_revisions_name_no_type_of_ours() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    for script in scripts.walk_revisions():
        assert "storage." not in Path(script.path).read_text(), "it would change with the code"


# Upgrading -------------------------------------------------------------------------------------------


def test_an_empty_database_is_filled_and_a_full_one_left_alone(empty_url: str) -> None:
    _, head = current_and_head(empty_url)
    assert current_and_head(empty_url) == (None, head)
    first = upgrade(empty_url, NOW)
    assert (first.before, first.after, first.copy) == (None, head, None)
    assert current_and_head(empty_url) == (head, head)
    second = upgrade(empty_url, NOW)
    assert (second.before, second.after, second.copy) == (head, head, None)


def test_asking_for_the_version_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "tertulia.db"
    current, _ = current_and_head(f"sqlite+aiosqlite:///{path}")
    assert current is None
    assert not path.exists()


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Tertulia with one revision more, which alters a table that others refer to."""
    scripts = tmp_path / "scripts" / "migrations"
    shutil.copytree(Path(ScriptDirectory.from_config(configuration()).dir), scripts)
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    (scripts / "versions" / "9999_next.py").write_text(
        textwrap.dedent(
            f"""
            import sqlalchemy as sa
            from alembic import op

            revision = "9999"
            down_revision = {head!r}


            def upgrade():
                with op.batch_alter_table("community") as batch:
                    # SQLite cannot alter a column: the table is copied, dropped and renamed.
                    batch.add_column(sa.Column("motto", sa.String(40), nullable=False, server_default="none"))
                    batch.alter_column("zone", type_=sa.String(80))
            """
        )
    )
    monkeypatch.setattr(storage.migration, "files", lambda _: scripts)
    return scripts / "versions" / "9999_next.py"


async def counts(url: str) -> dict[str, int]:
    units = Units(open_engine(url))
    async with units.read() as session:
        tables = ("community", "member", "ownership", "community_space", "channel", "account")
        found = {
            table: await orm_of(session).scalar(text(f"SELECT count(*) FROM {table}")) for table in tables
        }
    await units.close()
    return found


async def settle(url: str) -> None:
    units = Units(open_engine(url))
    await setting(units)
    await units.close()


async def test_altering_a_table_keeps_the_rows_that_refer_to_it(
    empty_url: str, request: pytest.FixtureRequest
) -> None:
    upgrade(empty_url, NOW)
    await settle(empty_url)
    before = await counts(empty_url)
    request.getfixturevalue("next_version")
    assert upgrade(empty_url, NOW).after == "9999"
    assert await counts(empty_url) == before
    assert before["member"] == 2


async def test_a_connection_that_enforces_foreign_keys_still_does_after_an_upgrade(
    sqlite_url: str, next_version: Path
) -> None:
    await settle(sqlite_url)
    before = await counts(sqlite_url)
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        await connection.run_sync(bring_up)
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
    await engine.dispose()
    assert await counts(sqlite_url) == before


async def test_an_older_file_is_copied_aside_whole_before_it_is_upgraded(
    sqlite_url: str, next_version: Path
) -> None:
    units = Units(open_engine(sqlite_url))
    await setting(units)  # and left in the write-ahead log: nothing has been closed yet
    path = file_of(sqlite_url)
    assert path is not None
    path.chmod(0o640)
    at = datetime(2026, 3, 2, 9, 55, tzinfo=UTC) - timedelta(hours=1)
    done = upgrade(sqlite_url, at)
    await units.close()
    assert done.copy == path.with_name("tertulia.db.before-9999-20260302T085500Z")
    assert stat.S_IMODE(done.copy.stat().st_mode) == 0o640
    with closing(sqlite3.connect(done.copy)) as copy:
        assert copy.execute("SELECT count(*) FROM member").fetchone() == (2,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (done.before,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [name for name in os.listdir(path.parent) if ".before-" in name] == [done.copy.name]


def break_off(revision: Path) -> None:
    revision.write_text(revision.read_text() + "    op.execute('SELECT * FROM nowhere')\n")


async def test_an_upgrade_that_fails_changes_nothing(empty_url: str, request: pytest.FixtureRequest) -> None:
    upgrade(empty_url, NOW)
    await settle(empty_url)
    before = await counts(empty_url)
    head = current_and_head(empty_url)[0]
    break_off(request.getfixturevalue("next_version"))
    with pytest.raises(Exception, match="nowhere"):
        upgrade(empty_url, NOW)
    assert await counts(empty_url) == before
    assert current_and_head(empty_url) == (head, "9999")


def test_two_processes_can_upgrade_at_once(empty_postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: upgrade(empty_postgres_url, NOW).before, range(4)))
    assert sorted(before is None for before in done) == [False, False, False, True]


# What is refused -------------------------------------------------------------------------------------


async def test_a_database_from_a_newer_version_is_refused_in_words(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    upgrade(empty_url, NOW)
    with monkeypatch.context():
        request.getfixturevalue("next_version")
        upgrade(empty_url, NOW)
    monkeypatch.undo()
    for attempt in (lambda: upgrade(empty_url, NOW), lambda: current_and_head(empty_url)):
        with pytest.raises(NewerDatabase, match=r"newer Tertulia.*revision 9999.*Install the newer version"):
            attempt()
    assert isinstance(NewerDatabase("x"), CannotMigrate)


def test_another_programs_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE photos (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(NoDatabase, match=r"photos\.db is a database of another program"):
        upgrade(f"sqlite+aiosqlite:///{path}", NOW)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("This is a letter and no database. " * 100)
    with pytest.raises(NoDatabase, match=r"notes\.txt is not a database"):
        upgrade(f"sqlite+aiosqlite:///{path}", NOW)


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match=r"folder .*/nowhere for the database does not exist"):
        upgrade(f"sqlite+aiosqlite:///{tmp_path}/nowhere/tertulia.db", NOW)


def test_a_server_that_does_not_answer_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotMigrate, match="cannot be opened"):
        upgrade(f"postgresql+psycopg://nobody@/none?host={tmp_path}", NOW)


def test_a_wrong_password_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(CannotMigrate) as caught:
        upgrade(f"postgresql+psycopg://nobody:hunter2@/none?host={tmp_path}", NOW)
    assert "hunter2" not in str(caught.value)


def test_a_locked_file_is_told_in_words(sqlite_url: str, next_version: Path) -> None:
    with closing(sqlite3.connect(file_of(sqlite_url) or "", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CannotMigrate, match="locked"):
            upgrade(f"{sqlite_url}?timeout=0.1", NOW)


def test_migrations_refuse_to_run_behind_the_back_of_storage() -> None:
    with pytest.raises(RuntimeError, match=r"run through storage\.migration"):
        command.upgrade(configuration(), "head")


def test_postgresql_lets_the_lock_go_after_an_upgrade(empty_postgres_url: str) -> None:
    upgrade(empty_postgres_url, NOW)
    url = make_url(empty_postgres_url)
    host = url.query["host"]
    assert isinstance(host, str)
    with psycopg.connect(host=host, user=url.username, dbname=url.database) as connection:
        held = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    assert held == (0,)
