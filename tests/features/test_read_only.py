"""Commands that are declared read-only keep their word: PostgreSQL refuses whatever they would change.

SQLite would roll it back in silence.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.forms import missing_fields
from storage.base import Base
from storage.sealing import Seals
from storage.session import orm_of
from tests.conftest import units_on
from tests.features.community import KEY
from tests.features.discovery import declared, path_of
from tests.features.lived_in import lived_in
from tests.testbed import Testbed, words_of

READ_ONLY = [one for one in Registry(FEATURES).endpoints.values() if one.read_only]


@pytest.fixture
async def bed(postgres_url: str, clock: VirtualClock) -> AsyncIterator[Testbed]:
    """A community on PostgreSQL in which every feature has been used."""
    async with units_on(postgres_url) as units:
        units.seals = Seals([KEY])
        yield await lived_in(units, clock)


async def test_read_only_commands_change_nothing(bed: Testbed) -> None:
    before = await everything(bed)
    arguments: dict[str, dict[str, Any]] = {}
    for arguments_of in declared("lived_in", "read_only_arguments").values():
        arguments |= arguments_of(bed)
    missing = {one: missing_fields(one.command, arguments.get(one.id, {})) for one in READ_ONLY}
    wrong = [
        f"{one.id}: add {', '.join(fields)} to read_only_arguments in {path_of(one.feature, 'lived_in')}"
        for one, fields in missing.items()
        if fields
    ]
    assert not wrong, "\n".join(wrong)
    for endpoint in READ_ONLY:
        args = arguments.get(endpoint.id, {})
        for who in ("ines", "marek"):
            answer = await bed.send(who, command=endpoint.id, args=args, via="form", submitted=True)
            assert answer.reference == "", f"{endpoint.id} is not read-only for {who}: see the log"
            assert words_of(answer), endpoint.id
    assert await everything(bed) == before


async def everything(bed: Testbed) -> dict[str, list[str]]:
    """All rows of all tables."""
    async with bed.units.read() as session:
        found: dict[str, list[str]] = {}
        for name in Base.metadata.tables:
            rows = await orm_of(session).execute(text(f'SELECT * FROM "{name}"'))
            found[name] = sorted(str(row) for row in rows)
        return found
