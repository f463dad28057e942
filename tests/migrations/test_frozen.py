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


@pytest.mark.parametrize("name", FROZEN)
def test_a_released_revision_never_changes(name: str) -> None:
    found = hashlib.sha256((VERSIONS / name).read_bytes()).hexdigest()
    assert found == FROZEN[name], (
        f"{name} has been released, and databases have run it as it was. Undo your change, and "
        'write a new revision instead: python -m migrations new "what changes"'
    )
