"""What every kind of archive offers: who and what was there, and what happened, in the order of time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Protocol

from adapters.archive.troubles import Troubles
from facilitation.core.happenings import Happening, Roster

SEEN_TWICE = "seen twice"
OUT_OF_ORDER = "out of order (read all the same)"


class Archive(Protocol):
    """One space's history. `happenings` may be asked for again; each reading starts at the beginning."""

    @property
    def platform(self) -> str:
        """Where it is from: `slack`, `discord` or `page`."""
        ...

    @property
    def total_bytes(self) -> int:
        """The size of what will be read, for a progress bar."""
        ...

    @property
    def read_bytes(self) -> int:
        """How much of it has been read."""
        ...

    @property
    def troubles(self) -> list[str]:
        """One line for each file that is broken or left out, and for each kind of row with its number."""
        ...

    def roster(self) -> Roster:
        """Who and what the archive knows of."""
        ...

    def happenings(self) -> Iterator[Happening]:
        """What happened, in the order of `at`, read as a stream."""
        ...

    def close(self) -> None: ...


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
