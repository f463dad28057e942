"""Matching in a thread or in a process gives the same result, and leaves no process behind."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from facilitation.mentoring import matching_process
from facilitation.mentoring.matching import match
from facilitation.mentoring.matching_process import match_in_background
from tests.features.mentoring.matching.rounds import large_round


@pytest.mark.parametrize("small", [0, matching_process.IN_A_THREAD])
async def test_it_says_the_same(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_process, "IN_A_THREAD", small)
    asked = large_round("varied", mentors=20, requests=50, seed=3)
    assert await match_in_background(asked) == match(asked)


async def test_a_process_that_fails_is_said_to_have_failed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(matching_process, "IN_A_THREAD", 0)
    monkeypatch.setattr(matching_process, "_CHILD", "import sys; sys.stdin.read(); sys.exit(3)")
    with pytest.raises(ChildProcessError, match="status 3"):
        await match_in_background(large_round("varied", mentors=2, requests=2, seed=3))


async def test_who_gives_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    monkeypatch.setattr(matching_process, "IN_A_THREAD", 0)
    monkeypatch.setattr(
        matching_process,
        "_CHILD",
        "import os, pathlib, time; "
        f"pathlib.Path({str(alive)!r}).symlink_to(str(os.getpid())); time.sleep(600)",
    )
    waiting = asyncio.create_task(match_in_background(large_round("varied", mentors=2, requests=2, seed=3)))
    await asyncio.to_thread(_wait, alive.is_symlink)
    process = await asyncio.to_thread(alive.readlink)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.to_thread(_wait, lambda: _is_gone(int(str(process))))


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        time.sleep(0.01)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
