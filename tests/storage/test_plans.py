"""The questions asked every second are answered by an index, on both databases."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExecutionContext

from storage import agenda, diary, outbox
from storage.diary import Diary
from storage.outbox import Outbox
from storage.session import orm_of
from storage.unit import Session, Units
from tests.conftest import NOW
from tests.storage.arranging import setting

Question = Callable[[Session], Awaitable[Any]]

CLAIMS: dict[str, tuple[Question, str]] = {
    "what is due": (lambda s: agenda.claim(s, NOW), "ix_agenda_due"),
    "when something is due": (agenda.next_due, "ix_agenda_due"),
    "which space has fresh pages": (diary.claim_space, "ix_diary_fresh"),
    "which pages are fresh": (lambda s: Diary(s, 1).fresh(20), "ix_diary_fresh"),
    "what may be sent": (lambda s: outbox.claim(s, NOW, ["busy"], 20), "ix_outbox_"),
    "when something may be sent": (lambda s: outbox.next_send(s, ["busy"]), "ix_outbox_"),
}
LOOKS: dict[str, tuple[Question, str]] = {
    "whether a key was said": (lambda s: Outbox(s, 1).receipt("key"), "(community_id=? AND key=?)"),
    "what stands there": (lambda s: Outbox(s, 1).key_at(1, "C1", "m1"), "ix_outbox_receipt"),
    "what someone got unasked": (lambda s: Outbox(s, 1).nudges_since(1, NOW), "ix_outbox_nudged"),
    "which message was edited": (
        lambda s: Diary(s, 1).amend("key", excerpt="", links=0, question=False),
        "(space_id=? AND key=?)",
    ),
}


async def plans(session: Session, question: Question) -> list[tuple[str, str]]:
    """The statements of a question, each with the database's plan for it."""
    asked: list[tuple[str, Any]] = []

    def note(
        _1: Connection, _2: Any, statement: str, parameters: Any, _3: ExecutionContext, _4: bool
    ) -> None:
        if not statement.startswith("BEGIN"):
            asked.append((statement, parameters))

    engine = orm_of(session).get_bind()
    event.listen(engine, "before_cursor_execute", note)
    await question(session)
    event.remove(engine, "before_cursor_execute", note)
    connection = await orm_of(session).connection()
    explain = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    found: list[tuple[str, str]] = []
    for statement, parameters in asked:
        rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
        found.append((statement, "\n".join(str(row[-1]) for row in rows)))
    return found


@pytest.mark.parametrize("name", CLAIMS)
async def test_what_is_asked_every_second_is_answered_by_an_index(units: Units, name: str) -> None:
    question, index = CLAIMS[name]
    await setting(units)
    async with units.write() as session:
        if orm_of(session).get_bind().dialect.name == "postgresql":
            # On tables this small PostgreSQL would rather read all; the question is whether it has to.
            await (await orm_of(session).connection()).exec_driver_sql("SET LOCAL enable_seqscan = off")
        found = await plans(session, question)
        await orm_of(session).rollback()
    assert found
    for statement, plan in found:
        assert index in plan, f"{statement}\n{plan}"


@pytest.mark.parametrize("name", LOOKS)
async def test_what_is_looked_up_is_answered_by_an_index(sqlite_units: Units, name: str) -> None:
    question, index = LOOKS[name]
    async with sqlite_units.write() as session:
        found = await plans(session, question)
    assert found
    for statement, plan in found:
        assert index in plan, f"{statement}\n{plan}"


async def test_a_question_without_an_index_is_noticed(sqlite_units: Units) -> None:
    async with sqlite_units.write() as session:
        found = await plans(session, outbox.failures)
    assert "ix_outbox" not in found[0][1]
