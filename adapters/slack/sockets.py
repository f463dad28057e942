"""Socket Mode with two connections: one of them hears while the other is renewed.

A socket can answer pings and yet bring no events, so what counts is what it brings: one that is silent while
the other hears much, or that was silent for long, is replaced. The new one is open before the old one goes.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from facilitation.core.clock import Clock

HELD = 2
"""Connections at once; Slack allows ten, and sends each envelope to one of them."""
OPENING = 20.0
"""Seconds to open one."""
LONGEST_WAIT = 60
"""Seconds between two tries to open one, at most."""
PINGS = 10.0
"""Seconds between pings, which notice a broken connection; a silent one they do not."""

log = structlog.get_logger(__name__)
_quiet = logging.getLogger("adapters.slack.library")
_quiet.setLevel(logging.ERROR)


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether what the library logs is a fault of ours.

    Failures to connect are tried again and told by `tend`, and an acknowledgement whose socket is gone is no
    failure: Slack tells the same again.
    """
    error = record.exc_info[1] if record.exc_info else None
    is_of_the_network = isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError)
    return record.getMessage().startswith(("Failed to run", "Failed to process")) and not is_of_the_network


_quiet.addFilter(_is_fault)


@dataclass(frozen=True)
class Patience:
    """How long silence is borne."""

    silence: timedelta = timedelta(minutes=5)
    """After so long without any frame but pings a socket is replaced."""
    outnumbered: int = 20
    """So many frames the others may bring meanwhile; then it is replaced at once."""
    gap: timedelta = timedelta(minutes=1)
    """After so long without any socket something may have been missed."""


@dataclass(eq=False)
class _Socket:
    handler: AsyncSocketModeHandler
    heard_at: datetime
    missed: int = 0
    """Frames the others brought since this one's last."""
    down_since: datetime | None = field(default=None)

    @property
    def is_open(self) -> bool:
        session = self.handler.client.current_session
        return session is not None and not session.closed


class Sockets:
    """The connections of one app."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        clock: Clock,
        patience: Patience,
        on_gap: Callable[[], None],
    ) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._patience = patience
        self._on_gap = on_gap
        self._sockets: list[_Socket] = []
        self._heard_at: datetime | None = None
        self._failures = 0
        self._why = ""
        self._not_before = clock.now()
        self._down_since: datetime | None = clock.now()

    async def tend(self) -> None:
        """Replace what is broken or silent, and open what is missing."""
        now = self._clock.now()
        if now >= self._not_before:
            for socket in list(self._sockets):
                why = self._fault(socket, now)
                if why:
                    await self._replace(socket, why)
            while len(self._sockets) < HELD and (opened := await self._opened()) is not None:
                self._sockets.append(opened)
        self._down_since = None if self._is_open() else (self._down_since or now)

    def ailment(self) -> str:
        """Why nothing is heard, in one line; empty while at least one socket is open."""
        if self._is_open():
            return ""
        since = f" since {self._down_since:%H:%M} UTC" if self._down_since else ""
        return f"no connection{since}{f' ({self._why})' if self._why else ''}; I keep trying"

    async def close(self) -> None:
        """Close all of them."""
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            await _close(socket.handler)

    # ---------------------------------------------------------------------------------------------

    def _is_open(self) -> bool:
        return any(socket.is_open for socket in self._sockets)

    def _fault(self, socket: _Socket, now: datetime) -> str:
        """What is wrong with a socket. The library reopens a broken one itself, which may take a moment."""
        if socket.is_open:
            socket.down_since = None
        elif socket.down_since is None:
            socket.down_since = now
        elif now - socket.down_since > timedelta(seconds=2 * PINGS):
            return "broken"
        if socket.missed >= self._patience.outnumbered:
            return "silent while others hear"
        if now - socket.heard_at > self._patience.silence:
            return "silent"
        return ""

    async def _replace(self, old: _Socket, why: str) -> None:
        new = await self._opened()
        if new is not None:
            self._sockets[self._sockets.index(old)] = new
            log.info("socket replaced", why=why)
            await _close(old.handler)

    async def _opened(self) -> _Socket | None:
        """A new connection; None where there is none to be had now."""
        handler = AsyncSocketModeHandler(
            self._app, self._token, logger=_quiet, web_client=self._app.client, ping_interval=PINGS
        )
        socket = _Socket(handler, self._clock.now())

        async def noted(_: Any, message: dict[str, Any], __: Any = None) -> None:
            self._noted(socket, message)

        handler.client.message_listeners.append(noted)
        try:
            async with asyncio.timeout(OPENING):
                # Asked for here, because the library's `connect` would ask again and again without end.
                handler.client.wss_uri = await handler.client.issue_new_wss_url()
                await _connect(handler)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            self._put_off(error)
            await _close(handler)
            return None
        except asyncio.CancelledError:
            await _close(handler)
            raise
        self._failures, self._why = 0, ""
        return socket

    def _put_off(self, error: Exception) -> None:
        """Wait a little longer after each failure: Slack hands out few addresses a minute."""
        data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
        self._why = str((data or {}).get("error") or type(error).__name__)
        self._failures += 1
        wait = min(2**self._failures, LONGEST_WAIT)
        self._not_before = self._clock.now() + timedelta(seconds=wait)
        log.warning("a socket could not be opened", error=self._why, again_in=wait)

    def _noted(self, socket: _Socket, message: dict[str, Any]) -> None:
        """A frame arrived: `hello` after each opening, then envelopes."""
        now, last = self._clock.now(), self._heard_at
        socket.heard_at, socket.missed = now, 0
        self._heard_at = now
        if message.get("type") == "hello":
            if last is not None and now - last > self._patience.gap:
                self._on_gap()
            return
        for other in self._sockets:
            if other is not socket:
                other.missed += 1


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.client.connect()  # type: ignore[no-untyped-call]  # the library leaves it untyped


async def _close(handler: AsyncSocketModeHandler) -> None:
    await handler.client.close()  # type: ignore[no-untyped-call]  # likewise
