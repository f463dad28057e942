"""Operator commands for rhythms: export a community's calendar, and read a deck from a file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, build
from bot.config import Settings
from facilitation.core.values.errors import BadInput, Refusal
from facilitation.rhythm.calendar_file import calendar_of
from facilitation.rhythm.prompt_lists import parse_prompts
from storage.communities import Community, Directory, People
from storage.migration import current_and_head
from storage.rhythm import LONGEST_NAME, Decks, Rhythms
from storage.unit import Session

MAX_FILE_BYTES = 200_000


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """A bot on the configured database. Raises BadInput if the database is not at this version."""
    url = settings.database.url.get_secret_value()
    current, head = current_and_head(url)
    if current != head:
        raise BadInput(
            f"the database is at {current or 'nothing'}, this version needs {head}: tertulia db upgrade"
        )
    app = build(settings)
    try:
        yield app
    finally:
        await app.close()


async def calendar_of_community(app: App, name: str) -> bytes:
    """The rhythms of a community as the content of an `.ics` file.

    An empty `name` means the only community. Raises BadInput if there is no such community or no rhythm.
    """
    async with app.units.read() as session:
        community = await _community(session, name)
        rhythms = await Rhythms(session, community.id).all()
        if not rhythms:
            raise BadInput(f"{community.name} has no rhythm yet.")
        places = {spot.id: spot.name for spot in await People(session, community.id).spots()}
    return calendar_of(community.name, rhythms, places, app.clock.now())


async def deck_from_file(app: App, community: str, path: Path, name: str) -> str:
    """Add the prompts of a text file to a deck, creating it if needed; returns a sentence for the operator.

    `name` is that of the deck, by default that of the file. An empty `community` means the only one. Raises
    BadInput for a file, name or community that cannot be used, and OSError.
    """
    prompts = _prompts(path)
    name = " ".join((name or path.stem.replace("-", " ").replace("_", " ")).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"{path}: a deck needs a name of at most {LONGEST_NAME} characters; --name gives one.")
    async with app.units.write() as session:
        found = await _community(session, community)
        decks = Decks(session, found.id)
        same = (deck.id for deck in await decks.all() if deck.name.casefold() == name.casefold())
        deck = next(same, None) or await decks.put(name)
        assert deck is not None
        added = await decks.add(deck, prompts, app.clock.now())
    return f"{len(added)} new in the deck {name} of {found.name}; {len(prompts) - len(added)} were in it."


def _prompts(path: Path) -> tuple[str, ...]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadInput(f"{path}: that is larger than a file of prompts may be, {MAX_FILE_BYTES // 1000} kB.")
    try:
        return parse_prompts(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{path}: this is not UTF-8 text.") from None
    except Refusal as refusal:
        raise BadInput(f"{path}: {refusal}") from refusal


async def _community(session: Session, name: str) -> Community:
    """The community of that name, or the only one if the name is empty. Raises BadInput."""
    directory = Directory(session)
    communities = {
        one.id: one for space in await directory.spaces() for one in await directory.communities(space.id)
    }
    chosen = [one for one in communities.values() if not name or one.name == name]
    if not chosen:
        raise BadInput(f"there is no community {name}." if name else "there is no community yet.")
    if len(chosen) > 1:
        names = ", ".join(sorted(one.name for one in chosen))
        raise BadInput(f"which community? Say --community with one of: {names}.")
    return chosen[0]
