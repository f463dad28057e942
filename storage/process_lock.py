"""One process at a time on one SQLite file: a lock that the operating system lets go, even after a crash."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engine import file_of


class AlreadyHeld(Exception):
    """Another process works on this database; the text says which."""


@contextmanager
def hold(url: str) -> Iterator[bool]:
    """Hold an SQLite database for this process until the block ends; other databases are shared.

    Gives whether this process has the database to itself.
    The lock file stays: removing it would let two processes hold two files of one name.
    Raises AlreadyHeld in words.
    """
    path = file_of(url)
    if path is None:
        yield False
        return
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, path)
        yield True
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        raise AlreadyHeld(
            f"Another Tertulia{f' (process {holder})' if holder else ''} is working on {path}. "
            "Stop that one first, or let both share a PostgreSQL database."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
