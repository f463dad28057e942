"""Archives that are none: what an operator may give by mistake, or a stranger on purpose."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

TEN_GIGABYTES = 10 * 2**30


def missing(folder: Path) -> Path:
    """A path that does not exist."""
    return folder / "nowhere.zip"


def empty_file(folder: Path) -> Path:
    """A file without a byte."""
    path = folder / "empty.zip"
    path.touch()
    return path


def empty_zip(folder: Path) -> Path:
    """A zip without a member."""
    return _zip(folder / "hollow.zip", {})


def no_export(folder: Path) -> Path:
    """A zip of something else."""
    return _zip(folder / "holiday.zip", {"photo.txt": b"a picture", "notes/todo.json": b"{}"})


def truncated(folder: Path) -> Path:
    """A download that broke off."""
    whole = _zip(
        folder / "broken.zip", {"users.json": b"[]", "channels.json": b"[]", "general/1.json": b"[]"}
    )
    whole.write_bytes(whole.read_bytes()[:-60])
    return whole


def outside(folder: Path) -> Path:
    """A member that would lie outside of the archive."""
    return _zip(folder / "sly.zip", {"users.json": b"[]", "channels.json": b"[]", "../../escape.json": b"[]"})


def ten_gigabytes(folder: Path) -> Path:
    """A member that says it unpacks to ten gigabytes."""
    path = folder / "giant.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("users.json", "[]")
        package.writestr("channels.json", "[]")
        package.writestr("general/2024-03-04.json", "[]")
        giant = package.infolist()[-1]
        giant.file_size = TEN_GIGABYTES
        giant.extra = struct.pack("<HHQ", 1, 8, TEN_GIGABYTES)
    return path


def no_archive(folder: Path) -> Path:
    """A file of another kind."""
    path = folder / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    return path


KINDS: dict[str, Callable[[Path], Path]] = {
    function.__name__: function
    for function in (
        missing,
        empty_file,
        empty_zip,
        no_export,
        truncated,
        outside,
        ten_gigabytes,
        no_archive,
    )
}


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path
