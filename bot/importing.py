"""Import: an archive's history into the diary. Nothing is posted, and a second time changes nothing."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.archive.apart import read_apart
from bot.app import App
from facilitation.core.happenings import Happening

AT_ONCE = 20_000
"""Happenings in one transaction."""


@dataclass
class Imported:
    """What an import did."""

    name: str = ""
    read: int = 0
    stored: int = 0
    people: int = 0
    channels: int = 0
    troubles: list[str] = field(default_factory=list)


async def import_archive(
    app: App, path: Path, progress: Callable[[int, int], None] = lambda _, __: None
) -> Imported:
    """Read an archive in a second process and store what is new; `progress` hears bytes read and in all.

    Everyone in it becomes a member of its community, silent as it is until *Begin*.
    Raises BadInput for a path that is no archive.
    """
    result = Imported()
    with read_apart(path) as reading:
        roster = reading.roster
        await app.house.arrive(roster, history=True)
        with _uncollected():
            for happenings in _gathered(reading):
                result.read += len(happenings)
                result.stored += await app.house.intake.commit(roster.space, happenings, history=True)
                progress(reading.read_bytes, reading.total_bytes)
        result.name = reading.roster.name
        result.people = sum(profile.is_person for profile in reading.roster.people)
        result.channels = len(reading.roster.channels)
        result.troubles = reading.troubles
        if reading.roster != roster:  # a Discord export tells of people only as they speak
            await app.house.arrive(reading.roster, history=True)
    return result


def _gathered(batches: Iterable[list[Happening]]) -> Iterator[list[Happening]]:
    """Several batches as one: each transaction waits for the disk."""
    gathered: list[Happening] = []
    for batch in batches:
        gathered += batch
        if len(gathered) >= AT_ONCE:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: rows have none, and it would look through all of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
