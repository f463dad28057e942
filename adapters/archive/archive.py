"""What every kind of archive offers: who and what was there, and what happened, in the order of time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from operator import lt
from types import TracebackType
from typing import Self

from adapters.archive.containers import Container
from adapters.archive.import_report import ImportReport
from facilitation.core.values.events import Event, Roster

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""A row outside is damaged: a rehearsal would live through all the years on the way to it."""
NO_TIME = "without a usable time"
SEEN_TWICE = "seen twice"
OUT_OF_ORDER = "out of order (read all the same)"


class Archive(ABC):
    """One space's history, open until closed; a context manager.

    `platform` is `slack`, `discord` or `page`. For a progress bar, `total_bytes` is the size of what will be
    read and `read_bytes` how much of it has been.
    """

    platform: str
    total_bytes: int
    read_bytes: int

    def __init__(self, box: Container, troubles: ImportReport) -> None:
        self._box = box
        self._troubles = troubles

    @abstractmethod
    def roster(self) -> Roster:
        """Who and what the archive knows of."""

    @abstractmethod
    def events(self) -> Iterator[Event]:
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


def without_duplicates(blocks: Iterable[list[Event]], troubles: ImportReport) -> Iterator[Event]:
    """Pass on blocks that are each in the order of time, without what stands in them twice.

    A duplicate has the same key and so the same instant. Where every instant is later than the one before, as
    nearly everywhere, no key is needed; elsewhere only neighbours are compared.
    """
    return chain.from_iterable(_once(blocks, troubles))


def _once(blocks: Iterable[list[Event]], troubles: ImportReport) -> Iterator[list[Event]]:
    latest = datetime.min.replace(tzinfo=UTC)
    keys: set[str] = set()
    for block in filter(None, blocks):
        moments = [latest, *[event.at for event in block]]
        if all(map(lt, moments, moments[1:])):
            keys = {block[-1].key}
            yield block
        else:
            kept: list[Event] = []
            for event in block:
                at, key = event.at, event.key
                if at < latest:
                    troubles.row(OUT_OF_ORDER)
                elif at > latest:
                    latest = at
                    keys.clear()
                elif key in keys:
                    troubles.row(SEEN_TWICE)
                    continue
                keys.add(key)
                kept.append(event)
            yield kept
        latest = max(moments)
