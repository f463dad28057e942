"""`python -m migrations "what changes"`: compare the tables with the revisions, and write the next revision.

`--anew` writes the initial revision again; that is for the time before the first release.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migration import bring_up, configuration

VERSIONS = Path(__file__).parent / "versions"


def write(message: str) -> Path:
    """Write the next revision; returns its file."""
    config = configuration()
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            if number > 1:
                bring_up(connection)
            # SQLite alters a table by copying it; the first revision creates all, and need not.
            config.attributes |= {"connection": connection, "batch": number > 1}
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()
    assert script is not None
    assert not isinstance(script, list)
    path = Path(script.path)
    for tidy in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, path], check=True)  # noqa: S603  # our own words
    return path


def main() -> None:
    """Read the one argument and write."""
    match sys.argv[1:]:
        case ["--anew"]:
            for revision in VERSIONS.glob("0*.py"):
                revision.unlink()
            path = write("The first tables")
        case [message]:
            path = write(message)
        case _:
            sys.exit(__doc__)
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
