"""Socket Mode over two connections: one receives while the other is renewed.

A socket can answer pings and still deliver no events, so only the frames that it delivers count. A socket is
replaced if it is silent for long, or while the other receives many frames. The new one opens before the old
one closes.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from facilitation.core.values.clock import Clock

CONNECTIONS = 2
"""Connections at once. Slack allows ten, and sends each envelope to one of them."""
OPEN_WITHIN = 20.0
"""Seconds in which a connection must open."""
MAX_BACKOFF = 60
"""The most seconds between two attempts to open one."""
CLOSE_AFTER = 5.0
"""Seconds for which a replaced socket stays open, for acknowledgements that are under way."""
REPLACEMENTS_APART = timedelta(seconds=30)
"""The shortest time between two replacements for silence: on a slow machine all sockets seem silent."""
PING_INTERVAL = 10.0
"""Seconds between pings, which detect a broken connection but not a silent one."""

log = structlog.get_logger(__name__)
_library_log = logging.getLogger("adapters.slack.library")
_library_log.setLevel(logging.ERROR)


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Whether a log record of slack_sdk reports a fault of ours.

    A failed connection is retried and reported by `maintain`; an acknowledgement whose socket is gone is no
    fault, because Slack delivers the envelope again.
    """
    error = record.exc_info[1] if record.exc_info else None
    is_of_the_network = isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError)
    return record.getMessage().startswith(("Failed to run", "Failed to process")) and not is_of_the_network


_library_log.addFilter(_is_our_fault)


@dataclass(frozen=True)
class ReplacementPolicy:
    """When a silent socket is replaced."""

    silence: timedelta = timedelta(minutes=5)
    """A socket is replaced after this long without any frame but pings."""
    outnumbered_by: int = 20
    """A socket is replaced sooner if the others received this many frames since its last one …"""
    quiet: timedelta = timedelta(seconds=2)
    """… and it has been silent for at least this long."""
    gap: timedelta = timedelta(minutes=1)
    """After this long without a frame on any socket, events may have been missed."""


class SocketPool:
    """The connections of one app. `on_gap` is called when events may have been missed."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        clock: Clock,
        policy: ReplacementPolicy,
        on_gap: Callable[[], None],
    ) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._policy = policy
        self._on_gap = on_gap
        self._sockets: list[_Connection] = []
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._received_at: datetime | None = None
        self._replaced_at: datetime | None = None
        self._failures = 0
        self._error = ""
        self._retry_at = clock.now()
        self._down_since: datetime | None = clock.now()

    async def maintain(self) -> None:
        """Replace connections that are ending, broken or silent, and open missing ones."""
        async with self._lock:
            now = self._clock.now()
            for socket in list(self._sockets):
                why = self._fault(socket, now)
                if why and now >= self._retry_at:
                    await self._replace(socket, why)
            while len(self._sockets) < CONNECTIONS and now >= self._retry_at:
                opened = await self._open()
                if opened is None:
                    break
                self._sockets.append(opened)
            self._down_since = None if self._is_open() else (self._down_since or now)

    def health_problem(self) -> str:
        """Why nothing is received, in one line; empty while at least one socket is open."""
        if self._is_open():
            return ""
        since = f" since {self._down_since:%H:%M} UTC" if self._down_since else ""
        return f"no connection{since}{f' ({self._error})' if self._error else ''}; I keep trying"

    async def close(self) -> None:
        """Close all connections."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            await socket.shut_down()

    # ---------------------------------------------------------------------------------------------

    def _is_open(self) -> bool:
        return any(socket.is_open for socket in self._sockets)

    def _fault(self, socket: "_Connection", now: datetime) -> str:
        if socket.is_ending or not socket.is_open:
            return "ending"
        if self._is_outperformed(socket):
            return "silent while others receive"
        return "silent" if now - socket.received_at > self._policy.silence else ""

    def _is_outperformed(self, socket: "_Connection") -> bool:
        """Whether a socket was silent while the others received much; no sign just after a replacement."""
        received_at = self._received_at or socket.received_at
        if self._replaced_at is not None and received_at - self._replaced_at < REPLACEMENTS_APART:
            return False
        meanwhile = received_at - socket.received_at
        return socket.missed >= self._policy.outnumbered_by and meanwhile > self._policy.quiet

    async def _replace(self, old: "_Connection", why: str) -> None:
        new = await self._open()
        if new is not None:
            self._sockets[self._sockets.index(old)] = new
            self._replaced_at = self._clock.now()
            log.info("socket replaced", why=why)
            self._start(_close_later(old))

    async def _open(self) -> "_Connection | None":
        """A new connection; None if none can be opened now."""
        socket = _Connection(
            self._app, self._token, self._clock.now(), self._frame_received, self._renewal_needed
        )
        try:
            async with asyncio.timeout(OPEN_WITHIN):
                # Requested here, because slack_sdk's `connect` would repeat the request without end.
                socket.wss_uri = await socket.issue_new_wss_url()
                await socket.connect()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            self._back_off(error)
            await socket.shut_down()
            return None
        except asyncio.CancelledError:
            await socket.shut_down()
            raise
        self._failures, self._error = 0, ""
        return socket

    def _back_off(self, error: Exception) -> None:
        """Wait longer after each failure: Slack issues few socket addresses a minute."""
        data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
        self._error = str((data or {}).get("error") or type(error).__name__)
        self._failures += 1
        wait = min(2**self._failures, MAX_BACKOFF)
        self._retry_at = self._clock.now() + timedelta(seconds=wait)
        log.warning("a socket could not be opened", error=self._error, again_in=wait)

    def _frame_received(self, socket: "_Connection", kind: str) -> None:
        """Note a frame: `hello` after each opening, then envelopes."""
        now, last = self._clock.now(), self._received_at
        socket.received_at, socket.missed = now, 0
        self._received_at = now
        if kind == "hello":
            if last is not None and now - last > self._policy.gap:
                self._on_gap()
            return
        for other in self._sockets:
            if other is not socket:
                other.missed += 1
                if self._is_outperformed(other) and not self._lock.locked():
                    self._start(self.maintain())

    def _renewal_needed(self) -> None:
        """Replace a connection at once that Slack wants renewed or that broke."""
        self._start(self.maintain())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Connection(SocketModeClient):
    """slack_sdk's client, except that it does not renew itself.

    The original closes the old session before it opens a new one, so that acknowledgements under way have no
    socket. This one reports that it is ending, and the pool replaces it.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        now: datetime,
        on_frame: Callable[["_Connection", str], None],
        on_ending: Callable[[], None],
    ) -> None:
        super().__init__(app_token, logger=_library_log, web_client=app.client, ping_interval=PING_INTERVAL)
        self.received_at = now
        self.missed = 0
        self.is_ending = False
        self.responding: set[asyncio.Task[Any]] = set()
        self._app = app
        self._on_frame = on_frame
        self._on_ending = on_ending
        self.message_listeners.append(self._forward_frame)
        self.socket_mode_request_listeners.append(self._respond)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, even a silent one."""
        return self.current_session is not None and not self.current_session.closed

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # slack_sdk's signature
        """Called by slack_sdk after a `disconnect` frame, a closed connection or unanswered pings."""
        if not self.is_ending and not self.closed:
            self.is_ending = True
            self._on_ending()

    async def shut_down(self) -> None:
        """Close the connection and its tasks."""
        await self.close()  # type: ignore[no-untyped-call]  # the library leaves it untyped

    async def _forward_frame(
        self, _: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None
    ) -> None:
        self._on_frame(self, str(message.get("type")))

    async def _respond(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.ensure_future(run_async_bolt_app(self._app, request))
        self.responding.add(task)
        try:
            await send_async_response(self, request, await task, 0.0)
        finally:
            self.responding.discard(task)


async def _close_later(socket: _Connection) -> None:
    """Close a replaced socket: one that Slack wants renewed may still deliver for a moment."""
    try:
        if socket.is_ending:
            await asyncio.sleep(CLOSE_AFTER)
        elif socket.responding:
            await asyncio.wait(set(socket.responding), timeout=CLOSE_AFTER)
            await asyncio.sleep(0.1)  # for the acknowledgements themselves
    finally:
        await socket.shut_down()
