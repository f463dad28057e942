"""`tertulia check`: examines configuration, database and platforms, and names a remedy for each fault."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.app import build
from bot.config import Settings
from bot.platforms import platforms_of
from facilitation.core.platforms.platform import Finding, KnownSpace, Platform
from facilitation.core.values.commands import Role
from facilitation.core.values.events import SpaceRef
from storage import agenda, concern, diary, outbox
from storage.communities import Directory, People
from storage.engine import file_of
from storage.migration import CannotMigrate, NewerDatabase, NoDatabase, current_and_head
from storage.sealing import Unopened
from storage.unit import Session, seals_of

RUNNING_BEHIND = timedelta(minutes=10)
"""How late the agenda may be before it is reported."""


async def examine(settings: Settings, config: Path | None) -> AsyncIterator[Finding]:
    """Yield findings on the configuration, the database, entries that failed, and the platforms.

    Stops at a fault that prevents all further checks, such as a missing database.
    """
    if config is None:
        yield Finding(
            "note", "No config.toml here: defaults are used.", "Copy config.example.toml to config.toml."
        )
    else:
        yield Finding("well", f"{config} is in order.")
    if not settings.sealing.seals():
        yield Finding(
            "note",
            "No key is set that encrypts confidential concerns, so nobody can raise one.",
            "Put what tertulia config key prints into TERTULIA_SEALING__KEY.",
        )
    url = settings.database.url.get_secret_value()
    path = file_of(url)
    if path is not None and not path.parent.is_dir():
        yield Finding(
            "ill",
            f"There is no folder {path.parent} for the database.",
            "Make it, or name another in database.url.",
        )
        return
    try:
        current, head = current_and_head(url)
    except NewerDatabase as fault:
        yield Finding("ill", str(fault), "Use the version that wrote it, or another database.")
        return
    except NoDatabase as fault:
        yield Finding("ill", str(fault), "Name another file in database.url.")
        return
    except CannotMigrate as fault:
        yield Finding("ill", " ".join(str(fault).split()), _reachable(fault))
        return
    except (SQLAlchemyError, OSError) as fault:
        yield Finding("ill", f"The database cannot be opened: {type(fault).__name__}.", _reachable(fault))
        return
    if current is None:
        yield Finding(
            "note",
            "The database is empty.",
            "tertulia run (SQLite) or tertulia db upgrade creates its tables.",
        )
        return
    if current != head:
        yield Finding(
            "note", f"The database is at {current}, this version needs {head}.", "tertulia db upgrade"
        )
        return
    yield Finding("well", f"The database is at {head}.")
    app = build(settings)
    try:
        async with app.units.read() as session:
            findings = [finding async for finding in _examine_content(session, app.clock.now())]
            known = await _known(session)
        for finding in findings:
            yield finding
        for platform in platforms_of(settings, app):
            async for finding in platform.examine([one for one in known if _is_of(platform, one)]):
                yield finding
    finally:
        await app.close()


def _is_of(platform: Platform, known: KnownSpace) -> bool:
    return known.space.platform == platform.key


async def _known(session: Session) -> list[KnownSpace]:
    """The spaces in the database, in the form that `Platform.examine` takes."""
    directory = Directory(session)
    found: list[KnownSpace] = []
    for space in await directory.spaces():
        channels: dict[str, str] = {}
        for community in await directory.communities(space.id):
            for spot in await People(session, community.id).spots():
                parts = sorted(use.value for use in spot.uses)
                if spot.community == community.id:
                    parts.insert(0, "home")
                if parts and spot.space == space.id:
                    channels[spot.handle] = f"#{spot.name} ({', '.join(parts)})"
        last = await diary.last_event_at(session, space.id, besides=_COURIER_EVENTS)
        found.append(KnownSpace(SpaceRef(space.platform, space.handle), last, channels))
    return found


async def _examine_content(session: Session, now: datetime) -> AsyncIterator[Finding]:
    """Yield findings on the content of a database that is at this version."""
    directory = Directory(session)
    spaces = await directory.spaces()
    if not spaces:
        yield Finding(
            "note",
            "No space has been seen yet.",
            "tertulia try shows me at work; tertulia import takes history in.",
        )
    for space in spaces:
        if space.lost_at is not None:
            gone = space.lost_at + timedelta(days=30)
            yield Finding(
                "note",
                f"{space.name}: I was removed on {space.lost_at:%Y-%m-%d}.",
                f"Invite me again before {gone:%Y-%m-%d}, when its data is erased.",
            )
        for community in await directory.communities(space.id):
            people = People(session, community.id)
            if not await people.holders(Role.COORDINATOR):
                yield Finding(
                    "note",
                    f"{community.name}: nobody coordinates it.",
                    "Name someone under coordinators in config.toml, or let somebody who manages the space "
                    "type /coordinate coordinators add",
                )
            if community.begun_at is None:
                yield Finding(
                    "note",
                    f"{community.name}: not begun, so I am silent.",
                    "/coordinate settings, then Begin",
                )
    due = await agenda.next_due(session)
    if due is not None and now - due > RUNNING_BEHIND:
        yield Finding(
            "note", f"Something has been due since {due:%Y-%m-%d %H:%M} UTC.", "Is tertulia run running?"
        )
    for space_id, key, at in await diary.set_aside(session):
        yield Finding("ill", f"Set aside: event {key} of {at:%Y-%m-%d} in space {space_id}.", _REPORT_REMEDY)
    for community_name, key, error in await agenda.set_aside(session):
        yield Finding("ill", f"{community_name}: {key} failed for good ({error}).", _REPORT_REMEDY)
    for community_name, key, why in await outbox.failures(session):
        remedy = _OLD_KEY_REMEDY if why == str(Unopened()) else "Look at the channel in /coordinate settings."
        yield Finding("note", f"{community_name}: {key} could not be delivered ({why}).", remedy)
    if seals_of(session) and (locked := await concern.unreadable(session)):
        yield Finding("ill", f"Concerns that the key does not open: {locked}.", _OLD_KEY_REMEDY)


_COURIER_EVENTS = ("delivered", "failed")
"""Kinds of event that the courier writes: they do not show that a platform delivers events."""
_OLD_KEY_REMEDY = "Put the former key behind the new one in TERTULIA_SEALING__KEY, with a comma between."
_REPORT_REMEDY = "The log of that time has the cause; please report it with its reference."


def _reachable(fault: Exception) -> str:
    """The remedy for a database that cannot be opened."""
    text = str(fault)
    if "password" in text:
        return "Check user and password in database.url."
    if "unable to open database file" in text:
        return "Check that the folder in database.url exists and is writable."
    return "Check host and port in database.url, and that the server runs."
