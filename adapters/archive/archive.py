"""What every kind of archive offers: who and what was there, and what happened, in the order of time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from adapters.archive.boxes import Box
from adapters.archive.troubles import Troubles
from facilitation.core.happenings import Happening, Roster

SEEN_TWICE = "seen twice"
OUT_OF_ORDER = "out of order (read all the same)"


class Archive(ABC):
    """One space's history, open until closed; a context manager.

    `platform` is `slack`, `discord` or `page`. For a progress bar, `total_bytes` is the size of what will be read
    and `read_bytes` how much of it has been.
    """

    platform: str
    total_bytes: int
    read_bytes: int

    def __init__(self, box: Box, troubles: Troubles) -> None:
        self._box = box
        self._troubles = troubles

    @abstractmethod
    def roster(self) -> Roster:
        """Who and what the archive knows of."""

    @abstractmethod
    def happenings(self) -> Iterator[Happening]:
        """What happened, in the order of `at`, read as a stream; each call begins at the beginning."""

    @property
    def troubles(self) -> list[str]:
        """One line for each file that is broken or left out, and for each kind of row with its number."""
        return self._troubles.lines()

    def close(self) -> None:
        """Let go of the files."""
        self._box.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def each_once(happenings: Iterable[Happening], troubles: Troubles) -> Iterator[Happening]:
    """Pass on a stream that is in the order of time without what stands in it twice.

    A duplicate has the same key and so the same instant: only neighbours need to be remembered.
    """
    latest = datetime.min.replace(tzinfo=UTC)
    first: Happening | None = None
    keys: set[str] = set()
    for happening in happenings:
        if happening.at > latest:
            latest = happening.at
            first = happening
            keys.clear()
        elif happening.at == latest and first is not None:
            if not keys:
                keys.add(first.key)
            if happening.key in keys:
                troubles.row(SEEN_TWICE)
                continue
            keys.add(happening.key)
        else:
            troubles.row(OUT_OF_ORDER)
        yield happening
