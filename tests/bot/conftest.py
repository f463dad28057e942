"""What the tests of the process ask for: a small export, the real archives, a database with history in it."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import config
from tests.bot.exports import write_export
from tests.bot.processes import ROOT


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Slack export: five weeks of a club."""
    return write_export(tmp_path_factory.mktemp("export") / "club")


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real communities' archives, which stands beside the repo and not in it."""
    folder = Path(os.environ.get("TERTULIA_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "SOURCES.md").exists():
        pytest.skip(f"the real archives are not here: no {folder} (TERTULIA_DATA names another)")
    return folder


@pytest.fixture(autouse=True)
def _logging_put_back() -> Iterator[None]:
    """Logging is the process's own, and drawing a traceback as it comes takes ten seconds."""
    root = logging.getLogger()
    handlers, level, known = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**known)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, and no variables of ours."""
    for name in [name for name in os.environ if name.startswith(config.ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
