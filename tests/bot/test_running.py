"""`tertulia run` as a process: it serves, holds its database, upgrades it with a copy, and ends when told."""

import shutil
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.bot.processes import ROOT, command, files_in, free_port, is_words, running, tertulia

pytestmark = pytest.mark.waits

PASSWORD = "tr0ub4dor"
REVISION = '''
"""What a later version adds."""

from alembic import op
import sqlalchemy as sa

revision: str = "9999"
down_revision: str | None = "{before}"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table("of_tomorrow", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("of_tomorrow")
'''


@pytest.fixture(scope="module")
def tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose migrations have one revision more than ours, to stand first on the path of imports."""
    folder = tmp_path_factory.mktemp("tomorrow")
    shutil.copytree(ROOT / "migrations", folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    newest = max(path.name for path in (ROOT / "migrations" / "versions").glob("0*.py"))[:4]
    later = folder / "migrations" / "versions" / "9999_of_tomorrow.py"
    later.write_text(REVISION.format(before=newest))
    return folder


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


# Serving -----------------------------------------------------------------------------------------


def test_a_run_serves_holds_its_file_and_ends_cleanly_when_told_to(
    here: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(here) as bot:
        assert bot.get("/health") == (200, '{"status":"well"}')
        status, metrics = bot.get("/metrics")
        assert status == 200
        assert "\ntertulia_set_aside 0.0\n" in metrics
        assert "\ntertulia_agenda_late_seconds 0.0\n" in metrics
        assert bot.get("/")[0] == 404

        second = tertulia("run", cwd=here, TERTULIA_WEB__PORT=str(free_port()))
        others = (["import", str(club)], ["db", "upgrade"], ["db", "restore", "copy.db"])
        for refused in (second, *(command(capsys, *arguments) for arguments in others)):
            assert (refused.code, refused.out) == (2, "")
            [line] = refused.lines
            assert f"Another Tertulia (process {bot.process.pid}) is working on tertulia.db." in line
            assert "Stop that one first" in line
        saved = command(capsys, "db", "backup", "copy.db")
        assert (saved.code, saved.out) == (0, "Copied to copy.db\n"), "a copy may be made while it runs"
        assert "agenda" in tables(here / "copy.db")

        code, seconds = bot.end()
        assert code == 0
        assert seconds < 10
        assert "stopped" in bot.log
        assert is_words(bot.log)
    assert "tertulia.db-wal" not in files_in(here), "the database was given back"
    assert command(capsys, "db", "upgrade").code == 0, "the lock went with the process"


def test_ctrl_c_ends_it_too(tmp_path: Path) -> None:
    with running(tmp_path, TERTULIA_LOG__FORMAT="json") as bot:
        code, seconds = bot.end(signal.SIGINT)
        assert code in (0, 130)
        assert seconds < 10
        assert is_words(bot.log)
        assert '"event": "running"' in bot.log


def test_a_lock_left_by_a_crash_holds_nobody_up(tmp_path: Path) -> None:
    with running(tmp_path) as bot:
        bot.end(signal.SIGKILL)
    assert "tertulia.db.lock" in files_in(tmp_path)
    with running(tmp_path) as bot:
        assert bot.get("/health")[0] == 200


def test_a_port_that_is_taken_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = tertulia("run", cwd=tmp_path, TERTULIA_WEB__PORT=str(port))
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.lines
    assert f"port {port} (address already in use)" in line
    assert "under [web]" in line
    assert "tertulia.db" not in files_in(tmp_path)


# Upgrading ---------------------------------------------------------------------------------------


def test_an_older_sqlite_file_is_copied_aside_then_upgraded_and_no_older_version_takes_it(
    here: Path, tomorrow: Path, club: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "db", "upgrade")
    with running(here, tomorrow) as bot:
        assert bot.get("/health")[0] == 200
        bot.end()
        assert "The older database is kept as tertulia.db.before-9999-" in bot.log
    [copy] = here.glob("tertulia.db.before-9999-*")
    assert "of_tomorrow" not in tables(copy)
    assert "of_tomorrow" in tables(here / "tertulia.db")

    older = tertulia("run", cwd=here, TERTULIA_WEB__PORT=str(free_port()))
    others = (["import", str(club)], ["db", "upgrade"], ["recap", "--print"])
    for ended in (older, *(command(capsys, *arguments) for arguments in others)):
        assert (ended.code, ended.out) == (2, "")
        [line] = ended.lines
        assert "upgraded by a newer Tertulia" in line
        assert "9999" in line
        assert is_words(line)
    checked = command(capsys, "check")
    assert checked.code == 1
    assert "✗ This database was upgraded by a newer Tertulia" in checked.out
    assert "Use the version that wrote it" in checked.out

    with running(here, tomorrow) as bot:
        bot.end()
    assert len(list(here.glob("tertulia.db.before-*"))) == 1, "there was nothing to upgrade"


# PostgreSQL --------------------------------------------------------------------------------------


def test_postgresql_is_not_upgraded_in_passing_and_may_be_shared(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    url = make_url(empty_postgres_url).set(password=PASSWORD).render_as_string(hide_password=False)
    variables = {"TERTULIA_DATABASE__URL": url, "TERTULIA_LOG__LEVEL": "debug"}
    early = tertulia("run", cwd=tmp_path, TERTULIA_WEB__PORT=str(free_port()), **variables)
    assert (early.code, early.out) == (2, "")
    assert "run tertulia db upgrade once" in early.lines[-1]
    upgraded = tertulia("db", "upgrade", cwd=tmp_path, **variables)
    assert upgraded.code == 0, upgraded.err
    copied = tertulia("db", "backup", "copy.sql", cwd=tmp_path, **variables)
    assert "use pg_dump" in copied.err

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with running(tmp_path / "a", **variables) as one, running(tmp_path / "b", **variables) as other:
        assert one.get("/health")[0] == other.get("/health")[0] == 200
        assert (one.end()[0], other.end()[0]) == (0, 0)
        assert PASSWORD not in one.log + other.log + early.err + upgraded.out + upgraded.err
