"""Serves the local page: on loopback by default; on other addresses only with a token."""

import asyncio
import socket
import webbrowser
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from starlette.types import ASGIApp

from adapters.web.local.backend import PageBackend
from adapters.web.local.guard import ANY_ADDRESS, Guard
from adapters.web.local.page import register_page
from facilitation.core.values.errors import BadInput


def create_app(backend: PageBackend, *, host: str = "127.0.0.1", token: str | None = None) -> ASGIApp:
    """The page as an ASGI app behind its guard. Only one per process: NiceGUI registers pages globally."""
    inner = FastAPI(title="Tertulia", docs_url=None, redoc_url=None, openapi_url=None)
    register_page(backend)
    ui.run_with(
        inner, title="Tertulia", tailwind=False, dark=None, show_welcome_message=False, reconnect_timeout=30
    )
    return Guard(inner, host, token)


async def serve(
    backend: PageBackend,
    host: str = "127.0.0.1",
    port: int = 8421,
    *,
    token: str | None = None,
    open_browser: bool = False,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until cancelled. `ready` is called with the address to open; port 0 takes a free port.

    Raises BadInput for an address that is open to the network without a token, or cannot be bound.
    """
    if host in ANY_ADDRESS and not token:
        raise BadInput("a page that is open to the network needs a token")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise BadInput(f"the page cannot be opened on {host} port {port}: {error.strerror}") from error
    address = _address(host, listening.getsockname()[1], token)
    app = create_app(backend, host=host, token=token)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, lifespan="on")
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
    """A uvicorn server that calls `ready` as soon as it answers requests."""

    def __init__(
        self, config: uvicorn.Config, address: str, ready: Callable[[str], None], *, open_browser: bool
    ) -> None:
        super().__init__(config)
        self._address = address
        self._ready = ready
        self._open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then report the address and, if requested, open the browser."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready(self._address)
            if self._open_browser:
                await asyncio.to_thread(webbrowser.open, self._address)


def _address(host: str, port: int, token: str | None) -> str:
    name = "localhost" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")
