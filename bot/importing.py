"""Import: an archive's history into the diary. Nothing is posted, and a second time changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.archive.apart import read_apart
from bot.app import App
from bot.config import Settings


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
    app: App, settings: Settings, path: Path, progress: Callable[[int, int], None] = lambda _, __: None
) -> Imported:
    """Read an archive in a second process and store what is new; `progress` hears bytes read and in all.

    Everyone in it becomes a member of its community, silent as it is until *Begin*.
    Raises BadInput for a path that is no archive.
    """
    result = Imported()
    with read_apart(path) as reading:
        roster = reading.roster
        config = settings.community_in(str(roster.space))
        await app.house.arrive(
            roster,
            community=config.name if config else "",
            zone=config.zone if config else "UTC",
            country=config.country if config else "",
            history=True,
        )
        for batch in reading:
            result.read += len(batch)
            result.stored += await app.house.intake.commit(roster.space, batch, history=True)
            progress(reading.read_bytes, reading.total_bytes)
        result.name = reading.roster.name
        result.people = sum(profile.is_person for profile in reading.roster.people)
        result.channels = len(reading.roster.channels)
        result.troubles = reading.troubles
        await app.house.arrive(reading.roster, history=True)
    return result
