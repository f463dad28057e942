"""`tertulia rhythm`: a rule looked at from outside the chat, a calendar written, a deck read."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from icalendar import Calendar, Component, Event

from facilitation.core.values.clock import VirtualClock
from facilitation.rhythm.calendar_file import calendar_of
from facilitation.rhythm.recurrence import first_day
from facilitation.rhythm.schedule import schedule_of
from storage.engine import open_engine
from storage.migration import upgrade
from storage.rhythm import Decks
from storage.unit import Units
from tests.bot.processes import command
from tests.conftest import NOW
from tests.features.rhythm.steps import begun, make, rhythms
from tests.testbed import Testbed

BERLIN = ("--zone", "Europe/Berlin", "--from", "2026-03-01")


# A rule --------------------------------------------------------------------------------------------


def test_a_rule_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command(capsys, "rhythm", "every 2 weeks on tue at 10:00", *BERLIN, "--count", "20", "--json")
    assert ended.code == 0
    found = json.loads(ended.out)
    assert found["words"] == "every 2 weeks on Tuesday at 10:00 (Europe/Berlin)"
    assert len(found["occurrences"]) == 20
    assert found["occurrences"][0] == {"local": "2026-03-03T10:00", "utc": "2026-03-03T09:00:00Z"}
    assert found["occurrences"][2] == {"local": "2026-03-31T10:00", "utc": "2026-03-31T08:00:00Z"}


def test_a_rule_in_words(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = command(capsys, "rhythm", "monthly on day 31 at 09:00", *BERLIN, "--count", "2")
    assert ended.lines == []
    assert ended.out.splitlines() == [
        "On day 31 of the month at 09:00; months without that day are skipped (Europe/Berlin)",
        "  Tue 31 Mar 2026 09:00",
        "  Sun 31 May 2026 09:00",
    ]


def test_from_today_on_unless_told_otherwise(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(command(capsys, "rhythm", "daily at 9", "--json").out)["occurrences"]
    assert len(found) == 4
    first = datetime.fromisoformat(found[0]["utc"])
    assert abs((first - datetime.now(UTC)).total_seconds()) < 2 * 86_400


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["* * * * *"], "Once a day is the most"),
        (["30 February at 9"], "I know no dates of the year"),
        (["daily at 9", "--zone", "Mars/Olympus"], "I know no time zone “Mars/Olympus”"),
        (["daily at 9", "--from", "2026-02-30"], "is no date; one is written like 2026-03-01."),
        (["daily at 9", "--from", "9999-12-31"], "--from goes from 1970 to 2199."),
        (["daily at 9", "--count", "0"], "--count goes from 1 to 10000."),
        ([], "give a rule such as “weekdays at 9”"),
        (["daily at 9", "--deck", "x.txt"], "give a rule such as “weekdays at 9”"),
        (["--deck", "nowhere.txt"], "nowhere.txt"),
        (["--ics", "nowhere/x.ics"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    upgrade(f"sqlite+aiosqlite:///{here}/tertulia.db", NOW)
    ended = command(capsys, "rhythm", *arguments)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.lines
    assert why in line


# A community's -------------------------------------------------------------------------------------


def events(calendar: Component) -> list[Event]:
    return [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]


def lived_in(here: Path) -> None:
    """A community with two rhythms, in the database that the commands find."""

    async def live() -> None:
        url = f"sqlite+aiosqlite:///{here}/tertulia.db"
        units = Units(open_engine(url, durable=False))
        bed = await begun(units, VirtualClock(NOW))
        await make(bed, "every 2 weeks on tue at 10:00")
        await make(bed, "last fri at 16:00", name="Friday; round, and more")
        await units.close()

    upgrade(f"sqlite+aiosqlite:///{here}/tertulia.db", NOW)
    asyncio.run(live())


def test_the_calendar_of_a_community(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_in(here)
    assert command(capsys, "rhythm", "--ics", "ours.ics").code == 0
    calendar = Calendar.from_ical((here / "ours.ics").read_bytes())
    first, second = events(calendar)
    assert first["SUMMARY"] == "Tuesday prompt"
    assert first["LOCATION"] == "#general"
    assert first["RRULE"].to_ical() == b"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    assert first["DTSTART"].params["TZID"] == "Europe/Lisbon"
    assert f"{first.DTSTART:%Y-%m-%dT%H:%M}" == "2026-03-03T10:00"
    assert second["SUMMARY"] == "Friday; round, and more"
    assert f"{second.DTSTART:%Y-%m-%d}" == "2026-03-27"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Lisbon"]


def test_of_an_unknown_community_there_is_none(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_in(here)
    ended = command(capsys, "rhythm", "--ics", "ours.ics", "--community", "Nobody")
    assert (ended.code, ended.lines) == (2, ["tertulia: there is no community Nobody."])
    assert not (here / "ours.ics").exists()


async def test_what_is_paused_stands_in_no_calendar(sqlite_units: Units, clock: VirtualClock) -> None:
    bed = await begun(sqlite_units, clock)
    await make(bed)
    await make(bed, "daily at 9", name="Daily")
    await bed.send("ines", "/coordinate rhythm pause daily")
    calendar = Calendar.from_ical(calendar_of("Ours", await rhythms(bed), {}, NOW))
    assert [event["SUMMARY"] for event in calendar.walk("VEVENT")] == ["Tuesday prompt"]


@pytest.mark.parametrize(
    "when", ["daily at 9", "weekdays at 9", "mon, thu at 9", "every 3 weeks on fri at 9", "first mon at 9"]
)
async def test_an_event_begins_when_the_rhythm_does(
    sqlite_units: Units, clock: VirtualClock, when: str
) -> None:
    bed: Testbed = await begun(sqlite_units, clock)
    made = await make(bed, when)
    calendar = Calendar.from_ical(calendar_of("Ours", [made], {}, NOW))
    [event] = events(calendar)
    assert f"{event.DTSTART:%Y-%m-%d}" == str(first_day(schedule_of(made)))
    assert event["RRULE"].to_ical() == made.rrule.encode()


def test_a_deck_from_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived_in(here)
    (here / "our-own.txt").write_text("\ufeff# Ours\n1. What broke?\n- What held?\n", "utf-8")
    ended = command(capsys, "rhythm", "--deck", "our-own.txt")
    assert ended.out.strip() == "2 new in the deck our own of Test community; 0 were in it."
    assert (
        "0 new in the deck Our own"
        in command(capsys, "rhythm", "--deck", "our-own.txt", "--name", "Our own").out
    )
    (here / "empty.txt").write_text("# nothing\n")
    (here / "picture.txt").write_bytes(b"\xff\xfe\x00\x01")
    for name, why in (("empty.txt", "There is no prompt in that"), ("picture.txt", "not UTF-8 text")):
        ended = command(capsys, "rhythm", "--deck", name)
        assert ended.code == 2
        assert why in ended.lines[0]

    async def stored() -> list[str]:
        units = Units(open_engine(f"sqlite+aiosqlite:///{here}/tertulia.db", durable=False))
        async with units.read() as session:
            decks = Decks(session, 1)
            [deck] = [deck for deck in await decks.all() if deck.name == "our own"]
            found = [prompt.words for prompt in await decks.prompts(deck.id)]
        await units.close()
        return found

    assert asyncio.run(stored()) == ["What broke?", "What held?"]
