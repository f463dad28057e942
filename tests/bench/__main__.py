"""All benches, one after the other: `python -m tests.bench [--scale 0.1]`."""

import subprocess
import sys

BENCHES = (
    *("reading", "importing", "search", "matching", "circles"),
    *("slack", "discord", "delivery", "roster", "walk"),
)


def main() -> int:
    """Run each in a process of its own; returns 1 if any target was missed."""
    missed = 0
    for bench in BENCHES:
        print(f"== {bench}", flush=True)
        missed |= subprocess.run(
            [sys.executable, "-m", f"tests.bench.{bench}", *sys.argv[1:]], check=False
        ).returncode
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
