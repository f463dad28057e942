"""Serves the local page: on loopback unless told otherwise, and then only with a token."""

import asyncio
import socket
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from starlette.types import ASGIApp

from adapters.web.guard import ANY, Guard
from adapters.web.page import put_up
from adapters.web.stage import Stage
from facilitation.core.values.errors import BadInput


def app_of(stage: Stage, *, host: str = "127.0.0.1", token: str | None = None) -> ASGIApp:
    """The page as an ASGI app, guarded. One per process: NiceGUI keeps its pages in one place."""
    inner = FastAPI(title="Tertulia", docs_url=None, redoc_url=None, openapi_url=None)
    put_up(stage)
    ui.run_with(
        inner, title="Tertulia", tailwind=False, dark=None, show_welcome_message=False, reconnect_timeout=30
    )
    return Guard(inner, host, token)


async def serve(
    stage: Stage,
    host: str = "127.0.0.1",
    port: int = 8421,
    *,
    token: str | None = None,
    open_browser: bool = False,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until stopped; `ready` hears the address to open. Port 0 takes a free one.

    Raises BadInput for an address that is open to the network without a token, and for a port in use.
    """
    if host in ANY and not token:
        raise BadInput("a page that is open to the network needs a token")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise BadInput(f"the page cannot be opened on {host} port {port}: {error.strerror}") from error
    address = _address(host, listening.getsockname()[1], token)
    config = uvicorn.Config(
        app_of(stage, host=host, token=token), log_level="warning", timeout_graceful_shutdown=1, lifespan="on"
    )
    server = _Server(config, address, ready, open_browser=open_browser)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await serving
    except asyncio.CancelledError:
        server.should_exit = True
        await asyncio.wait([serving], timeout=3)
        raise
    finally:
        listening.close()


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(
        self, config: uvicorn.Config, address: str, ready: Callable[[str], None], *, open_browser: bool
    ) -> None:
        super().__init__(config)
        self._address = address
        self._ready = ready
        self._open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready(self._address)
            if self._open_browser:
                await asyncio.to_thread(webbrowser.open, self._address)


def _address(host: str, port: int, token: str | None) -> str:
    name = "localhost" if host in ANY else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")
