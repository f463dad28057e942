"""The command line as a process of its own, in an empty folder and an environment without our variables."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from bot.cli import run_command

ROOT = Path(__file__).parents[2]
LONG = 600
"""Seconds after which a process that should have ended is given up."""


@dataclass(frozen=True)
class Ended:
    """What a process left: its exit status and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What stands on standard error, line by line."""
        return self.err.splitlines()


def environment(home: Path, *first: Path, **more: str) -> dict[str, str]:
    """The variables of a process; `first` stands before our sources on the path of imports."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "LC_", "LANG"))}
    path = os.pathsep.join(map(str, (*first, ROOT)))
    return kept | {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONPATH": path,
        "PYTHONUTF8": "1",
        **more,
    }


def bot_environment(home: Path, port: int, *first: Path, **more: str) -> dict[str, str]:
    """The variables of a process that serves on this port."""
    return environment(home, *first, TERTULIA_WEB__PORT=str(port), **more)


def tertulia(*arguments: str, cwd: Path, **variables: str) -> Ended:
    """Run `tertulia …` to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env=environment(cwd, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run a command in this process: for what a process of its own would only do more slowly."""
    code = run_command(arguments)
    written = capsys.readouterr()
    return Ended(code, written.out, written.err)


class Process(Protocol):
    """What is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: signal.Signals, /) -> None: ...


class Running:
    """A process of `tertulia run` that serves; `log` is what it wrote so far."""

    def __init__(self, process: Process, port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def get(self, path: str) -> tuple[int, str]:
        """The status and body of one of its pages."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; returns the exit status and how long it took, in seconds."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(LONG), time.monotonic() - begun


@contextmanager
def running(cwd: Path, *first: Path, **variables: str) -> Iterator[Running]:
    """`tertulia run` on a free port, until it serves; killed at the end if it still runs."""
    port = free_port()
    log = cwd / "run.log"
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=cwd,
            env=bot_environment(cwd, port, *first, **variables),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            text=True,
        )
    try:
        found = Running(process, port, log)
        wait_until_it_serves(found)
        yield found
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


Start = Callable[[Path], AbstractContextManager[Running]]
"""Starts the bot in a folder: `running`, or `forked` from tests.bot.forked."""


def free_port() -> int:
    """A port of the loopback on which nobody listens just now."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
        return port


def wait_until_it_serves(found: Running) -> None:
    """Ask for its health until it answers; fails with its log if it ends."""
    given_up = time.monotonic() + LONG
    while time.monotonic() < given_up and found.process.poll() is None:
        try:
            found.get("/health")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"it does not serve; its log:\n{found.log}")


def files_in(folder: Path) -> set[str]:
    """The names of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def is_words(text: str) -> bool:
    """Whether a text is made for people: no traceback, no name of a Python exception."""
    return "Traceback" not in text and "Error:" not in text and 'File "' not in text
