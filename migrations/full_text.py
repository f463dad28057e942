"""Statements beside a table that only one database understands: full-text indexes and their triggers."""

import re
from typing import Any

from alembic import op
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import text


def on(dialect: str, statement: str) -> None:
    """Execute a statement of a revision if this is the database it was written for."""
    if op.get_bind().dialect.name == dialect:
        op.get_bind().execute(text(statement.replace(":", "\\:")))


class Beside(ops.MigrateOperation):
    """A statement which goes into the revision that creates its table."""

    def __init__(self, dialect: str, statement: str) -> None:
        self.dialect = dialect
        self.statement = statement


@renderers.dispatch_for(Beside)
def _render(context: AutogenContext, beside: Beside) -> str:
    context.imports.add("from migrations.full_text import on")
    return f'on(\n"{beside.dialect}",\n"""\n{beside.statement.strip()}\n""",\n)'


def add_beside(_context: Any, _revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Put what stands beside a table into the revision that creates it, and its removal into the way back."""
    for directive in directives:
        created = [op for op in _of(directive.upgrade_ops) if isinstance(op, ops.CreateTableOp)]
        found = [
            Beside(dialect, statement)
            for table in created
            for dialect, statements in table.info.pop("beside", {}).items()
            for statement in statements
        ]
        _of(directive.upgrade_ops).extend(found)
        # Triggers and indexes go with their table; a full-text table is one of its own.
        shadows = [_VIRTUAL.match(beside.statement) for beside in found]
        _of(directive.downgrade_ops)[:0] = [
            Beside("sqlite", f"DROP TABLE {shadow[1]}") for shadow in reversed(shadows) if shadow
        ]


_VIRTUAL = re.compile(r"\s*CREATE VIRTUAL TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)


def _of(found: ops.OpContainer | None) -> list[ops.MigrateOperation]:
    assert found is not None
    return found.ops
