import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from adapters.archive import reader_process
from adapters.archive.reader_process import read_in_process
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import MemberChanged
from tests.adapters.archive.conftest import SMALL, Opened, read
from tests.bench.archives import write_slack_export

SLACK = SMALL / "slack-small"
DISCORD = SMALL / "discord-small"


@pytest.mark.parametrize("path", [SLACK, DISCORD])
def test_reading_apart_gives_what_reading_here_gives(opened: Opened, path: Path) -> None:
    here = opened(path)
    roster = here.roster()
    events = list(here.events())
    with read_in_process(path) as reading:
        assert (reading.platform, reading.total_bytes) == (here.platform, here.total_bytes)
        assert reading.roster == roster
        assert [event for batch in reading for event in batch] == events
        assert reading.problems == here.problems
        assert reading.read_bytes == reading.total_bytes
        assert reading.roster == here.roster()


def test_batches_and_progress_come_along_the_way(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    written = write_slack_export(path, messages=9_000, channels=3, people=20, days=30)
    with read_in_process(path) as reading:
        sizes, progress = [], []
        for batch in reading:
            sizes.append(len(batch))
            progress.append(reading.read_bytes)
    assert sizes[:-1] == [reader_process.BATCH] * (len(sizes) - 1)
    assert sum(sizes) == written.messages + written.joins
    assert progress == sorted(progress)
    assert 0 < progress[0] < progress[-1] <= reading.total_bytes


@pytest.mark.parametrize("name", ["nowhere.zip", "Año nuevo – ‘1’.zip"])
def test_bad_input_reaches_the_parent(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="does not exist") as caught:
        read_in_process(tmp_path / name)
    assert name in str(caught.value)


def test_reading_may_begin_later() -> None:
    start = datetime.fromisoformat("2024-03-04T11:30:00+00:00")
    with read_in_process(DISCORD, start=start) as reading:
        found = [event for batch in reading for event in batch]
    # People are also reported if they only wrote before.
    assert found == [one for one in read(DISCORD) if one.at >= start or isinstance(one, MemberChanged)]
    assert len(found) == 5


def child_of(reading: reader_process.ReaderProcess) -> int:
    return reading._child.pid


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_leaving_early_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    write_slack_export(path, messages=30_000, channels=3, people=20, days=30)
    with read_in_process(path) as reading:
        pid = child_of(reading)
        next(iter(reading))
        assert not has_ended(pid)
    assert has_ended(pid)


def test_an_error_in_the_parent_ends_the_child() -> None:
    pid = 0

    def fail() -> None:
        nonlocal pid
        with read_in_process(SLACK) as reading:
            pid = child_of(reading)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert has_ended(pid)


def test_a_child_that_is_killed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    write_slack_export(path, messages=30_000, channels=3, people=20, days=30)
    with read_in_process(path) as reading:
        os.kill(child_of(reading), signal.SIGKILL)
        with pytest.raises(RuntimeError, match="ended early"):
            list(reading)


def test_a_ctrl_c_is_left_to_the_parent(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    written = write_slack_export(path, messages=30_000, channels=3, people=20, days=30)
    with read_in_process(path) as reading:
        os.kill(child_of(reading), signal.SIGINT)
        assert sum(len(batch) for batch in reading) == written.messages + written.joins


def bytes_read_until_it_waits(reading: reader_process.ReaderProcess) -> int:
    """The bytes that the child has read, once it reads no more."""
    seen = -1
    while True:
        counters = Path(f"/proc/{child_of(reading)}/io").read_text()
        now = int(counters.split()[1])
        if now == seen:
            return now
        seen = now
        time.sleep(0.5)


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="tells by /proc how far the child has read")
def test_the_child_waits_while_the_parent_is_slow(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    write_slack_export(path, messages=80_000, channels=3, people=20, days=30)
    with read_in_process(SLACK) as reading:
        next(iter(reading))
        modules = bytes_read_until_it_waits(reading)
    with read_in_process(path) as reading:
        next(iter(reading))
        assert bytes_read_until_it_waits(reading) - modules < 0.6 * path.stat().st_size


def test_the_child_imports_little() -> None:
    """Neither databases nor pages are imported to parse JSON, which would cost memory and time."""
    heavy = "sqlalchemy", "nicegui", "pydantic", "discord", "slack_bolt"
    script = f"""
import sys
from adapters.archive.reader_process import run_reader
run_reader()
sys.exit(any(name in sys.modules for name in {heavy!r}))
"""
    subprocess.run([sys.executable, "-c", script, SLACK, ""], stdout=subprocess.DEVNULL, check=True)
