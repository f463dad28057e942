"""What an archive holds and could not be used: files by name, rows by kind and number."""

from collections import Counter

MOST_KINDS = 100
"""Kinds of row that are told apart; a platform has some forty, a hostile file as many as it likes."""


class Damaged(Exception):
    """One file cannot be read to its end; the text says why, and the rest of the archive goes in."""


class ImportReport:
    """Collects one line for each file at fault and counts the rows that were left out, kind by kind."""

    def __init__(self) -> None:
        self._opening: list[str] = []
        self._reading: list[str] = []
        self._rows: Counter[str] = Counter()

    def begin(self) -> None:
        """Forget an earlier reading, but not what the opening found."""
        self._reading.clear()
        self._rows.clear()

    def left_out(self, name: str, why: str) -> None:
        """A file or folder that is known from the opening not to be read."""
        self._opening.append(f"{_printable(name)}: {why}")

    def file(self, name: str, why: str) -> None:
        """A file in which the reading failed, wholly or in part."""
        self._reading.append(f"{_printable(name)}: {why}")

    def row(self, kind: str, amount: int = 1) -> None:
        """Rows that are no message of a person, or that could not be used."""
        if kind not in self._rows:
            kind = _printable(kind) if len(self._rows) < MOST_KINDS else "other kinds"
        self._rows[kind] += amount

    def lines(self) -> list[str]:
        """Everything so far: files in the order in which they were met, then rows, most frequent first."""
        counted = sorted(self._rows.items(), key=lambda entry: (-entry[1], entry[0]))
        rows = [f"left out: {kind}, {amount} row{'s' if amount > 1 else ''}" for kind, amount in counted]
        return [*self._opening, *self._reading, *rows]


def _printable(text: str) -> str:
    """Names come from the archive, and a line must stay one line."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "�" for one in text)
