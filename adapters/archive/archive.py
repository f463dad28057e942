"""The interface of all archives: a roster, and events in the order of time."""

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
"""Rows outside these are skipped as damaged: a rehearsal would play all years up to one in the far future."""
NO_TIME = "without a usable time"
SEEN_TWICE = "seen twice"
OUT_OF_ORDER = "out of order (read all the same)"


class Archive(ABC):
    """The history of one space, open until it is closed; a context manager.

    `platform` is `slack`, `discord` or `page`. For a progress bar, `total_bytes` is the size of what is to be
    read and `read_bytes` how much of it has been read.
    """

    platform: str
    total_bytes: int
    read_bytes: int

    def __init__(self, container: Container, problems: ImportReport) -> None:
        self._container = container
        self._report = problems

    @abstractmethod
    def roster(self) -> Roster:
        """The people and channels in the archive."""

    @abstractmethod
    def events(self) -> Iterator[Event]:
        """The events, as a stream in the order of `at`; each call begins again."""

    @property
    def problems(self) -> list[str]:
        """One line for each file that is damaged or skipped, and for each kind of skipped rows."""
        return self._report.lines()

    def close(self) -> None:
        """Close the files."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def without_duplicates(blocks: Iterable[list[Event]], problems: ImportReport) -> Iterator[Event]:
    """Pass on blocks of events, each in the order of time, without events that occur twice.

    A duplicate has the same key and hence the same instant. If every instant is later than the one before, as
    is usual, no keys are compared; otherwise neighbours are.
    """
    return chain.from_iterable(_once(blocks, problems))


def _once(blocks: Iterable[list[Event]], problems: ImportReport) -> Iterator[list[Event]]:
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
                    problems.add_rows(OUT_OF_ORDER)
                elif at > latest:
                    latest = at
                    keys.clear()
                elif key in keys:
                    problems.add_rows(SEEN_TWICE)
                    continue
                keys.add(key)
                kept.append(event)
            yield kept
        latest = max(moments)
