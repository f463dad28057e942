"""Completes the revisions of Alembic's autogenerate.

- A table's statements for one database only (`storage.base.DIALECT_DDL`): full-text indexes and triggers.
- SQLite alters a table by copying it. The copy needs AUTOINCREMENT, and the table's triggers.
- A new column that must not be NULL needs a value in existing rows.
"""

import re
from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from sqlalchemy import Column, ColumnDefault, DefaultClause, Table, text

from storage.base import DIALECT_DDL, Base


class NoValue(Exception):
    """A new column must not be NULL and has no default, so existing rows have no value for it."""

    def __init__(self, column: "Column[Any]") -> None:
        super().__init__(
            f"{column.table.name}.{column.name} must not be NULL and has no plain default, so existing rows "
            "have no value for it. Give the column a default, or make it nullable."
        )


class DialectStatement(ops.MigrateOperation):
    """A statement for one of the two databases."""

    def __init__(self, dialect: str, statement: str) -> None:
        self.dialect = dialect
        self.statement = statement


def complete_revision(_context: Any, _revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Complete what autogenerate found. Alembic calls it as `process_revision_directives`."""
    for directive in directives:
        upgrade, downgrade = _of(directive.upgrade_ops), _of(directive.downgrade_ops)
        upgrade[:] = [part for operation in upgrade for part in _with_values(operation)]
        created = [op for op in upgrade if isinstance(op, ops.CreateTableOp)]
        found = [
            DialectStatement(dialect, statement)
            for table in created
            for dialect, statements in table.info.get(DIALECT_DDL, {}).items()
            for statement in statements
        ]
        for table in created:
            table.info.clear()  # what our code reads; a revision does not need it
        upgrade.extend(found)
        # Triggers and indexes are dropped with their table; a full-text table is one of its own.
        shadows = [_VIRTUAL.match(one.statement) for one in found]
        downgrade[:0] = [
            DialectStatement("sqlite", f"DROP TABLE {shadow[1]}") for shadow in reversed(shadows) if shadow
        ]


_VIRTUAL = re.compile(r"\s*CREATE VIRTUAL TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)
_TRIGGER = re.compile(r"\s*CREATE TRIGGER (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)


def _of(found: ops.OpContainer | None) -> list[ops.MigrateOperation]:
    assert found is not None
    return found.ops


# Values for existing rows ------------------------------------------------------------------------


def _with_values(operation: ops.MigrateOperation) -> Iterator[ops.MigrateOperation]:
    """Changes of a table, with new columns that must not be NULL first, and with a server default.

    The default is dropped again: the code sets the value, and the models have no server defaults.
    """
    if not isinstance(operation, ops.ModifyTableOps):
        yield operation
        return
    dropped: list[ops.MigrateOperation] = []
    for part in operation.ops:
        if isinstance(part, ops.AddColumnOp) and _needs_value(part.column):
            default = part.column.server_default = _server_default(part.column)
            dropped.append(
                ops.AlterColumnOp(
                    operation.table_name,
                    part.column.name,
                    existing_type=part.column.type,
                    existing_nullable=False,
                    existing_server_default=default,
                    modify_server_default=None,
                )
            )
    added = [part for part in operation.ops if isinstance(part, ops.AddColumnOp)]
    others = [part for part in operation.ops if not isinstance(part, ops.AddColumnOp)]
    for group in (added, [*dropped, *others]):
        if group:
            yield ops.ModifyTableOps(operation.table_name, group, schema=operation.schema)


def _needs_value(column: "Column[Any]") -> bool:
    return not column.nullable and column.server_default is None


def _server_default(column: "Column[Any]") -> DefaultClause:
    """The plain default of a column as a server default. Raises NoValue."""
    default = column.default
    value = default.arg if isinstance(default, ColumnDefault) and default.is_scalar else None
    match value:
        case bool():
            sql = "true" if value else "false"
        case int() | float():
            sql = str(value)
        case str():
            sql = "'" + value.replace("'", "''") + "'"
        case _:
            raise NoValue(column)
    return DefaultClause(text(sql))


# Rendering ---------------------------------------------------------------------------------------


@renderers.dispatch_for(DialectStatement)
def _render_statement(context: AutogenContext, operation: DialectStatement) -> str:
    context.imports.add("from migrations.dialects import execute_on")
    return f'execute_on(\n"{operation.dialect}",\n"""\n{operation.statement.strip()}\n""",\n)'


@renderers.dispatch_for(ops.ModifyTableOps, replace=True)
def _render_changes(context: AutogenContext, operation: ops.ModifyTableOps) -> list[str]:
    """Changes of a table as a batch that keeps AUTOINCREMENT, followed by the table's triggers."""
    if not operation.ops:
        return []
    if not context.opts.get("render_as_batch"):
        return [line for part in operation.ops for line in render_op(context, part)]
    table = Base.metadata.tables.get(operation.table_name)
    options = ""
    if table is not None and table.dialect_options["sqlite"]["autoincrement"]:
        options = ', table_kwargs={"sqlite_autoincrement": True}'
    with context._within_batch():  # noqa: SLF001  # what Alembic's own renderer does
        lines = [line for part in operation.ops for line in render_op(context, part)]
    return [
        f'with op.batch_alter_table("{operation.table_name}"{options}) as batch_op:',
        *lines,
        "",
        *(line for one in _triggers(table) for line in (_render_statement(context, one), "")),
    ]


def _triggers(table: Table | None) -> Iterator[DialectStatement]:
    """The triggers of a table on SQLite, created again: a copied table has lost them."""
    statements = table.info.get(DIALECT_DDL, {}).get("sqlite", ()) if table is not None else ()
    for statement in statements:
        if found := _TRIGGER.match(statement):
            yield DialectStatement("sqlite", f"DROP TRIGGER IF EXISTS {found[1]}")
            yield DialectStatement("sqlite", statement)
