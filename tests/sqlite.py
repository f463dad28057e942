"""A migrated, empty SQLite database for the tests: made once in a process, and copied from then on."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from storage.migration import upgrade


@cache
def empty_database() -> bytes:
    """The bytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        upgrade(f"sqlite+aiosqlite:///{path}", datetime(2026, 3, 2, tzinfo=UTC))
        return path.read_bytes()
