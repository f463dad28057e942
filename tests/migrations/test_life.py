"""A database with a life in it is upgraded, and the bot of today goes on with all that waits in it.

The life was stored by the first revision. It is brought up to the newest one, and from there by a made-up one
that alters the tables which others refer to.
"""

import json
import shutil
import textwrap
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, select

import storage.migration
from facilitation.core.persistence import codec
from facilitation.core.values.cards import Menu, buttons_in
from storage import agenda, diary, outbox
from storage.communities import Directory, People
from storage.engine import open_engine
from storage.migration import configuration, current_and_head, upgrade
from storage.outbox import OutboxRow
from storage.pending import pending
from storage.session import orm_of
from storage.unit import Units
from tests.conftest import NOW
from tests.migrations.life import FILE, insert, resumed, rows_in, tables_in
from tests.testbed import Testbed, words_of

FIRST = "0001"
PARENTS = {
    # Tables that others refer to: SQLite copies, drops and renames them.
    "community": 'batch.alter_column("zone", type_=sa.String(80))',
    "space": 'batch.alter_column("name", type_=sa.String(240))',
    "channel": 'batch.alter_column("name", type_=sa.String(240))',
    "account": 'batch.alter_column("zone", type_=sa.String(80))',
    "member": 'batch.alter_column("zone", type_=sa.String(80))',
    "rhythm": 'batch.alter_column("zone", type_=sa.String(80))',
    "circle": 'batch.alter_column("zone", type_=sa.String(80))',
    "mentoring_pair": 'batch.alter_column("why", type_=sa.String(40))',
    "journey": 'batch.alter_column("post_key", type_=sa.String(80))',
    "resource": 'batch.alter_column("headline", type_=sa.String(400))',
}


@cache
def stored() -> dict[str, Any]:
    """When the life ended, and all rows."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def rows() -> Mapping[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = stored()["rows"]
    return found


# The revisions -----------------------------------------------------------------------------------

Scripts = Callable[[Path], None]


def _with_scripts(monkeypatch: pytest.MonkeyPatch, folder: Path, change: Scripts) -> None:
    """Let the bot find other revisions."""
    there = Path(ScriptDirectory.from_config(configuration()).dir)
    shutil.copytree(there, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    change(folder / "migrations/versions")
    monkeypatch.setattr(storage.migration, "files", lambda _: folder / "migrations")


def _only_the_first(versions: Path) -> None:
    for revision in versions.glob("0*.py"):
        if not revision.name.startswith(FIRST):
            revision.unlink()


def _one_more(versions: Path) -> None:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    changes = "".join(
        f"    options = {{'sqlite_autoincrement': {table != 'journey'}}}\n"
        f"    with op.batch_alter_table('{table}', table_kwargs=options) as batch:\n"
        f"        {change}\n"
        for table, change in PARENTS.items()
    )
    (versions / "9999_next.py").write_text(
        textwrap.dedent(
            f"""\
            import sqlalchemy as sa
            from alembic import op

            revision = "9999"
            down_revision = {head!r}


            def upgrade():
            """
        )
        + changes
    )


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    return create_engine(parsed.set(drivername="sqlite") if is_sqlite else parsed)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.endurance)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database with the life in it, as the first revision stored it."""
    address = f"sqlite+aiosqlite:///{tmp_path}/tertulia.db"
    if request.param == "postgresql":
        address = request.getfixturevalue("empty_postgres_url")
    with monkeypatch.context() as first:
        _with_scripts(first, tmp_path / "first", _only_the_first)
        upgrade(address, NOW)
    assert current_and_head(address)[0] == FIRST
    engine = _engine(address)
    insert(engine, rows())
    engine.dispose()
    return address


async def test_the_bot_of_today_goes_on_with_a_life_of_the_first_revision(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _with_scripts(monkeypatch, tmp_path / "next", _one_more)
    assert upgrade(url, NOW).after == "9999"
    engine = _engine(url)
    assert _counts(rows_in(engine)) == _counts(rows()), "no row is lost"
    engine.dispose()
    units = Units(open_engine(url))
    bed = resumed(units, datetime.fromisoformat(stored()["at"]), rows())
    try:
        await _digests(bed)
        await _presses(bed)
        await _does_what_is_due(bed)
        await _finds_by_full_text(bed)
    finally:
        await units.close()


def _counts(found: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    return {table: len(found[table]) for table in rows()}


async def _digests(bed: Testbed) -> None:
    """Events that waited are digested, and messages that waited are delivered."""
    waiting = {row["key"] for row in rows()["outbox"] if row["state"] == "waiting"}
    assert waiting
    await bed.settle()
    async with bed.units.read() as session:
        assert await diary.set_aside(session) == []
        assert not (await pending(session)).fresh
        states = await orm_of(session).execute(select(OutboxRow.key, OutboxRow.state))
        became = {state for key, state in states if key in waiting}
    assert became <= {"sent", "expired"}, "one that was answered before it was sent is withdrawn"
    assert "sent" in became
    assert (await bed.member("wim")).left_at is None, "who joined just before is a member now"


async def _presses(bed: Testbed) -> None:
    """Every button of every message that was delivered is known."""
    pressed = 0
    for row in rows()["outbox"]:
        if row["sealed"] or row["state"] != "sent":
            continue
        who = await _reader(bed, row["member_id"])
        card = codec.decode_card(row["card"])
        for button in buttons_in(card):
            await _press(bed, who, button.command, button.args)
            pressed += 1
        for menu in (part for part in card.parts if isinstance(part, Menu)):
            await _press(bed, who, menu.command, {**menu.args, menu.field: menu.options[0].value})
    assert pressed > 50


async def _press(bed: Testbed, who: str, command: str, args: Mapping[str, Any]) -> None:
    answer = await bed.send(who, command=command, args=args, via="button")
    assert not answer.reference, f"{command} {args}: {words_of(answer)}"
    assert "earlier version" not in words_of(answer), f"{command} {args}"


async def _reader(bed: Testbed, member: int | None) -> str:
    """The handle of the member that a message was for, or of a coordinator."""
    if member is None:
        return "ines"
    async with bed.units.read() as session:
        accounts = await People(session, 1).accounts(member)
    return accounts[0].handle if accounts else "ines"


async def _does_what_is_due(bed: Testbed) -> None:
    """Everything planned is done in time, and nothing is set aside."""
    planned = {row["key"]: row["due_at"] for row in rows()["agenda"]}
    assert len({row["command"] for row in rows()["agenda"]}) >= 12
    await bed.pass_time(timedelta(weeks=3))
    async with bed.units.read() as session:
        assert await agenda.set_aside(session) == []
        assert await outbox.failures(session) == []
        [community] = await Directory(session).communities(1)
        left = {
            key: due
            for key, due in planned.items()
            if (when := await agenda.Agenda(session, community.id).when(key)) is not None
            and when.timestamp() * 1_000_000 == due
        }
    assert left == {}, "these are as they were"


async def _finds_by_full_text(bed: Testbed) -> None:
    """The index of links is whole, and it follows what is added."""
    assert "nests.example" in words_of(await bed.send("kofi", "/cop find weaving"))
    await bed.send("kofi", "/cop share https://loom.example/ A loom for beginners")
    assert "loom.example" in words_of(await bed.send("kofi", "/cop find loom"))


# The file ----------------------------------------------------------------------------------------


def test_there_is_something_in_every_table_of_the_first_revision(url: str) -> None:
    engine = _engine(url)
    assert {table.name for table in tables_in(engine)} == rows().keys()
    engine.dispose()
    assert [name for name, found in rows().items() if not found] == []
