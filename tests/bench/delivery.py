"""How fast posts leave, beside an earlier commit: `python -m tests.bench.delivery [--against COMMIT]`.

400 posts to 100 channels through a surface that takes each after 50 ms and knows no limit, and the same while
the calls to one channel hang. Every figure is taken in a process of its own on a fresh SQLite file. With
`--against`, the earlier commit is checked out aside and measured in turn with this one, three times each; the
medians count. Writes bench/results/delivery.json.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figures
from tests.bench.results import write_results

ROOT = Path(__file__).parents[2]
POSTS, LANES, DELAY, HANG = 400, 100, 0.05, 25.0
TIMES = 3


def measure(checkout: Path, hang: float = 0.0) -> dict[str, float]:
    """The figures of one run in a checkout."""
    script = str(ROOT / "tests/bench/delivery_child.py")
    words = [str(number) for number in (POSTS, LANES, DELAY, hang)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, script, *words],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A worktree of a commit, removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", "-q", str(place), commit], cwd=ROOT, check=True)
        try:
            yield place
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(place)], cwd=ROOT, check=True)


def main() -> int:
    """Print the figures; returns 1 if a target was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", default="", help="a commit to compare with")
    options, _ = parser.parse_known_args()
    figures, results = Figures(), {}
    now, before = [], []
    if options.against:
        with checked_out(options.against) as place:
            for _ in range(TIMES):
                now.append(measure(ROOT))
                before.append(measure(place))
    else:
        now = [measure(ROOT) for _ in range(TIMES)]
    results["now"] = {name: statistics.median(run[name] for run in now) for name in now[0]}
    figures.note("posts/s to 100 channels at 50 ms", results["now"]["per_second"])
    figures.note("ms of processor per post", results["now"]["processor_ms_per_post"])
    if before:
        results["before"] = {name: statistics.median(run[name] for run in before) for name in before[0]}
        ratio = results["now"]["per_second"] / results["before"]["per_second"]
        figures.note(f"posts/s at {options.against}", results["before"]["per_second"])
        figures.at_least("as fast as before, times", ratio, 20)
    hung = measure(ROOT, HANG)
    results["hung"] = hung
    figures.at_most(
        "s that the posts of other channels take while one hangs", hung["seconds"], 1 + LANES * DELAY / 5
    )
    write_results("delivery", results)
    return int(figures.missed)


if __name__ == "__main__":
    sys.exit(main())
