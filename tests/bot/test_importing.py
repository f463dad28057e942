"""Import: history into the diary. Nothing is posted, and a second time changes nothing, pruned or not."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import App, build
from bot.config import CommunityConfig, Settings
from bot.history_import import Imported, import_archive
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import BadInput
from facilitation.core.values.events import SpaceRef
from storage import diary
from storage.communities import Community, Directory, People
from storage.diary import DiaryRow
from storage.outbox import OutboxRow
from storage.session import orm_of
from storage.unit import Units
from tests.bot.exports import PER_WEEK, WEEKS, handle
from tests.testbed import Recorder, Testbed, words_of

FACTS = WEEKS * PER_WEEK["messages"] + 2
NAMED = CommunityConfig(
    name="Circle", spaces=("slack:T0CLUB",), zone="Africa/Accra", country="GH", coordinators=(handle("ines"),)
)


@pytest.fixture
def app(units: Units, clock: VirtualClock) -> App:
    return build(Settings(communities=(NAMED,)), clock=clock, engine=units.engine)


async def take_in(app: App, path: Path) -> Imported:
    return await import_archive(app, path)


async def counts(app: App) -> tuple[int, int]:
    """How much is in the diary, and in the outbox."""
    async with app.units.read() as session:
        kept = await orm_of(session).scalar(select(func.count()).select_from(DiaryRow))
        said = await orm_of(session).scalar(select(func.count()).select_from(OutboxRow))
    return kept or 0, said or 0


async def community(app: App) -> Community:
    async with app.units.read() as session:
        directory = Directory(session)
        [space] = await directory.spaces()
        [found] = await directory.communities(space.id)
        return found


async def test_history_goes_in_once_and_silently(app: App, club: Path) -> None:
    first = await take_in(app, club)
    assert (first.name, first.read, first.stored, first.people, first.channels) == (
        "club",
        FACTS,
        FACTS,
        5,
        3,
    )
    assert first.problems == ["left out: from bots, 5 rows"]
    assert await app.steps.settle() is None
    assert await counts(app) == (FACTS, 0)
    again = await take_in(app, club)
    assert (again.read, again.stored) == (FACTS, 0)
    assert await counts(app) == (FACTS, 0)


async def test_the_configuration_names_the_community_its_place_and_its_coordinators(
    app: App, club: Path
) -> None:
    await take_in(app, club)
    found = await community(app)
    assert (found.name, found.zone, found.country, found.begun_at) == ("Circle", "Africa/Accra", "GH", None)
    async with app.units.read() as session:
        people = People(session, found.id)
        assert [member.name for member in await people.holders("coordinator")] == ["Ines"]
        assert [member.name for member in await people.present()] == [
            "Ines",
            "Kofi",
            "Lena",
            "Marek",
            "Nadia",
        ]


async def test_a_space_named_nowhere_gets_a_community_of_its_own_name(
    units: Units, clock: VirtualClock, club: Path
) -> None:
    app = build(Settings(), clock=clock, engine=units.engine)
    await take_in(app, club)
    found = await community(app)
    assert (found.name, found.zone) == ("club", "UTC")


async def test_import_prune_import_changes_nothing(app: App, club: Path) -> None:
    """Retention counts from the import; what was forgotten does not come back."""
    await take_in(app, club)
    async with app.units.write() as session:
        while await diary.prune(session, app.clock.now() + timedelta(days=800), limit=1_000):
            pass
    assert await counts(app) == (0, 0)
    again = await take_in(app, club)
    assert (again.read, again.stored) == (FACTS, 0)


async def test_a_longer_export_adds_what_is_new_in_it(app: App, club: Path, tmp_path: Path) -> None:
    shorter = tmp_path / "club"
    shutil.copytree(club, shorter)
    for path in [*shorter.glob("*/2024-04-*.json")]:
        path.unlink()
    first = await take_in(app, shorter)
    assert first.stored < FACTS
    assert (await take_in(app, club)).stored == FACTS - first.stored


async def test_progress_runs_up_to_the_whole(app: App, club: Path) -> None:
    seen: list[tuple[int, int]] = []
    await import_archive(app, club, lambda done, of: seen.append((done, of)))
    assert seen == sorted(seen)
    assert seen[-1][0] <= seen[-1][1]
    assert seen[-1][0] > 0


async def test_what_is_no_archive_is_refused_and_nothing_is_kept(app: App, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        await take_in(app, tmp_path / "nowhere.zip")
    async with app.units.read() as session:
        assert await Directory(session).spaces() == []


async def test_whoever_was_imported_is_no_newcomer_after_begin(app: App, club: Path) -> None:
    await take_in(app, club)
    clock = VirtualClock(app.clock.now())
    space = SpaceRef("slack", "T0CLUB")
    bed = Testbed(app.units, clock, app.dispatcher, app.courier, Recorder(clock), space)
    me = handle("ines")
    saved = await bed.send(me, command="coordination.edit_settings", args={}, via="form", submitted=True)
    assert "5 people are here" in words_of(await bed.press(me, saved, "Begin"))
