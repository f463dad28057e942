"""Collects what could not be used of an archive: files by name, rows by kind and number."""

from collections import Counter

MAX_KINDS = 100
"""Kinds of rows that are told apart: a platform has some forty, a hostile file any number."""


class Damaged(Exception):
    """A file cannot be read to its end; the message says why. The rest of the archive is used."""


class ImportReport:
    """Collects a line for each file with a problem, and the number of skipped rows per kind."""

    def __init__(self) -> None:
        self._opening: list[str] = []
        self._reading: list[str] = []
        self._rows: Counter[str] = Counter()

    def start_reading(self) -> None:
        """Forget problems of an earlier reading, but not those found at opening."""
        self._reading.clear()
        self._rows.clear()

    def skip_file(self, name: str, why: str) -> None:
        """Report a file or folder that will not be read."""
        self._opening.append(f"{_printable(name)}: {why}")

    def add_file(self, name: str, why: str) -> None:
        """Report a file that could not be read, wholly or in part."""
        self._reading.append(f"{_printable(name)}: {why}")

    def add_rows(self, kind: str, amount: int = 1) -> None:
        """Report rows that are no message of a person, or could not be used."""
        if kind not in self._rows:
            kind = _printable(kind) if len(self._rows) < MAX_KINDS else "other kinds"
        self._rows[kind] += amount

    def lines(self) -> list[str]:
        """All lines: files in the order in which they were met, then rows, the most frequent first."""
        counted = sorted(self._rows.items(), key=lambda entry: (-entry[1], entry[0]))
        rows = [f"left out: {kind}, {amount} row{'s' if amount > 1 else ''}" for kind, amount in counted]
        return [*self._opening, *self._reading, *rows]


def _printable(text: str) -> str:
    """A name from the archive without control characters, so that a line stays one line."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "�" for one in text)
