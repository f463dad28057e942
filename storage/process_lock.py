"""One process at a time per SQLite file, by a lock that the operating system releases even after a crash."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engine import file_of


class AlreadyHeld(Exception):
    """Another process uses this database. The text says which."""


@contextmanager
def hold(url: str) -> Iterator[bool]:
    """Hold the lock of an SQLite file until the block ends. Other databases can be shared and need none.

    Yields whether this process has the database to itself. Raises AlreadyHeld. The lock file is never
    deleted: two processes could then hold two files of the same name.
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
