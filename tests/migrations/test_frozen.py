"""A revision that has been released never changes."""

import hashlib
from pathlib import Path

import pytest

import migrations

VERSIONS = Path(migrations.__file__).parent / "versions"
FROZEN = {
    "0001_the_first_tables.py": "17a3a198b45f6925218992bce91d8a8f14a20d2ff660088091a42591bf3029a8",
}
"""The SHA-256 of each released revision. A release adds those that are new."""


def test_every_revision_but_the_newest_is_frozen() -> None:
    """The newest may still change, as long as it has not been released."""
    earlier = sorted(path.name for path in VERSIONS.glob("[0-9]*.py"))[:-1]
    assert [name for name in earlier if name not in FROZEN] == [], "add it, with its checksum, to FROZEN"


@pytest.mark.parametrize("name", FROZEN)
def test_a_released_revision_never_changes(name: str) -> None:
    found = hashlib.sha256((VERSIONS / name).read_bytes()).hexdigest()
    assert found == FROZEN[name], (
        f"{name} has been released, and databases have run it as it was. Undo your change, and "
        'write a new revision instead: python -m migrations new "what changes"'
    )
