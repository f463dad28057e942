"""What is left of somebody in a database: every column of every table that may hold text is searched."""

from collections.abc import Sequence

from sqlalchemy import String, select

from storage.session import orm_of
from storage.unit import Session
from tests.shape.tables import tables


async def traces_of(session: Session, words: Sequence[str]) -> list[str]:
    """Where one of these words stands, in any case, as `table.column: value`; empty if nowhere."""
    found: list[str] = []
    for name, table in sorted(tables().items()):
        for column in table.columns:
            if not isinstance(column.type, String):
                continue
            for word in words:
                query = select(column).where(column.icontains(word, autoescape=True))
                found += [f"{name}.{column.name}: {value}" for value in await orm_of(session).scalars(query)]
    return found
