"""A life as the first revision stores it: all rows of a community in which much has happened.

`python -m tests.migrations.life --write` lived it once and wrote `tests/data/life-0001.json`. The file is
frozen like the revision: later versions of the bot do not live the same life.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    MetaData,
    Table,
    Time,
    create_engine,
    select,
    text,
)

from bot.features import FEATURES
from facilitation.concern import Fallback
from facilitation.core.persistence.codec import decode_card
from facilitation.core.platforms.surface import Address, RenderableCard
from facilitation.core.values.charter_text import CharterText
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.events import (
    ChannelChanged,
    ChannelFacts,
    MemberJoined,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Profile,
    ReactionAdded,
)
from storage.base import micros
from storage.diary import Diary, HistoryEntry, prune
from storage.engine import open_engine
from storage.migration import upgrade
from storage.sealing import Seals
from storage.unit import Units
from tests.features.community import CHARTER, FALLBACK, KEY, submit_form
from tests.features.lived_in import lived_in
from tests.testbed import SPACE, Posted, Testbed, assemble_testbed

FILE = Path(__file__).parents[1] / "data/life-0001.json"
BEGAN = datetime(2026, 3, 2, 8, 55, tzinfo=UTC)
DAY = timedelta(days=1)

Rows = Mapping[str, list[dict[str, Any]]]
"""Rows by table; dates and times are text in ISO 8601."""


# Living it ---------------------------------------------------------------------------------------


async def live(units: Units, clock: VirtualClock) -> Testbed:
    """A community that has used everything for six weeks, with events, plans and messages that wait."""
    units.seals = Seals([KEY])
    bed = await lived_in(units, clock)
    community = await bed.community()
    async with units.write() as session:
        diary, old = Diary(session, 1), clock.now() - 420 * DAY
        await diary.write_past([_past(community.id, n, old) for n in range(3)], old)
    async with units.write() as session:
        await prune(session, clock.now())
    await submit_form(
        bed, "ines", "coordination.add_role", who="kofi", role="support", until="2026-05-01", note="Hi"
    )
    await submit_form(bed, "ines", "mentoring.exclude_pair", one="ines", other="kofi")
    await submit_form(bed, "lena", "mentoring.request", topics="nests", not_with="ines")
    await submit_form(bed, "ines", "mentoring.pause", until="2026-06-01")
    rounds = {"rounds": True, "day": 9, "weeks": 8, "review": "by a coordinator", "at_once": False}
    await submit_form(bed, "ines", "mentoring.change_settings", **rounds)
    for who in ("ines", "kofi", "lena"):
        await submit_form(bed, who, "circles.join", circle=1)
    await submit_form(bed, "ines", "circles.keep_apart", not_with="lena")
    await bed.join("tom", "general")
    await bed.join("una")
    tagged = {"url": "https://nests.example/", "note": "How to build one.", "tags": "nests, weaving"}
    await submit_form(bed, "kofi", "resources.share", **tagged)
    await bed.settle()
    await submit_form(bed, "tom", "welcome.start")
    await submit_form(bed, "tom", "welcome.take_part", choice="learn")
    await submit_form(bed, "una", "privacy.forget_now")
    for week in range(6):
        for day in range(7):
            who = ("marek", "nadia", "kofi", "lena", "tom")[(week + day) % 5]
            await bed.write(who, f"Day {day} of week {week}: does it sing?")
            await bed.pass_time(DAY)
    await _leave_waiting(bed)
    return bed


async def _leave_waiting(bed: Testbed) -> None:
    """What nobody has digested, done or delivered when the process ends."""
    await bed.join("xenia")
    await submit_form(bed, "xenia", "welcome.start")
    await submit_form(bed, "xenia", "welcome.take_part", choice="share")
    draft = {"channel": "general", "deck": "Visits", "when": "thu at 9:00"}
    await submit_form(bed, "ines", "rhythm.draft", name="Thursday", **draft)
    await submit_form(bed, "ines", "circles.draft", name="Tea", channel="general")
    text = "Two: https://one.example/ and https://two.example/"
    saved = {"place": "general", "message": "m-two", "text": text, "author": "nadia"}
    await submit_form(bed, "kofi", "resources.save_from_message", **saved)
    await submit_form(bed, "lena", "concern.submit", words="It is loud here.", urgency="soon")
    await submit_form(bed, "ines", "mentoring.propose_pair", mentor="marek", mentee="lena")
    await submit_form(bed, "ines", "coordination.hand_over", who="kofi", note="All yours")
    now = bed.clock.now()
    posted = MessagePosted(now, "help", "m-help", "kofi", "Who can help with nests?", question=True)
    await bed.dispatcher.intake.commit(
        SPACE,
        [
            posted,
            MessagePosted(now, "general", "m-new", "vera", "I am new here"),
            MessageEdited(now, "help", "m-help", "Who can help me with nests?", question=True),
            MessageDeleted(now, "general", "m-new"),
            ReactionAdded(now, "help", "m-help", "lena", "eyes"),
            MemberJoined(now, Profile("wim", "Wim"), ""),
            ChannelChanged(now, ChannelFacts("nests", "nests")),
        ],
    )


def _past(community: int, number: int, at: datetime) -> HistoryEntry:
    return HistoryEntry(
        community,
        f"general:old-{number}",
        micros(at),
        1,
        f"old-{number}",
        "",
        "",
        None,
        0,
        1,
        0,
        2,
        "Long ago",
    )


# The file ----------------------------------------------------------------------------------------


def rows_in(engine: Engine) -> Rows:
    """All rows of a database, table by table in an order in which they can be inserted."""
    found: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        for table in tables_in(engine):
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return found


def insert(engine: Engine, rows: Rows) -> None:
    """Put all rows into an empty database of the same revision."""
    with engine.begin() as connection:
        for table in tables_in(engine):
            if rows[table.name]:
                connection.execute(table.insert(), [_typed(table, row) for row in rows[table.name]])
            [*keys] = table.primary_key.columns
            is_counted = len(keys) == 1 and isinstance(keys[0].type, Integer) and not keys[0].foreign_keys
            if is_counted and engine.dialect.name == "postgresql":
                counter = f"pg_get_serial_sequence('{table.name}', '{keys[0].name}')"
                newest = f"(SELECT coalesce(max({keys[0].name}), 0) + 1 FROM {table.name})"
                connection.execute(text(f"SELECT setval({counter}, {newest}, false)"))


def tables_in(engine: Engine) -> list[Table]:
    """The tables of a database as they are there, without full-text indexes."""
    metadata = MetaData()
    metadata.reflect(engine, only=lambda name, _: not name.startswith(("fts_", "alembic_", "sqlite_")))
    return metadata.sorted_tables


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def _typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column, row[column.name]) for column in table.columns if column.name in row}


def _value(column: "Column[Any]", value: Any) -> Any:
    match column.type:
        case _ if value is None:
            return None
        case Boolean():
            return bool(value)
        case Date():
            return date.fromisoformat(value)
        case Time():
            return time.fromisoformat(value)
        case _:
            return value


# Going on with it --------------------------------------------------------------------------------


def resumed(units: Units, at: datetime, rows: Rows) -> Testbed:
    """The bot of today on this database, when the earlier one ended, on a platform that has its messages."""
    units.seals = Seals([KEY])
    factories = {CharterText: lambda _: CHARTER, Fallback: lambda _: FALLBACK}
    bed = assemble_testbed(units, VirtualClock(at), FEATURES, factories=factories)
    stand = {row["receipt"]: row["card"] for row in rows["outbox"] if row["receipt"]}
    newest = max(int(message.removeprefix("m")) for message in stand)
    for number in range(1, newest + 1):
        # Of a message that is not in the outbox any more the platform still has something.
        card = decode_card(stand.get(f"m{number}", "{}"))
        address = Address("channel", "general")
        bed.surface.posts.append(Posted(address, RenderableCard(card), at, "", f"m{number}"))
    return bed


async def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/life.db"
        upgrade(url, BEGAN)
        units, clock = Units(open_engine(url, on_loop_thread=True, durable=False)), VirtualClock(BEGAN)
        await live(units, clock)
        await units.close()
        rows = rows_in(create_engine(f"sqlite:///{folder}/life.db"))
    content = {"at": clock.now().isoformat(), "rows": rows}
    FILE.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
    empty = [name for name, found in rows.items() if not found]
    sys.stdout.write(f"{FILE}\nempty: {empty}\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    asyncio.run(_write())
