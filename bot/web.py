"""Health and metrics over HTTP, for containers and collectors; no data of communities is served."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from bot.app import App
from bot.heartbeat import Heartbeat
from facilitation.core.platforms.platform import Platform
from facilitation.core.values.errors import BadInput
from storage import agenda, diary, outbox

STALE = timedelta(seconds=60)
"""The process is ill if its last beat, or a step under way, began longer ago than this."""

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class HealthApp:
    """An ASGI app: `/health` (200, or 503 with the reason), `/metrics`, and the paths of platforms."""

    def __init__(self, app: App, heartbeat: Heartbeat, platforms: Sequence[Platform] = ()) -> None:
        self._app = app
        self._heartbeat = heartbeat
        self._platforms = platforms
        self._http_apps = {path: one for platform in platforms for path, one in platform.http_apps().items()}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path in self._http_apps:
                await self._http_apps[path](scope, receive, send)
            elif path == "/health":
                status, body = await self.health()
                await _answer(send, status, "application/json", orjson.dumps(body))
            elif path == "/metrics":
                await _answer(send, 200, CONTENT_TYPE_LATEST, await self.metrics())
            else:
                await _answer(send, 404, "text/plain; charset=utf-8", b"/health and /metrics are here.\n")

    async def health(self) -> tuple[int, dict[str, str]]:
        """The HTTP status and body: 200, or 503 with the first problem found."""
        silent = self._app.clock.now() - self._heartbeat.last_beat
        if silent > STALE:
            return 503, {"status": "ill", "why": f"no heartbeat for {silent.total_seconds():.0f} s"}
        if (longest := self._heartbeat.workers.longest_step()) > STALE:
            return 503, {"status": "ill", "why": f"a step has taken {longest.total_seconds():.0f} s so far"}
        try:
            await self._app.steps.next_at()
        except Exception:  # noqa: BLE001  # every fault of the database gets the same answer
            return 503, {"status": "ill", "why": "the database does not answer"}
        for platform in self._platforms:
            if why := platform.health_problem():
                return 503, {"status": "ill", "why": f"{platform.name}: {why}"}
        return 200, {"status": "well"}

    async def metrics(self) -> bytes:
        """Counts of failed entries and messages, and delays in seconds, in the text format of Prometheus."""
        registry = CollectorRegistry()
        async with self._app.units.read() as session:
            aside = len(await diary.set_aside(session)) + len(await agenda.set_aside(session))
            failed = len(await outbox.failures(session))
            due = await agenda.next_due(session)
        late = max(0.0, (self._app.clock.now() - due).total_seconds()) if due else 0.0
        silent = (self._app.clock.now() - self._heartbeat.last_beat).total_seconds()
        for name, words, value in (
            ("tertulia_set_aside", "Events and due commands that could not be handled (at most 200).", aside),
            ("tertulia_undelivered", "Messages that could not be delivered lately (at most 100).", failed),
            ("tertulia_agenda_late_seconds", "How late the earliest due command is, in seconds.", late),
            ("tertulia_heartbeat_age_seconds", "Time since the last heartbeat.", silent),
        ):
            Gauge(name, words, registry=registry).set(value)
        return generate_latest(registry)


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens until the block ends. Raises BadInput if the address cannot be bound."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise BadInput(
            f"cannot listen on {host}, port {port} ({_reason(error)}): "
            "set another host or port under [web], or stop what listens there."
        ) from None
    with opened:
        yield opened


def _reason(error: OSError) -> str:
    """The operating system's message, without the address that Python appends."""
    return (error.strerror or str(error)).partition(" (while")[0].lower()


async def serve(vitals: HealthApp, listening: socket.socket) -> None:
    """Serve until the process gets SIGTERM or Ctrl+C."""
    config = uvicorn.Config(vitals, log_config=None, log_level="warning", access_log=False, lifespan="on")
    await _QuietServer(config).serve(sockets=[listening])


class _QuietServer(uvicorn.Server):
    """A uvicorn server that ends normally on a signal.

    The original raises the signal again at its end, which would kill the process before the database
    is closed.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


async def _live(receive: Any, send: Send) -> None:
    """Serve the lifespan protocol of ASGI; there is nothing to start or stop."""
    while (message := await receive())["type"] != "lifespan.shutdown":
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Send, status: int, kind: str, body: bytes) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
