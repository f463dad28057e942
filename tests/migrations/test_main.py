"""`python -m migrations new` writes the next revision on a fresh checkout, and both databases can run it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from migrations.__main__ import main
from storage.engine import open_engine
from storage.migration import current_and_head
from storage.resources import Link, Shelf
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.storage.arranging import setting

ROOT = Path(__file__).parents[2]
LAST = len(list((ROOT / "migrations/versions").glob("0*.py")))
HEAD, NEXT = f"{LAST:04}", f"{LAST + 1:04}"
WRITTEN = f"migrations/versions/{NEXT}_rate_links_and_name_moods.py"


class Checkout:
    """A copy of what writes revisions, with a change of the tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in ("storage", "migrations"):
            shutil.copytree(ROOT / package, folder / package)  # with the bytecode, which stays valid
        shutil.copy(ROOT / "pyproject.toml", folder)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), "utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def new(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "migrations", "new", *arguments)

    def revisions(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "migrations/versions").glob("0*.py"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.fixture
def changed(checkout: Checkout) -> Checkout:
    """Two columns, a longer one, and a table more."""
    links = "storage/resources/tables.py"
    checkout.edit(
        links,
        '    address_words: Mapped[str] = mapped_column(Text, default=""',
        "    rating: Mapped[int] = mapped_column(default=3)\n"
        "    starred: Mapped[bool] = mapped_column(default=False)\n"
        '    mood: Mapped[str] = mapped_column(String(9), default="it\'s ok")\n'
        '    address_words: Mapped[str] = mapped_column(Text, default=""',
    )
    checkout.edit(
        "storage/communities/tables.py",
        "    name: Mapped[str] = mapped_column(String(200), unique=True",
        "    name: Mapped[str] = mapped_column(String(240), unique=True",
    )
    checkout.edit(
        links,
        "class ResourceNoteRow(Base):",
        textwrap.dedent(
            """\
            class MoodRow(Base):
                __tablename__ = "mood"

                id: Mapped[int] = mapped_column(BigKey, primary_key=True)
                resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))


            class ResourceNoteRow(Base):"""
        ),
    )
    return checkout


def test_a_revision_reads_as_if_it_had_been_reviewed(changed: Checkout) -> None:
    done = changed.new("Rate links and name moods")
    assert done.returncode == 0, done.stderr
    assert WRITTEN in done.stdout
    assert "python -m tests.stored_names --write" in done.stdout
    written = (changed.folder / WRITTEN).read_text("utf-8")
    assert written.startswith('"""Rate links and name moods."""\n')
    assert f'down_revision: str | None = "{HEAD}"' in written
    assert "###" not in written
    assert "storage" not in written
    assert 'op.batch_alter_table("resource", table_kwargs={"sqlite_autoincrement": True})' in written
    assert 'op.batch_alter_table("community", table_kwargs={"sqlite_autoincrement": True})' in written
    assert "DROP TRIGGER IF EXISTS fts_resource_insert" in written
    assert changed.run("-m", "ruff", "check", WRITTEN).returncode == 0
    assert changed.run("-m", "ruff", "format", "--check", WRITTEN).returncode == 0


UPGRADE = """
import sys
from datetime import UTC, datetime
from storage.migration import upgrade
print(upgrade(sys.argv[1], datetime(2026, 3, 2, tzinfo=UTC)).after)
"""
UNDO = """
import sys
from alembic import command
from sqlalchemy import create_engine
from storage.migration import configuration
with create_engine(sys.argv[1]).begin() as connection:
    config = configuration()
    config.attributes["connection"] = connection
    command.downgrade(config, "-1")
"""


async def test_rows_of_before_have_values_and_are_still_found(changed: Checkout, database_url: str) -> None:
    units = Units(open_engine(database_url))
    there = await setting(units)
    async with units.write() as session:
        link = Link("https://dask.org", "dask.org", "dask.org", "Scaling Python")
        await Shelf(session, there.community).put(link, by=there.members["ines"], at=NOW, note="A good start")
    await units.close()
    assert changed.new("Rate links and name moods").returncode == 0
    done = changed.run("-c", UPGRADE, database_url)
    assert done.stdout.strip() == NEXT, done.stderr
    units = Units(open_engine(database_url))
    async with units.write() as session:
        rows = await orm_of(session).execute(text("SELECT rating, starred, mood FROM resource"))
        assert [(rating, bool(starred), mood) for rating, starred, mood in rows] == [(3, False, "it's ok")]
        notes = await orm_of(session).scalar(text("SELECT count(*) FROM resource_note"))
        members = await orm_of(session).scalar(text("SELECT count(*) FROM member"))
        assert (notes, members) == (1, 2)
        await orm_of(session).execute(text("UPDATE resource SET title_words = 'daskable'"))
        found = await Shelf(session, there.community).find("daskable")
        assert [one.headline for one in found.resources] == ["Scaling Python"]
    await units.close()
    if database_url.startswith("postgresql"):
        # This server's database is used again: the next test expects the tables of today.
        undone = changed.run("-c", UNDO, database_url)
        assert current_and_head(database_url)[0] == HEAD, undone.stderr


def test_sqlite_gives_no_id_twice_after_a_table_was_copied(changed: Checkout, sqlite_url: str) -> None:
    assert changed.new("Rate links and name moods").returncode == 0
    assert changed.run("-c", UPGRADE, sqlite_url).stdout.strip() == NEXT
    with closing(sqlite3.connect(sqlite_url.partition("///")[2])) as connection:
        made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    assert [name for name in ("community", "resource", "mood") if "AUTOINCREMENT" not in made[name]] == []
    assert {name for name in made if name.startswith("fts_resource_") and "TRIGGER" in made[name]} == {
        "fts_resource_insert",
        "fts_resource_update",
        "fts_resource_delete",
    }


def test_where_nothing_changed_nothing_is_written(checkout: Checkout) -> None:
    before = checkout.revisions()
    done = checkout.new("Nothing at all")
    assert done.returncode == 1
    assert "there is nothing to write" in done.stderr
    assert checkout.revisions() == before


def test_an_empty_revision_is_for_rewriting_rows(checkout: Checkout) -> None:
    assert checkout.new("--empty", "Rewrite states").returncode == 0
    written = (checkout.folder / f"migrations/versions/{NEXT}_rewrite_states.py").read_text("utf-8")
    assert written.count("    pass\n") == 2


def test_a_column_without_a_value_for_existing_rows_is_refused_in_words(checkout: Checkout) -> None:
    checkout.edit(
        "storage/communities/tables.py",
        "    buddy: Mapped[bool] = mapped_column(default=False)",
        "    buddy: Mapped[bool] = mapped_column(default=False)\n    age: Mapped[int]",
    )
    before = checkout.revisions()
    done = checkout.new("Ask for ages")
    assert done.returncode == 1
    assert "member.age must not be NULL and has no plain default" in done.stderr
    assert "Traceback" not in done.stderr
    assert checkout.revisions() == before


@pytest.mark.parametrize("arguments", [(), ("new",), ("new", "--empty"), ("old", "words"), ("new", "--help")])
def test_other_words_show_how_it_is_called(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match='python -m migrations new "what changes"'):
        main(list(arguments))
