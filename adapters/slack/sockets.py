"""Socket Mode with two connections: one of them hears while the other is renewed.

A socket can answer pings and yet bring no events, so what counts is what it brings: one that is silent while
the other hears much, or that was silent for long, is replaced. The new one is open before the old one goes.
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

HELD = 2
"""Connections at once; Slack allows ten, and sends each envelope to one of them."""
OPENING = 20.0
"""Seconds to open one."""
LONGEST_WAIT = 60
"""Seconds between two tries to open one, at most."""
GRACE = 5.0
"""Seconds for which a socket that was replaced is kept, for the acknowledgements under way."""
REST = timedelta(seconds=30)
"""After a replacement, before another for its silence: where this machine is slow, all sockets seem so."""
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
class ReplacementPolicy:
    """How long silence is borne."""

    silence: timedelta = timedelta(minutes=5)
    """After so long without any frame but pings a socket is replaced."""
    outnumbered: int = 20
    """After so many frames that the others brought meanwhile …"""
    quiet: timedelta = timedelta(seconds=2)
    """… over at least so long, it is replaced sooner."""
    gap: timedelta = timedelta(minutes=1)
    """After so long without any socket something may have been missed."""


class SocketPool:
    """The connections of one app."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        clock: Clock,
        patience: ReplacementPolicy,
        on_gap: Callable[[], None],
    ) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._patience = patience
        self._on_gap = on_gap
        self._sockets: list[_Socket] = []
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard_at: datetime | None = None
        self._replaced_at: datetime | None = None
        self._failures = 0
        self._why = ""
        self._not_before = clock.now()
        self._down_since: datetime | None = clock.now()

    async def tend(self) -> None:
        """Replace what is ending, broken or silent, and open what is missing."""
        async with self._turn:
            now = self._clock.now()
            for socket in list(self._sockets):
                why = self._fault(socket, now)
                if why and now >= self._not_before:
                    await self._replace(socket, why)
            while len(self._sockets) < HELD and now >= self._not_before:
                opened = await self._opened()
                if opened is None:
                    break
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
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            await socket.shut()

    # ---------------------------------------------------------------------------------------------

    def _is_open(self) -> bool:
        return any(socket.is_open for socket in self._sockets)

    def _fault(self, socket: "_Socket", now: datetime) -> str:
        if socket.is_ending or not socket.is_open:
            return "ending"
        if self._is_outdone(socket):
            return "silent while others hear"
        return "silent" if now - socket.heard_at > self._patience.silence else ""

    def _is_outdone(self, socket: "_Socket") -> bool:
        """Whether a socket was silent while the others heard much. After a burst all are: that is no sign."""
        heard_at = self._heard_at or socket.heard_at
        if self._replaced_at is not None and heard_at - self._replaced_at < REST:
            return False
        meanwhile = heard_at - socket.heard_at
        return socket.missed >= self._patience.outnumbered and meanwhile > self._patience.quiet

    async def _replace(self, old: "_Socket", why: str) -> None:
        new = await self._opened()
        if new is not None:
            self._sockets[self._sockets.index(old)] = new
            self._replaced_at = self._clock.now()
            log.info("socket replaced", why=why)
            self._start(_shut_later(old))

    async def _opened(self) -> "_Socket | None":
        """A new connection; None where there is none to be had now."""
        socket = _Socket(self._app, self._token, self._clock.now(), self._noted, self._ending)
        try:
            async with asyncio.timeout(OPENING):
                # Asked for here, because the library's `connect` would ask again and again without end.
                socket.wss_uri = await socket.issue_new_wss_url()
                await socket.connect()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            self._put_off(error)
            await socket.shut()
            return None
        except asyncio.CancelledError:
            await socket.shut()
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

    def _noted(self, socket: "_Socket", kind: str) -> None:
        """A frame arrived: `hello` after each opening, then envelopes."""
        now, last = self._clock.now(), self._heard_at
        socket.heard_at, socket.missed = now, 0
        self._heard_at = now
        if kind == "hello":
            if last is not None and now - last > self._patience.gap:
                self._on_gap()
            return
        for other in self._sockets:
            if other is not socket:
                other.missed += 1
                if self._is_outdone(other) and not self._turn.locked():
                    self._start(self.tend())

    def _ending(self) -> None:
        """Slack asks for a new connection, or one broke: not a moment is lost until the next look."""
        self._start(self.tend())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Socket(SocketModeClient):
    """The library's client, but for one thing: it does not renew itself.

    It would close the old session before it opens a new one, and acknowledgements under way would have no
    socket to go to. So it says that it is ending, and another one takes its place.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        now: datetime,
        noted: Callable[["_Socket", str], None],
        ending: Callable[[], None],
    ) -> None:
        super().__init__(app_token, logger=_quiet, web_client=app.client, ping_interval=PINGS)
        self.heard_at = now
        self.missed = 0
        self.is_ending = False
        self.answering: set[asyncio.Task[Any]] = set()
        self._app = app
        self._say_noted = noted
        self._say_ending = ending
        self.message_listeners.append(self._note)
        self.socket_mode_request_listeners.append(self._answer)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, be it a silent one."""
        return self.current_session is not None and not self.current_session.closed

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # the library's
        """What the library calls for a `disconnect` frame, a closed connection or unanswered pings."""
        if not self.is_ending and not self.closed:
            self.is_ending = True
            self._say_ending()

    async def shut(self) -> None:
        """Close the connection and all that belongs to it."""
        await self.close()  # type: ignore[no-untyped-call]  # the library leaves it untyped

    async def _note(
        self, _: AsyncBaseSocketModeClient, message: dict[str, Any], __: str | None = None
    ) -> None:
        self._say_noted(self, str(message.get("type")))

    async def _answer(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.ensure_future(run_async_bolt_app(self._app, request))
        self.answering.add(task)
        try:
            await send_async_response(self, request, await task, 0.0)
        finally:
            self.answering.discard(task)


async def _shut_later(socket: _Socket) -> None:
    """One that Slack wants renewed may still bring something; a silent one only ends what it has begun."""
    try:
        if socket.is_ending:
            await asyncio.sleep(GRACE)
        elif socket.answering:
            await asyncio.wait(set(socket.answering), timeout=GRACE)
            await asyncio.sleep(0.1)  # for the acknowledgements themselves
    finally:
        await socket.shut()
