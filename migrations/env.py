"""What Alembic runs to migrate, on a connection that `storage.migration` opens, locks and commits."""

import pkgutil
from importlib import import_module
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine
from sqlalchemy.types import TypeDecorator

import storage
from migrations.autogenerate import complete_revision
from storage.base import Base

for _module in pkgutil.walk_packages(storage.__path__, "storage."):
    import_module(_module.name)  # every table there is


def _is_compared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether Alembic compares a thing. The full-text tables, columns and indexes are left out."""
    return not (kind in {"table", "column", "index"} and (name or "").startswith("fts_"))


def _render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Render columns of our own types as plain types: revisions are frozen, and our types may change."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=_is_compared,
        process_revision_directives=complete_revision,
        render_item=_render,
        render_as_batch=context.config.attributes.get("batch", True),
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_bind: Connection | Engine | None = context.config.attributes.get("connection")
if isinstance(_bind, Engine):
    with _bind.connect() as _connection:
        _migrate(_connection)
elif _bind is not None:
    _migrate(_bind)
else:
    raise RuntimeError("Migrations run through storage.migration, which opens and locks the database.")
