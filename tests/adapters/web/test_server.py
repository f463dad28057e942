"""The page is served to this machine, or to holders of the token, or not at all."""

import socket

import pytest

from adapters.web.local.server import serve
from facilitation.core.values.errors import BadInput
from tests.adapters.web.puppet import PuppetBackend


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_an_open_address_needs_a_token(host: str) -> None:
    with pytest.raises(BadInput, match="token"):
        await serve(PuppetBackend(), host)


async def test_a_port_in_use_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"127.0.0.1 port {port}"):
            await serve(PuppetBackend(), port=port)
