"""Write the next revision of the database.

python -m migrations new "what changes"           write how the tables differ from the newest revision
python -m migrations new --empty "what changes"   write a revision without changes, to fill in by hand
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from migrations.autogenerate import NoValue
from storage.migration import bring_up, configuration

NEXT_STEPS = """\
Written: {path}
Read it, and correct what it cannot know: renamed columns, and what becomes of existing rows. Then run
  python -m pytest tests/storage/test_migrations.py tests/migrations
  python -m tests.stored_names --write
"""


class NothingChanged(Exception):
    """The tables are as the newest revision leaves them."""

    def __init__(self) -> None:
        super().__init__("The tables are as the newest revision leaves them: there is nothing to write.")


def write(message: str, *, is_empty: bool = False) -> Path:
    """Write the next revision; returns its file. Raises NothingChanged, or NoValue for a column."""
    config = configuration()
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            if number > 1:
                bring_up(connection)
            # SQLite alters a table by copying it, in a batch; the first revision only creates tables.
            config.attributes |= {"connection": connection, "batch": number > 1}
            script = command.revision(config, message, autogenerate=not is_empty, rev_id=f"{number:04}")
        engine.dispose()
    assert script is not None
    assert not isinstance(script, list)
    path = Path(script.path)
    text = re.sub(r"^ *# ### .*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    if not is_empty and text.count("    pass\n") == 2:
        path.unlink()
        raise NothingChanged
    path.write_text(text, "utf-8")
    for tidy in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, path], check=True)  # noqa: S603  # our own words
    return path


def main(arguments: list[str]) -> None:
    """Read the arguments and write."""
    match arguments:
        case ["new", message] if not message.startswith("-"):
            is_empty = False
        case ["new", "--empty", message]:
            is_empty = True
        case _:
            sys.exit(__doc__)
    try:
        path = write(message, is_empty=is_empty)
    except (NothingChanged, NoValue) as error:
        sys.exit(str(error))
    sys.stdout.write(NEXT_STEPS.format(path=path))


if __name__ == "__main__":
    main(sys.argv[1:])
