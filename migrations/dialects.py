"""What revisions call for statements that only one of the two databases understands."""

from alembic import op
from sqlalchemy import text


def execute_on(dialect: str, statement: str) -> None:
    """Execute a statement of a revision if `dialect` is that of the database being migrated."""
    connection = op.get_bind()
    if connection.dialect.name == dialect:
        connection.execute(text(statement.replace(":", "\\:")))
