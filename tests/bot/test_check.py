"""`check`: what is wrong, each finding with its grade and its remedy."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from pydantic import SecretStr

from bot.check import examine
from bot.config import Database, Sealing, Settings, SlackConfig
from facilitation.core.features.contributions import EventContext
from facilitation.core.features.feature import Feature
from facilitation.core.platforms.platform import Finding
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.commands import Command, Due
from facilitation.core.values.effects import Effects, Later
from facilitation.core.values.errors import Unreachable
from facilitation.core.values.events import MessagePosted, SpaceLost
from storage.communities import Directory, People, Use
from storage.sealing import fresh_key
from storage.unit import Units
from tests.conftest import NOW
from tests.fakes.slack import FakeSlack
from tests.features.community import FEATURES, announcer, begin, make_community
from tests.testbed import Testbed

clumsy = Feature("clumsy", "Fails at whatever it is given")


class Stumble(Command):
    """Fail when it is time."""


@clumsy.on(MessagePosted, when=lambda posted: posted.text in ("poison", "later"))
async def hear(context: EventContext) -> Effects:
    assert isinstance(context.event, MessagePosted)
    if context.event.text == "later":
        return [Later(context.at, Stumble(), "stumble")]
    raise RuntimeError("cannot swallow this")


@clumsy.action(id="clumsy.stumble")
async def stumble(command: Stumble, due: Due) -> Effects:
    raise RuntimeError("out of luck")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """The doctor reads the system's clock: it is the next morning of the tests' community."""
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_on(database_url)


def settings_on(url: str) -> Settings:
    return Settings(database=Database(url=SecretStr(url)), sealing=Sealing(key=SecretStr(fresh_key())))


@pytest.fixture
async def bed(units: Units, clock: VirtualClock) -> Testbed:
    return await make_community(units, clock, features=(*FEATURES, announcer, clumsy))


async def findings(settings: Settings, config: Path | None = Path("config.toml")) -> list[Finding]:
    """Everything but that the configuration and the database are in order."""
    found = [finding async for finding in examine(settings, config)]
    assert [finding for finding in found if finding.grade != "well" and not finding.remedy] == []
    return [finding for finding in found if finding.grade != "well"]


async def test_all_is_well_with_a_running_community(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    assert await findings(settings) == []
    grades = [finding.grade async for finding in examine(settings, Path("config.toml"))]
    assert grades == ["well", "well"]


async def test_a_missing_configuration_is_noted(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    [finding] = await findings(settings, None)
    assert (finding.grade, finding.remedy) == ("note", "Copy config.example.toml to config.toml.")


async def test_a_database_that_has_seen_nobody_is_noted(settings: Settings, units: Units) -> None:
    [finding] = await findings(settings)
    assert (finding.grade, finding.what) == ("note", "No space has been seen yet.")


async def test_a_community_without_coordinators_that_has_not_begun_is_noted(
    settings: Settings, units: Units, clock: VirtualClock
) -> None:
    await make_community(units, clock, first=())
    assert [(one.grade, one.what) for one in await findings(settings)] == [
        ("note", "Test community: nobody coordinates it."),
        ("note", "Test community: not begun, so I am silent."),
    ]


async def test_a_lost_space_is_noted_with_the_day_its_data_goes(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    await bed.receive(SpaceLost(bed.clock.now()))
    found = [finding for finding in await findings(settings) if "removed" in finding.what]
    assert [(one.grade, one.what, one.remedy) for one in found] == [
        (
            "note",
            "Test community: I was removed on 2026-03-02.",
            "Invite me again before 2026-04-01, when its data is erased.",
        )
    ]


async def test_a_bot_that_does_not_run_is_noted(settings: Settings, bed: Testbed) -> None:
    await begin(bed, recap="")
    await bed.settle()
    with time_machine.travel(datetime(2026, 3, 2, 9, 11, tzinfo=UTC), tick=False):
        [finding] = [one for one in await findings(settings) if "has been due" in one.what]
    assert (finding.grade, finding.what) == ("note", "Something has been due since 2026-03-02 09:00 UTC.")
    assert finding.remedy == "Is tertulia run running?"
    with time_machine.travel(datetime(2026, 3, 2, 9, 9, tzinfo=UTC), tick=False):
        assert [one for one in await findings(settings) if "has been due" in one.what] == []


async def test_an_event_that_was_set_aside_is_ill(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    message = await bed.write("marek", "poison")
    [finding] = await findings(settings)
    assert (finding.grade, finding.what) == (
        "ill",
        f"Set aside: event {message.key} of 2026-03-02 in space 1.",
    )
    assert "report it" in finding.remedy


async def test_what_failed_for_good_is_ill_and_named(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    await bed.write("marek", "later")
    await bed.pass_time(timedelta(hours=2))
    with time_machine.travel(bed.clock.now(), tick=False):
        [finding] = await findings(settings)
    assert (finding.grade, finding.what) == (
        "ill",
        "Test community: stumble failed for good (RuntimeError: out of luck).",
    )


async def test_what_could_not_be_delivered_is_noted(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    bed.surface.faults = [Unreachable("archived")]
    await bed.write("marek", "please note")
    found = await findings(settings)
    assert [(one.grade, "could not be delivered (archived)" in one.what) for one in found] == [("note", True)]


async def test_a_missing_key_is_named_before_there_is_a_database(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    key, _ = await findings(Settings(database=Database(url=url)))
    assert (key.grade, "TERTULIA_SEALING__KEY" in key.remedy) == ("note", True)


async def test_a_password_is_in_no_finding(tmp_path: Path) -> None:
    for address in ("127.0.0.1:1", "no-such-host.invalid"):
        [finding] = await findings(settings_on(f"postgresql+psycopg://bot:tr0ub4dor@{address}/tertulia"))
        assert finding.grade == "ill"
        assert "tr0ub4dor" not in finding.what + finding.remedy
        assert "\n" not in finding.what


@pytest.mark.parametrize(
    ("name", "content", "grade", "words"),
    [
        ("new.db", None, "note", "The database is empty."),
        ("no/folder/x.db", None, "ill", "There is no folder"),
        ("letter.db", b"Dear Sir or Madam, " * 400, "ill", "is not a database"),
    ],
)
async def test_a_file_is_looked_at_and_left_alone(
    tmp_path: Path, name: str, content: bytes | None, grade: str, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    [finding] = await findings(settings_on(f"sqlite+aiosqlite:///{path}"))
    assert finding.grade == grade
    assert words in finding.what
    assert path.exists() is (content is not None)


async def test_a_platform_is_looked_at_with_what_the_database_knows(settings: Settings, bed: Testbed) -> None:
    await begin(bed)
    await bed.settle()
    async with FakeSlack() as slack:
        async with bed.units.write() as session:
            directory = Directory(session)
            space = await directory.put_space("slack", slack.team, "The Workshop")
            community = await directory.put_community("Workshop", space.id)
            await directory.put_channels(space.id, [("C1", "general", False, False)])
            [spot] = await People(session, community.id).spots()
            await People(session, community.id).assign(Use.HELP, spot.id)
        slack.add_channel("C1", "general")
        tokens = SlackConfig(
            bot_token=SecretStr(slack.bot_token), app_token=SecretStr(slack.app_token), api_url=slack.api_url
        )
        found = await findings(settings.model_copy(update={"slack": tokens}))
    assert "Slack: I am not in #general (help)." in [finding.what for finding in found]
    assert "Slack: no event has arrived yet." in [finding.what for finding in found]
