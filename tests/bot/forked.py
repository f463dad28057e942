"""`tertulia run` in a process of its own that has nothing left to import.

Importing takes most of a start, and thirty tests start the bot. So one server (of multiprocessing) imports
everything once, and each bot is forked from it. Two more things differ from `python -m bot run`: it looks
five times a second for what there is to do, and newcomers are greeted after eight seconds, not a minute.
The start itself is tried in test_running.py.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired

from bot import heartbeat
from bot.cli import run_command
from facilitation.welcome import schedule
from tests.bot.processes import Running, bot_environment, free_port, wait_until_it_serves
from tests.sqlite import empty_database

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [__name__, "bot.app", "bot.web", "adapters.discord.platform", "adapters.slack.platform"]
)


class Forked:
    """A forked process, with the face of `subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self._process = process
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """The exit status, None while it runs; the negative number of the signal that ended it."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns the exit status. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired("tertulia run", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def forked(cwd: Path) -> Iterator[Running]:
    """The bot on a free port, from when it serves; killed at the end if it still runs.

    Where there is no database yet it finds a migrated, empty one.
    """
    if not (cwd / "tertulia.db").exists():
        (cwd / "tertulia.db").write_bytes(empty_database())
    port = free_port()
    log = cwd / "run.log"
    process = _SERVER.Process(target=_run, args=(cwd, bot_environment(cwd, port), log))
    process.start()
    started = Forked(process)
    try:
        found = Running(started, port, log)
        wait_until_it_serves(found)
        yield found
    finally:
        started.kill()
        started.wait()
        process.close()


def _run(cwd: Path, environment: Mapping[str, str], log: Path) -> None:
    """What the forked process does."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("wb") as written, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    sys.argv[:] = ["tertulia", "run"]
    heartbeat.BEAT = timedelta(seconds=0.2)
    schedule.GROUP_WINDOW = timedelta(seconds=8)
    sys.exit(run_command(["run"]))
