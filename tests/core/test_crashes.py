"""Killed at any moment, the house loses nothing that it acknowledged and says nothing twice."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.waits

ROOT = Path(__file__).parents[2]


def test_killed_twenty_times_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.core.crashing", str(tmp_path)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found = re.search(r"(\d+) acknowledged, (\d+) looked up", done.stdout)
    assert found is not None
    assert int(found[1]) > 20, "the house had no time to do anything"
    assert int(found[2]) > 0, "it was never killed between saying and noting that it was said"
