"""Imports an archive's history into the diary. Nothing is posted, and a second import changes nothing."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.archive.reader_process import read_in_process
from bot.app import App
from facilitation.core.values.events import Event

EVENTS_PER_TRANSACTION = 20_000
"""The minimum number of events in a transaction; only the last one may store fewer."""


@dataclass
class Imported:
    """The result of an import: numbers of events read and newly stored, of people and of channels."""

    name: str = ""
    read: int = 0
    stored: int = 0
    people: int = 0
    channels: int = 0
    problems: list[str] = field(default_factory=list)


async def import_archive(
    app: App, path: Path, progress: Callable[[int, int], None] = lambda _, __: None
) -> Imported:
    """Read an archive in a second process and store its new events.

    Every person in it becomes a member of its community, which stays silent until *Begin*. `progress` is
    called with the bytes read and the bytes in total. Raises BadInput for a path that is not an archive.
    """
    result = Imported()
    with read_in_process(path) as reading:
        roster = reading.roster
        await app.dispatcher.sync_roster(roster, history=True)
        with _garbage_collection_paused():
            for events in _combined(reading):
                result.read += len(events)
                result.stored += await app.dispatcher.intake.commit(roster.space, events, history=True)
                progress(reading.read_bytes, reading.total_bytes)
        result.name = reading.roster.name
        result.people = sum(profile.is_person for profile in reading.roster.people)
        result.channels = len(reading.roster.channels)
        result.problems = reading.problems
        if reading.roster != roster:  # a Discord export has no list of people: they are known once they write
            await app.dispatcher.sync_roster(reading.roster, history=True)
    return result


def _combined(batches: Iterable[list[Event]]) -> Iterator[list[Event]]:
    """Merge small batches, because each transaction waits for the disk."""
    gathered: list[Event] = []
    for batch in batches:
        gathered += batch
        if len(gathered) >= EVENTS_PER_TRANSACTION:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector: it would visit every row, although rows form no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
