"""A concern stands nowhere in clear: not in the database, the log, the figures, `check`, the desk or a recap.

A whole life of one is led, with faults on the way, and looked at while it is open and after it is closed.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import App
from bot.check import examine
from bot.config import Database, Sealing, Settings
from bot.features import FEATURES
from bot.heartbeat import Heartbeat
from bot.runner import Runner
from bot.web import HealthApp
from facilitation.core.platforms.surface import OutgoingMessage, Receipt, Response
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.errors import Throttled, Unknown, Unreachable
from storage.base import Base
from storage.sealing import Seals, fresh_key, keys_from
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.features import community
from tests.features.community import direct_messages, submit_form
from tests.testbed import Posted, RecordingSurface, Testbed, words_of

WORDS = ("zebrafinch", "waxwing", "bullfinch", "chaffinch")
"""What is reported, answered, added and said at the end."""
RANDOM = {"token", "delivery", "key", "lane", "place", "card", "args", "reporter", "matter"}
"""Columns with something random or sealed in them."""
Rows = dict[str, set[tuple[tuple[str, Any], ...]]]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """The doctor reads the system's clock."""
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def noise(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that is logged, by our log and by the libraries, from the lowest level on."""
    events: list[str] = []

    def keep(_: Any, __: str, event: Any) -> Any:
        rendered = structlog.processors.format_exc_info(_, __, dict(event))
        events.append(str(rendered))
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "aiosqlite")  # as in a process: it would log each statement
    return lambda: "\n".join([*events, caplog.text])


@pytest.fixture
def key() -> str:
    return fresh_key()


@pytest.fixture
async def bed(units: Units, clock: VirtualClock, key: str) -> Testbed:
    """A running community; ines, kofi and lena coordinate."""
    return await running(units, clock, key)


async def running(units: Units, clock: VirtualClock, key: str) -> Testbed:
    units.seals = Seals(keys_from(key))
    return await community.running_community(units, clock, features=FEATURES, first=("ines", "kofi", "lena"))


class Clumsy(RecordingSurface):
    """A surface that fails once in words that hold all it was handed."""

    clumsy = False

    async def deliver(self, outgoing: OutgoingMessage) -> Receipt:
        if self.clumsy:
            self.clumsy = False
            raise RuntimeError(f"cannot deliver {outgoing}")
        return await super().deliver(outgoing)


# A life ----------------------------------------------------------------------------------------------


def last(bed: Testbed, who: str) -> Posted:
    return direct_messages(bed, who)[-1]


async def submit(bed: Testbed, who: str, opened: Response, words: str) -> Response:
    assert opened.form is not None
    return await bed.submit(who, opened.form.command, **{**opened.form.kept, "words": words})


async def open_life(bed: Testbed, who: str, watch: Callable[[], Any] | None = None) -> None:
    """Raised by somebody without a name, not meant for lena, taken by ines, answered, added to."""
    surface = Clumsy(bed.clock)
    surface.posts = bed.surface.posts
    bed.surface = surface
    bed.courier.connect(bed.space, surface)
    surface.clumsy = True
    surface.faults = [
        Throttled(timedelta(seconds=3)),
        Unknown(f"connection to {who} broke"),
        Unreachable("forbidden"),
    ]
    await submit_form(bed, who, "concern.submit", words=f"A {WORDS[0]}.", sender="anonymous", left_out="lena")
    if watch is not None:
        await watch()
    await bed.pass_time(timedelta(minutes=5))
    opened = await bed.press("ines", last(bed, "ines"), "Open it")
    await bed.press("ines", opened, "Take it in hand")
    await submit(bed, "ines", await bed.press("ines", opened, "Answer"), f"A {WORDS[1]}?")
    await bed.settle()
    await submit(bed, who, await bed.press(who, last(bed, who), "Answer"), f"A {WORDS[2]}!")
    await bed.settle()
    await bed.send(who, "/cop help")  # an act of everyday life after it


async def close(bed: Testbed) -> None:
    opened = await bed.press("ines", last(bed, "ines"), "Open it")
    assert all(word in words_of(opened) for word in WORDS[:3])
    await submit(bed, "ines", await bed.press("ines", opened, "Close it"), f"A {WORDS[3]}.")
    await bed.settle()
    await bed.pass_time(timedelta(days=40))


# Looking everywhere ----------------------------------------------------------------------------------


async def stored(session: Session) -> Rows:
    """Every row of every table."""
    connection = await orm_of(session).connection()
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        rows = await connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
        names = list(rows.keys())
        found[table.name] = {tuple(zip(names, row, strict=True)) for row in rows}
    return found


async def rows_of(bed: Testbed) -> Rows:
    async with bed.units.read() as session:
        return await stored(session)


async def assert_nothing_tells(bed: Testbed, before: Rows, who: str) -> None:
    """In what has been written since, there is neither a word of it nor a person."""
    member = await bed.member(who)
    async with bed.units.read() as session:
        account = await orm_of(session).scalar(
            text("SELECT id FROM account WHERE handle = :who"), {"who": who}
        )
    persons = {"member": member.id, "account": account}
    for name, table in Base.metadata.tables.items():
        points_at = {
            column.name: persons[key.column.table.name]
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name in persons
        }
        for row in (await rows_of(bed))[name] - before[name]:
            if name == "account":
                continue  # when somebody last asked something: see the comparison below
            for column, value in row:
                if column in points_at:
                    assert value != points_at[column], f"{name}.{column} points at who raised it"
                if isinstance(value, str):
                    for word in (*WORDS, who, who.capitalize(), "lena", "Lena", "concern."):
                        is_ask = (name, column) == ("agenda", "command")
                        assert word not in value or is_ask, f"{name}.{column} has {value}"


async def assert_the_outside_is_silent(bed: Testbed, url: str, key: str, noise: Callable[[], str]) -> None:
    """The log, the figures and `check` say nothing."""
    settings = Settings(database=Database(url=SecretStr(url)), sealing=Sealing(key=SecretStr(key)))
    app = App(
        settings, bed.clock, bed.units, bed.dispatcher, bed.courier, Runner(bed.dispatcher, bed.courier)
    )
    figures = (await HealthApp(app, Heartbeat(app)).metrics()).decode()
    found = [f"{one.what} {one.remedy}" async for one in examine(settings, Path("config.toml"))]
    for said in (noise(), figures, "\n".join(found)):
        for word in (*WORDS, "marek", "Marek", "anonymous"):
            assert word not in said


async def test_while_it_is_open_there_are_only_sealed_bytes(
    bed: Testbed, database_url: str, key: str, noise: Callable[[], str]
) -> None:
    before = await rows_of(bed)

    async def waiting() -> None:
        await assert_nothing_tells(bed, before, "marek")
        assert {dict(row)["state"] for row in (await rows_of(bed))["outbox"] - before["outbox"]} == {
            "waiting"
        }

    await open_life(bed, "marek", waiting)
    await assert_nothing_tells(bed, before, "marek")
    await assert_the_outside_is_silent(bed, database_url, key, noise)
    assert "cannot deliver" not in noise()
    assert "RuntimeError at" in noise(), "the fault on the way was not met, or not logged"


async def test_after_its_life_there_is_a_count_and_days(
    bed: Testbed, database_url: str, key: str, noise: Callable[[], str]
) -> None:
    before = await rows_of(bed)
    await open_life(bed, "marek")
    await close(bed)
    await assert_nothing_tells(bed, before, "marek")
    await assert_the_outside_is_silent(bed, database_url, key, noise)
    after = await rows_of(bed)
    [concern] = [dict(row) for row in after["concern"]]
    assert (concern["state"], concern["reporter"], concern["matter"]) == ("closed", "", "")
    sealed = [dict(row) for row in after["outbox"] if dict(row)["sealed"]]
    assert len(sealed) >= 6
    for letter in sealed:
        assert letter["state"] in ("sent", "failed")
        assert {letter[name] for name in ("place", "card", "lane", "receipt_place", "receipt")} == {""}
        assert (letter["member_id"], letter["space_id"], letter["feature"]) == (None, None, "")
    assert [row for row in after["agenda"] if dict(row)["sealed"]] == []
    said = [dict(row) for row in after["diary"] if dict(row)["kind"] in ("delivered", "failed")]
    assert said
    recaps = "\n".join(post.words for post in bed.posts if post.address.kind != "direct")
    assert not any(word in recaps for word in (*WORDS, "oncern"))


async def test_whoever_raised_it_the_same_is_left(units: Units, clock: VirtualClock, key: str) -> None:
    """Led by marek or by nadia, its life leaves the same traces to the microsecond."""
    bed = await running(units, clock, key)
    start = await rows_of(bed)
    seen: list[Any] = []
    for who in ("marek", "nadia"):
        before = await rows_of(bed)
        await submit_form(bed, who, "concern.submit", words=WORDS[0], sender="anonymous", left_out="lena")
        await bed.settle()
        opened = await bed.press("ines", last(bed, "ines"), "Open it")
        await submit(bed, "ines", await bed.press("ines", opened, "Answer"), WORDS[1])
        await bed.settle()
        await submit(bed, who, await bed.press(who, last(bed, who), "Answer"), WORDS[2])
        await bed.settle()
        seen.append(_shape(await rows_of(bed), before))
    assert seen[0] == seen[1]
    assert start["account"] == (await rows_of(bed))["account"], "when somebody asked tells who it was"


def _shape(after: Rows, before: Rows) -> dict[str, list[Any]]:
    """What was written, whatever is sealed or random by its length, counted keys left out."""
    shape: dict[str, list[Any]] = {}
    for name, rows in after.items():
        new = [dict(row) for row in rows - before[name]]
        shape[name] = sorted(
            str({k: len(str(v)) if k in RANDOM and v else v for k, v in row.items() if k != "id"})
            for row in new
        )
    return shape


# Errors, keys and forgetting -------------------------------------------------------------------------


async def test_an_error_on_our_side_is_logged_without_its_words(
    bed: Testbed, noise: Callable[[], str]
) -> None:
    def broken(_: int) -> bytes:
        raise RuntimeError(f"cannot seal {WORDS[0]} of marek")

    bed.units.seals = Seals([bytes(32)], nonce=broken)
    answer = await submit_form(bed, "marek", "concern.submit", words=WORDS[0])
    assert answer.reference
    assert answer.reference in noise()
    assert "RuntimeError at" in noise()
    assert WORDS[0] not in noise()
    assert "marek" not in noise()


async def test_a_rotated_key_opens_what_the_former_one_sealed(bed: Testbed, key: str) -> None:
    await submit_form(bed, "marek", "concern.submit", words=WORDS[0])
    bed.units.seals = Seals(keys_from(f"{fresh_key()},{key}"))
    await bed.settle()
    opened = await bed.press("kofi", last(bed, "kofi"), "Open it")
    assert WORDS[0] in words_of(opened)
    await bed.press("kofi", opened, "Take it in hand")
    await bed.settle()
    assert "Kofi looks after" in last(bed, "marek").words
    await bed.pass_time(timedelta(days=3))


async def test_a_letter_that_no_key_opens_is_given_up_and_wiped(
    bed: Testbed, database_url: str, noise: Callable[[], str]
) -> None:
    await submit_form(bed, "marek", "concern.submit", words=WORDS[0])
    other = fresh_key()
    bed.units.seals = Seals(keys_from(other))
    await bed.settle()
    letters = [dict(row) for row in (await rows_of(bed))["outbox"] if dict(row)["sealed"]]
    assert [(one["state"], one["why"], one["place"], one["card"]) for one in letters] == [
        ("failed", "no key opens it", "", "")
    ] * 3
    assert [post for who in ("ines", "kofi", "lena") for post in direct_messages(bed, who)] == []
    settings = Settings(database=Database(url=SecretStr(database_url)), sealing=Sealing(key=SecretStr(other)))
    found = [one async for one in examine(settings, Path("config.toml"))]
    assert "Concerns that the key does not open: 1." in [one.what for one in found]
    assert {one.remedy for one in found if "no key opens it" in one.what} == {
        "Put the former key behind the new one in TERTULIA_SEALING__KEY, with a comma between."
    }
    await bed.pass_time(timedelta(days=3))
    assert WORDS[0] not in noise()


async def test_without_any_key_letters_wait_for_it(bed: Testbed, key: str) -> None:
    await submit_form(bed, "marek", "concern.submit", words=WORDS[0])
    bed.units.seals = Seals()
    await bed.pass_time(timedelta(hours=3))
    assert direct_messages(bed, "kofi") == []
    bed.units.seals = Seals(keys_from(key))
    await bed.pass_time(timedelta(hours=2))
    assert "A concern" in last(bed, "kofi").words


async def test_without_a_key_check_names_the_remedy(bed: Testbed, database_url: str) -> None:
    settings = Settings(database=Database(url=SecretStr(database_url)))
    found = [one async for one in examine(settings, Path("config.toml"))]
    assert [one.remedy for one in found if "No key is set" in one.what] == [
        "Put what tertulia config key prints into TERTULIA_SEALING__KEY."
    ]


async def test_what_is_on_its_way_to_who_left_is_wiped(bed: Testbed) -> None:
    await submit_form(bed, "marek", "concern.submit", words=WORDS[0])
    await bed.settle()
    token = next(buttons_in(last(bed, "ines").card)).args["concern"]
    await submit_form(bed, "ines", "concern.answer", concern=token, words=WORDS[1])
    async with bed.units.write() as session:
        marek = await bed.member("marek")
        await orm_of(session).execute(text("UPDATE member SET left_at = 0 WHERE id = :id"), {"id": marek.id})
    await bed.settle()
    letters = [dict(row) for row in (await rows_of(bed))["outbox"] if dict(row)["sealed"]]
    assert ("expired", "left", "") in [(one["state"], one["why"], one["card"]) for one in letters]
