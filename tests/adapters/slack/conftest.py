"""The fake Slack with the adapter connected to it: its surface alone, or all of it."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.outbound import PictureUploads, SlackSurface
from tests.adapters.slack.harness import SlackHarness, slack_harness, workshop
from tests.fakes.slack import FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with workshop() as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def api(slack: FakeSlack) -> AsyncIterator[SlackApi]:
    api = SlackApi(slack.bot_token, slack.api_url)
    yield api
    await api.close()


@pytest.fixture
def surface(api: SlackApi) -> SlackSurface:
    return SlackSurface(api, PictureUploads(api))


@pytest.fixture
async def platform() -> AsyncIterator[SlackHarness]:
    async with slack_harness() as harness:
        yield harness
