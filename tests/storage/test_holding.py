"""One process at a time on one SQLite file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.process_lock import AlreadyHeld, hold

HOLDER = """
import sys, time
from storage.process_lock import hold
with hold(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""
ROOT = Path(__file__).parents[2]


def holder(url: str) -> subprocess.Popen[str]:
    """A process that holds the database; returns when it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_in_words(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    with holder(url) as process:
        with pytest.raises(AlreadyHeld) as caught, hold(url):
            pass
        process.kill()
    words = str(caught.value)
    assert f"Another Tertulia (process {process.pid})" in words
    assert "tertulia.db" in words
    assert "Stop that one first" in words


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_dies_lets_go(tmp_path: Path, end: signal.Signals) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    with holder(url) as process:
        os.kill(process.pid, end)
        process.wait()
    with hold(url):
        pass


def test_the_same_process_cannot_hold_twice_and_can_hold_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    with hold(url), pytest.raises(AlreadyHeld), hold(url):
        pass
    with hold(url):
        pass


def test_other_files_and_other_databases_are_free(tmp_path: Path) -> None:
    with (
        hold(f"sqlite+aiosqlite:///{tmp_path}/one.db"),
        hold(f"sqlite+aiosqlite:///{tmp_path}/two.db"),
        hold("sqlite+aiosqlite:///:memory:"),
        hold("sqlite+aiosqlite:///:memory:"),
        hold("postgresql+psycopg://u@h/d"),
        hold("postgresql+psycopg://u@h/d"),
    ):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"one.db.lock", "two.db.lock"}


def test_a_child_of_the_holder_does_not_keep_the_file_held(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    program = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(30)"]
    with hold(url):
        child = subprocess.Popen(program, close_fds=False, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
    with child:
        with hold(url):
            pass
        child.kill()
