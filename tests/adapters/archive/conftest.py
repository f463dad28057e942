import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from adapters.archive.archive import Archive
from adapters.archive.detection import open_archive
from facilitation.core.values.events import Event

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "tests" / "data"
Zipped = Callable[..., Path]
Opened = Callable[[Path], Archive]


def read(path: Path) -> list[Event]:
    with open_archive(path) as archive:
        return list(archive.events())


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens archives, and closes them after the test."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(open_archive(path))


@pytest.fixture
def zipped(tmp_path: Path) -> Zipped:
    """Zip a folder, inside another folder if `nested`."""

    def make(folder: Path, within: str = "", method: int = zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / f"{folder.name}.zip"
        with zipfile.ZipFile(path, "w", method) as package:
            for file in sorted(folder.rglob("*")):
                package.write(file, f"{within}{file.relative_to(folder).as_posix()}")
        return path

    return make


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder with the archives of real communities, beside the repository."""
    folder = Path(os.environ.get("TERTULIA_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "SOURCES.md").exists():
        pytest.skip(f"the real archives are not here: no {folder} (TERTULIA_DATA names another)")
    return folder
