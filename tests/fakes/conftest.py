"""A server with a few people in it, and the real discord.py connected to it."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_client import Recorder, connected


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as made:
        made.add_guild("workshop", "The Workshop", owner="ana")
        made.add_person("ana", "Ana Sousa")
        made.add_person("ben", "Ben Okafor")
        made.add_channel("general", "general")
        made.add_channel("quiet", "quiet", private=True, members=["ana"])
        yield made


@pytest.fixture
async def client(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Recorder]:
    async with connected(fake, monkeypatch) as made:
        yield made
        assert fake.complaints == []
