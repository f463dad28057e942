"""Results of benches as files, so that runs can be compared."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "bench/results"


def write_results(bench: str, figures: Mapping[str, object]) -> Path:
    """Write the figures of a run to bench/results/BENCH.json, with machine and time; returns the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    content = {"bench": bench, "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    file = FOLDER / f"{bench}.json"
    file.write_text(json.dumps(content | {"figures": dict(figures)}, indent=2) + "\n", "utf-8")
    return file
