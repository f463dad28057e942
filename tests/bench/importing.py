"""How fast an export is imported and rehearsed: `python -m tests.bench.importing [--scale 0.1]`.

Import is held against parsing alone: the same zip, inflated and decoded by the fastest parser that reads all
of it, in the same run; and, without a target, against the decoder that skips what we do not keep. Every
figure is taken in a process of its own, since a process never forgets its peak of memory.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from adapters.archive.reader_process import read_in_process
from bot.app import build
from bot.config import Settings
from bot.history_import import import_archive
from bot.rehearsal import Play, rehearse
from facilitation.core.values.clock import SystemClock
from facilitation.core.values.events import Event, MessagePosted
from storage.engine import open_engine
from storage.migration import upgrade
from tests.bench.archives import write_slack_export
from tests.bench.figures import Figures
from tests.bench.parsing import PARSERS, SKIPPING, WHOLE

MESSAGES = 1_000_000
FIRST = 10_000
"""The rehearsal's memory is compared between this message and the last."""
Found = dict[str, Any]


def main() -> int:
    """Print one line for each figure; returns 1 if one misses its target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0, help="share of the full number of messages")
    options.add_argument("--only", choices=("import", "rehearse"))
    options.add_argument("--child", nargs=2, metavar=("STEP", "FOLDER"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        step, folder = chosen.child
        print(json.dumps(STEPS[step](Path(folder), chosen.scale)))
        return 0
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        written = _in_child("write", Path(folder), chosen.scale)
        name = f"slack, {written['messages']:,} messages:"
        if chosen.only != "rehearse":
            _import_it(figures, Path(folder), name)
        if chosen.only != "import":
            _rehearse_it(figures, Path(folder), name)
    return 1 if figures.missed else 0


def _import_it(figures: Figures, folder: Path, name: str) -> None:
    parsing = {parser: _in_child(parser, folder)["seconds"] for parser in PARSERS}
    first, second = _in_child("import", folder), _in_child("import", folder)
    for parser, seconds in parsing.items():
        figures.note(f"{name} parsing alone with {parser}, s", seconds)
    figures.note(f"{name} import, s", first["seconds"])
    fastest = min(parsing[parser] for parser in WHOLE)
    figures.at_least(f"{name} import's share of the speed of parsing alone", fastest / first["seconds"], 0.55)
    figures.note(f"{name} its share of the speed of {SKIPPING}", parsing[SKIPPING] / first["seconds"])
    figures.at_most(f"{name} import's memory with its reader, MB", first["peak"], 300)
    figures.at_least(
        f"{name} stored by the first import, share of what was read", first["stored"] / first["read"], 1
    )
    figures.at_most(f"{name} stored by the second import", second["stored"], 0)


def _rehearse_it(figures: Figures, folder: Path, name: str) -> None:
    played = _in_child("rehearse", folder)
    figures.at_least(f"{name} rehearsed per second", played["messages"] / played["seconds"], 2_000)
    figures.at_most(f"{name} rehearsal's growth after {FIRST:,} messages, MB", played["growth"], 50)
    figures.note(f"{name} posts in the rehearsal", played["posts"])


def _in_child(step: str, folder: Path, scale: float = 1.0) -> Found:
    command = [
        sys.executable,
        "-m",
        "tests.bench.importing",
        "--child",
        step,
        str(folder),
        "--scale",
        str(scale),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


# In a child ----------------------------------------------------------------------------------------


def _write(folder: Path, scale: float) -> Found:
    written = write_slack_export(folder / "export.zip", int(MESSAGES * scale))
    return {"messages": written.messages}


def _parse_with(parser: str) -> Callable[[Path, float], Found]:
    def parse(folder: Path, _: float) -> Found:
        began = time.perf_counter()
        rows = PARSERS[parser](folder / "export.zip")
        return {"seconds": time.perf_counter() - began, "rows": rows}

    return parse


def _import(folder: Path, _: float) -> Found:
    url = f"sqlite+aiosqlite:///{folder / 'import.db'}"
    upgrade(url, SystemClock().now())
    began = time.perf_counter()

    async def run() -> Found:
        app = build(Settings(), engine=open_engine(url, on_loop_thread=True, for_import=True))
        result = await import_archive(app, folder / "export.zip")
        await app.close()
        return {"read": result.read, "stored": result.stored}

    done = asyncio.run(run())
    return {**done, "seconds": time.perf_counter() - began, "peak": _peak()}


def _rehearse(folder: Path, _: float) -> Found:
    sizes: list[float] = []
    messages = 0

    def watch(event: Event) -> None:
        nonlocal messages
        messages += isinstance(event, MessagePosted)
        if messages in (FIRST, FIRST + 1) and len(sizes) < 1:
            sizes.append(_resident())

    async def run() -> int:
        with read_in_process(folder / "export.zip") as reading:

            def one_by_one() -> Iterator[Event]:
                for batch in reading:
                    yield from batch

            result = await rehearse(reading.roster, one_by_one(), Play(), (), watch)
            sizes.append(_resident())
            return len(result.entries)

    began = time.perf_counter()
    posts = asyncio.run(run())
    seconds = time.perf_counter() - began
    return {"messages": messages, "seconds": seconds, "growth": sizes[-1] - sizes[0], "posts": posts}


def _peak() -> float:
    """The highest resident size of this process and of the largest of its children together, in MB."""
    usages = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usages) / 1024


def _resident() -> float:
    """The resident size of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


STEPS: dict[str, Callable[[Path, float], Found]] = {
    "write": _write,
    **{parser: _parse_with(parser) for parser in PARSERS},
    "import": _import,
    "rehearse": _rehearse,
}

if __name__ == "__main__":
    sys.exit(main())
