"""How fast and in how much memory archives are read: `python -m tests.bench.reading [--scale 0.1]`.

Every figure is taken in a process of its own, since a process never forgets its peak of memory.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from adapters.archive.counts import Counts
from adapters.archive.detection import open_archive
from adapters.archive.reader_process import read_in_process
from tests.bench.archives import write_discord_export, write_slack_export
from tests.bench.figures import Figures
from tests.bench.parsing import PARSERS, WHOLE

DISCORD_MESSAGES = 300_000
SLACK_MESSAGES = 1_000_000
Found = dict[str, Any]


def main() -> int:
    """Print one line for each figure; returns 1 if one misses its target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0, help="share of the full number of messages")
    options.add_argument("--only", choices=("discord", "slack"))
    options.add_argument("--child", nargs=2, metavar=("STEP", "PATH"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        step, path = chosen.child
        _child(step, Path(path), chosen.scale)
        return 0
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only != "slack":
            _discord(figures, Path(folder) / "discord.json", chosen.scale)
        if chosen.only != "discord":
            _slack(figures, Path(folder) / "slack.zip", chosen.scale)
    return 1 if figures.missed else 0


def _discord(figures: Figures, path: Path, scale: float) -> None:
    written = _in_child("write_discord", path, scale)
    idle = _in_child("idle", path)
    best = _best_of("json_load", "read", path=path)
    loading, reading = best["json_load"], best["read"]
    name = f"discord, {written['messages']:,} messages in {path.stat().st_size / 1e6:,.0f} MB:"
    _expect_same(written, _in_child("count", path))
    figures.at_most(f"{name} memory above idle, MB", reading["peak"] - idle["peak"], 64)
    figures.at_most(f"{name} time as a share of json.load", reading["seconds"] / loading["seconds"], 0.2)
    figures.note(f"{name} messages a second", written["messages"] / reading["seconds"])
    figures.note(f"{name} json.load, seconds", loading["seconds"])


def _slack(figures: Figures, path: Path, scale: float) -> None:
    written = _in_child("write_slack", path, scale)
    name = f"slack, {written['messages']:,} messages in {written['bytes'] / 1e6:,.0f} MB:"
    best = _best_of(*PARSERS, "read", "apart", path=path)
    for parser in PARSERS:
        speed = written["messages"] / best[parser]["seconds"]
        figures.note(f"{name} parsing alone with {parser}, messages a second", speed)
    fastest = min(best[parser]["seconds"] for parser in WHOLE)
    reading, apart = best["read"], best["apart"]
    _expect_same(written, _in_child("count", path))
    figures.note(
        f"{name} reading in this process, messages a second", written["messages"] / reading["seconds"]
    )
    figures.note(f"{name} reading apart, messages a second", written["messages"] / apart["seconds"])
    share = f"{name} reading apart, share of the speed of parsing alone"
    if scale < 1:
        figures.note(f"{share} (half of it start-up at this scale)", fastest / apart["seconds"])
    else:
        # An import can be no faster than its reader, and 55 % is asked of the import.
        figures.at_least(share, fastest / apart["seconds"], 0.55)
    figures.at_most(f"{name} memory of parent and reader, MB", apart["peak"] + reading["peak"], 150)


def _expect_same(written: Found, counted: Found) -> None:
    """A reader that loses rows would be fast; the generators know what they wrote."""
    for key, value in counted.items():
        if written[key] != value:
            raise SystemExit(f"read {value} {key}, and {written[key]} were written")


def _best_of(*steps: str, path: Path) -> dict[str, Found]:
    """The quicker of two runs of each step, in turn, since whatever else the machine does comes and goes."""
    runs = [(step, _in_child(step, path)) for _ in range(2) for step in steps]
    return {
        step: min((found for ran, found in runs if ran == step), key=itemgetter("seconds")) for step in steps
    }


# In a process of its own -------------------------------------------------------------------------


def _in_child(step: str, path: Path, scale: float = 1.0) -> Found:
    command = [sys.executable, "-m", "tests.bench.reading", "--scale", str(scale), "--child", step, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: Found = json.loads(done.stdout)
    return found


def _child(step: str, path: Path, scale: float) -> None:
    begun = time.perf_counter()
    found = _STEPS[step](path, scale)
    seconds = time.perf_counter() - begun
    print(json.dumps({**found, "seconds": seconds, "peak": _peak()} if step != "count" else found))


def _peak() -> float:
    """The most memory that this process ever held, in MB.

    Not `ru_maxrss`, which on Linux a process inherits from the one that started it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("this bench needs /proc")


def _idle(path: Path, scale: float) -> Found:
    return {}


def _write_discord(path: Path, scale: float) -> Found:
    written = write_discord_export(path, messages=int(DISCORD_MESSAGES * scale))
    return dict(msgspec.to_builtins(written))


def _write_slack(path: Path, scale: float) -> Found:
    written = write_slack_export(path, messages=int(SLACK_MESSAGES * scale))
    return dict(msgspec.to_builtins(written))


def _json_load(path: Path, scale: float) -> Found:
    with path.open(encoding="utf-8") as file:
        json.load(file)
    return {}


def _parse_with(parser: str) -> Callable[[Path, float], Found]:
    return lambda path, _: {"rows": PARSERS[parser](path)}


def _read(path: Path, scale: float) -> Found:
    with open_archive(path) as archive:
        deque(archive.events(), maxlen=0)
    return {}


def _apart(path: Path, scale: float) -> Found:
    with read_in_process(path) as reading:
        deque(reading, maxlen=0)
    return {}


def _count(path: Path, scale: float) -> Found:
    with open_archive(path) as archive:
        counts = Counts(archive.platform)
        for event in archive.events():
            counts.add(event)
    totals: Found = {**counts.totals}
    del totals["authors"]
    return totals


_STEPS: dict[str, Callable[[Path, float], Found]] = {
    "idle": _idle,
    "write_discord": _write_discord,
    "write_slack": _write_slack,
    "json_load": _json_load,
    **{parser: _parse_with(parser) for parser in PARSERS},
    "read": _read,
    "apart": _apart,
    "count": _count,
}


if __name__ == "__main__":
    sys.exit(main())
