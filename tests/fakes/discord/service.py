"""The web server: who may call, what goes wrong on the way, and the list of everything that was called."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.faults import Fault, Faults

BASE = "/api/v10"


@dataclass
class ApiCall:
    """One REST call of the bot."""

    method: str
    path: str
    body: Any
    at: float
    """Monotonic seconds."""
    status: int = 0
    """Of the answer; 0 while there is none, or because it was lost."""
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Complaint:
    """A request that Discord would refuse as malformed, with the tree of errors."""

    method: str
    path: str
    errors: dict[str, Any]
    body: Any


@dataclass
class Asked:
    """One request as a route sees it."""

    method: str
    path: str
    parts: dict[str, str]
    query: dict[str, str]
    body: Any
    files: dict[str, bytes]
    complain: Callable[[dict[str, Any]], None]


Handler = Callable[[Asked], Any]
"""Returns what is answered as JSON, or None for 204; raises ApiError."""


class Service:
    """Routes, and what stands between them and the bot."""

    def __init__(self, token: str, changed: Callable[[], None]) -> None:
        self.token = token
        self.calls: list[ApiCall] = []
        self.complaints: list[Complaint] = []
        self.faults = Faults()
        self.port = 0
        self._changed = changed
        self._routes: list[tuple[str, str, Handler]] = []
        self._plain: list[tuple[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]] = []
        self._late: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None

    def route(self, method: str, path: str, handler: Handler) -> None:
        """Serve a path below `/api/v10`."""
        self._routes.append((method, path, handler))

    def plain(self, path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        """Serve something that is no REST call."""
        self._plain.append((path, handler))

    async def start(self) -> None:
        """Listen on a free port of the loopback."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        for method, path, handler in self._routes:
            app.router.add_route(method, BASE + path, self._served(handler))
        for path, plain in self._plain:
            app.router.add_get(path, plain)
        app.router.add_route("*", "/{path:.*}", self._served(_unknown))
        self._runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined] # an asyncio server

    async def stop(self) -> None:
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def _served(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            body, files = await _read(request)
            path = request.path.removeprefix(BASE)
            call = ApiCall(request.method, path, body, time.monotonic(), query=dict(request.query))
            self.calls.append(call)

            def complain(errors: dict[str, Any]) -> None:
                self.complaints.append(Complaint(call.method, path, errors, body))

            asked = Asked(call.method, path, dict(request.match_info), call.query, body, files, complain)
            try:
                response = await self._answer(request, asked, handler)
            finally:
                self._changed()
            call.status = response.status
            return response

        return serve

    async def _answer(self, request: web.Request, asked: Asked, handler: Handler) -> web.StreamResponse:
        is_webhook = asked.path.startswith(("/webhooks/", "/interactions/"))
        if not is_webhook and request.headers.get("Authorization") != f"Bot {self.token}":
            return _json(401, {"message": "401: Unauthorized", "code": 0})
        channel = asked.parts.get("channel", "")
        waits = self.faults.global_until - time.monotonic()
        if waits > 0 and not is_webhook:  # answers to interactions do not count there
            return _limited(waits, "global", is_global=True)
        bucket = asked.method + re.sub(r"\d+", "", asked.path)
        limit, left, reset = self.faults.remaining(asked.method, asked.path, channel)
        if left < 0:
            return _limited(reset, bucket)
        fault = self.faults.meets(asked.method, asked.path, channel)
        match fault.what if fault else None:
            case "limit":
                assert fault is not None
                return _limited(fault.until - time.monotonic(), bucket)
            case "refuse":
                assert fault is not None
                error = ApiError(fault.code, status=fault.status)
                return _json(error.status, error.json())
            case "fail":
                assert fault is not None
                return _json(fault.status, {"message": "Internal Server Error", "code": 0})
            case "drop":
                assert fault is not None
                return await self._lost(request, asked, handler, fault)
            case "delay" | None:
                pass
        response = _done(asked, handler, {"X-RateLimit-Bucket": bucket} | _headers(limit, left, reset))
        if fault is not None:
            self._changed()
            await asyncio.sleep(fault.seconds)
        return response

    async def _lost(
        self, request: web.Request, asked: Asked, handler: Handler, fault: Fault
    ) -> web.StreamResponse:
        """Hang up without an answer; what is asked is done now, later or never."""
        assert request.transport is not None
        request.transport.abort()
        if not fault.done:
            return web.Response(status=499)
        if fault.seconds:
            task = asyncio.create_task(self._later(asked, handler, fault.seconds))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        else:
            _done(asked, handler, {})
        return web.Response(status=499)

    async def _later(self, asked: Asked, handler: Handler, seconds: float) -> None:
        await asyncio.sleep(seconds)
        _done(asked, handler, {})
        self._changed()


def _done(asked: Asked, handler: Handler, headers: dict[str, str]) -> web.Response:
    try:
        found = handler(asked)
    except ApiError as error:
        return _json(error.status, error.json(), headers)
    except Exception as error:  # noqa: BLE001 # a shape that no rule expects: shown, and never a 500 to retry
        asked.complain({"_errors": [{"code": "UNREADABLE", "message": repr(error)}]})
        return _json(400, {"message": repr(error), "code": 0}, headers)
    return web.Response(status=204, headers=headers) if found is None else _json(200, found, headers)


def _unknown(asked: Asked) -> Any:
    raise ApiError(0)


def _headers(limit: int, left: int, reset: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": f"{time.time() + reset:.3f}",
        "X-RateLimit-Reset-After": f"{reset:.3f}",
    }


def _limited(seconds: float, bucket: str, *, is_global: bool = False) -> web.Response:
    """A 429; without `Via` discord.py takes it for a ban by Cloudflare and gives up."""
    seconds = max(seconds, 0.001)
    body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": is_global}
    headers = {"Via": "1.1 google", "Retry-After": f"{seconds:.3f}"}
    if is_global:
        headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
    else:
        headers |= _headers(5, 0, seconds) | {"X-RateLimit-Bucket": bucket, "X-RateLimit-Scope": "user"}
    return _json(429, body, headers)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """discord.py reads JSON only under exactly this content type, without a charset."""
    all_headers = {"Content-Type": "application/json", "Via": "1.1 google"} | (headers or {})
    return web.Response(status=status, body=orjson.dumps(body), headers=all_headers)


async def _read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    """The JSON of a request, and its files by name."""
    if not request.can_read_body:
        return None, {}
    if request.content_type != "multipart/form-data":
        data = await request.read()
        return (orjson.loads(data) if data else None), {}
    body: Any = None
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        data = bytes(await part.read())  # type: ignore[union-attr] # forms here are not nested
        if part.name == "payload_json":  # type: ignore[union-attr] # likewise
            body = orjson.loads(data)
        else:
            files[str(part.filename)] = data  # type: ignore[union-attr] # likewise
    return body, files
