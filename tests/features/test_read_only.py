"""Commands that are declared read-only keep their word: PostgreSQL refuses whatever they would change.

SQLite would roll it back in silence.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.features import FEATURES
from facilitation.core.features.registry import Registry
from facilitation.core.values.cards import buttons_in
from facilitation.core.values.clock import VirtualClock
from facilitation.core.values.forms import missing_fields
from storage.base import Base
from storage.sealing import Seals
from storage.session import orm_of
from tests.conftest import units_on
from tests.features.community import KEY, direct_messages
from tests.features.lived_in import NADIAS_WORD, lived_in
from tests.testbed import Testbed, words_of

READ_ONLY = [one for one in Registry(FEATURES).endpoints.values() if one.read_only]
A_CONCERN = object()
ARGUMENTS: dict[str, dict[str, Any]] = {
    "concern.show": {"concern": A_CONCERN},
    "recap.show_waiting": {"recap": 1},
    "resources.find": {"words": NADIAS_WORD},
    "rhythm.show_deck": {"deck": 1},
    "rhythm.show_responses": {"rhythm": 1},
}
"""Arguments of read-only commands that require some."""


@pytest.fixture
async def bed(postgres_url: str, clock: VirtualClock) -> AsyncIterator[Testbed]:
    """A community on PostgreSQL in which every feature has been used."""
    async with units_on(postgres_url) as units:
        units.seals = Seals([KEY])
        yield await lived_in(units, clock)


async def test_read_only_commands_change_nothing(bed: Testbed) -> None:
    before = await everything(bed)
    for endpoint in READ_ONLY:
        args = dict(ARGUMENTS.get(endpoint.id, {}))
        if args.get("concern") is A_CONCERN:
            buttons = [button for post in direct_messages(bed, "ines") for button in buttons_in(post.card)]
            args["concern"] = next(one for one in buttons if one.command == "concern.show").args["concern"]
        missing = missing_fields(endpoint.command, args)
        assert missing == [], f"add {missing} to ARGUMENTS[{endpoint.id!r}]"
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
