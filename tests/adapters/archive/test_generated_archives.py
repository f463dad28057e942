"""The generators of the benches at a small size: what they claim to write is what is read."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.archive.counts import Counts
from tests.adapters.archive.conftest import ROOT, read
from tests.bench.archives import Written, write_discord_export, write_slack_export


def expect_same(written: Written, path: Path) -> None:
    counts = Counts("discord" if "discord" in path.name else "slack")
    moments: list[datetime] = []
    for event in read(path):
        counts.add(event)
        moments.append(event.at)
    figures = dict(counts.totals)
    figures.pop("authors")
    assert figures == {name: getattr(written, name) for name in figures}
    assert moments == sorted(moments)


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, Path]:
    path = tmp_path_factory.mktemp("bench") / "slack.zip"
    return write_slack_export(path, messages=3_000, channels=8, people=50, days=40), path


def test_slack_export_is_read_in_full(slack: tuple[Written, Path]) -> None:
    written, path = slack
    assert written.messages == 3_000
    expect_same(written, path)


def test_slack_export_has_the_traps_of_real_ones(slack: tuple[Written, Path]) -> None:
    written, path = slack
    elsewhere = rows = 0
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if "/" in name:
                day = date.fromisoformat(name.split("/")[1].removesuffix(".json"))
                for row in json.loads(package.read(name)):
                    rows += 1
                    elsewhere += datetime.fromtimestamp(float(row["ts"]), UTC).date() != day
    assert rows == written.rows > written.messages + written.joins
    assert 0.1 < elsewhere / rows < 0.4


def test_discord_export_is_read_in_full(tmp_path: Path) -> None:
    path = tmp_path / "discord.json"
    written = write_discord_export(path, messages=2_000, people=40)
    assert written.messages == len(json.loads(path.read_text())["messages"]) == 2_000
    expect_same(written, path)


def test_the_benchmark_still_runs() -> None:
    """The figures mean nothing at this size, but everything that was written is read."""
    command = [sys.executable, "-m", "tests.bench.reading", "--scale", "0.001"]
    done = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode in (0, 1)
    assert [line.startswith("discord, 300 messages") for line in lines[:4]] == [True] * 4
    assert [line.startswith("slack, 1,000 messages") for line in lines[4:]] == [True] * 7


def test_generators_write_the_same_each_time(tmp_path: Path) -> None:
    write_discord_export(tmp_path / "a.json", messages=300, people=10)
    write_discord_export(tmp_path / "b.json", messages=300, people=10)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
