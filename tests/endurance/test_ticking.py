"""Prompts are posted exactly once, however many processes share the work, and however often they are killed.

Here a little of it is in every run; the whole of it is marked `endurance`.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import KILLS, sampled

pytestmark = pytest.mark.waits

ROOT = Path(__file__).parents[2]


def ticked(folder: Path, url: str, processes: int, kills: int, rhythms: int, days: int) -> tuple[int, int]:
    """Let a crew tick; returns how many were killed, and how many sends were looked up since in doubt."""
    numbers = [str(number) for number in (processes, kills, rhythms, days)]
    program = [sys.executable, "-m", "tests.endurance.ticking", str(folder), url, *numbers]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=3_600, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found = re.search(r"(\d+) shown, (\d+) killed, (\d+) looked up", done.stdout)
    assert found is not None
    assert int(found[1]) == rhythms * days
    return int(found[2]), int(found[3])


@sampled("kills", KILLS)
def test_four_processes_on_postgresql_post_each_once(tmp_path: Path, postgres_url: str, kills: int) -> None:
    assert ticked(tmp_path, postgres_url, 4, kills, 2 * kills, 3)[0] == kills


@pytest.mark.endurance
@pytest.mark.parametrize("kills", KILLS)
def test_one_process_on_sqlite_posts_each_once(tmp_path: Path, sqlite_url: str, kills: int) -> None:
    assert ticked(tmp_path, sqlite_url, 1, kills, 2 * kills, 3)[0] == kills


@pytest.mark.endurance
def test_eight_processes_post_ten_thousand_prompts_once_each(tmp_path: Path, postgres_url: str) -> None:
    killed, looked_up = ticked(tmp_path, postgres_url, 8, 200, 100, 100)
    assert killed == 200
    assert looked_up > 0, "nobody was killed between saying and noting that it was said"


@pytest.mark.endurance
def test_one_process_on_sqlite_killed_two_hundred_times(tmp_path: Path, sqlite_url: str) -> None:
    killed, looked_up = ticked(tmp_path, sqlite_url, 1, 200, 100, 20)
    assert killed == 200
    assert looked_up > 0, "it was never killed between saying and noting that it was said"
