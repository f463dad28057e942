"""Guards Bolt in HTTP mode: passes on requests that Slack signed, once each, and refuses all others.

The signature is checked over the raw bytes before anything in them is parsed
(https://docs.slack.dev/authentication/verifying-requests-from-slack). Refused requests are not logged.
"""

import asyncio
import hmac
import re
from collections import OrderedDict
from hashlib import sha256
from typing import Any

import structlog

from facilitation.core.platforms.platform import AsgiApp, Scope
from facilitation.core.values.clock import Clock

MAX_AGE = 300
"""Seconds for which a timestamp is accepted, and a signature remembered."""
MAX_BYTES = 1_000_000
"""The largest request in bytes; Slack's own are far smaller."""
READ_TIMEOUT = 3.0
"""Seconds in which a request must arrive: Slack itself waits no longer."""

log = structlog.get_logger(__name__)
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_STAMP = re.compile(rb"[0-9]{1,12}")


class RequestGuard:
    """ASGI middleware; `app` receives each body in one piece."""

    def __init__(self, app: AsgiApp, secret: str, clock: Clock) -> None:
        self._app = app
        self._secret = secret.encode()
        self._clock = clock
        self._accepted: OrderedDict[bytes, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Handle one request."""
        if scope["method"] != "POST":
            await _refuse(send, 405)
            return
        headers = dict(scope["headers"])
        stamp = headers.get(b"x-slack-request-timestamp", b"")
        signature = headers.get(b"x-slack-signature", b"")
        if not self._is_plausible(stamp, signature):
            await _refuse(send, 401)
            return
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                body = await _read(receive)
        except TimeoutError:
            await _refuse(send, 408)
            return
        if body is None:
            await _refuse(send, 413)
        elif not self._is_signed(stamp, signature, body) or not self._is_new(signature):
            await _refuse(send, 401)
        else:
            await self._pass_on(scope, body, signature, receive, send)

    def _is_plausible(self, stamp: bytes, signature: bytes) -> bool:
        """Whether both headers are well-formed and recent: a cheap check before the body is read."""
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False
        return abs(self._now() - int(stamp)) <= MAX_AGE

    def _is_signed(self, stamp: bytes, signature: bytes, body: bytes) -> bool:
        expected = hmac.new(self._secret, b"v0:" + stamp + b":" + body, sha256).hexdigest()
        return hmac.compare_digest(b"v0=" + expected.encode(), signature)

    def _is_new(self, signature: bytes) -> bool:
        now = self._now()
        while self._accepted and next(iter(self._accepted.values())) < now - 2 * MAX_AGE:
            self._accepted.popitem(last=False)
        return signature not in self._accepted

    async def _pass_on(self, scope: Scope, body: bytes, signature: bytes, receive: Any, send: Any) -> None:
        """Pass a request on. If it fails, its signature is forgotten, so that Slack can repeat it at once."""
        self._accepted[signature] = self._now()
        is_received = is_started = False

        async def receive_body() -> Any:
            nonlocal is_received
            if is_received:
                return await receive()
            is_received = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send_watched(message: Any) -> None:
            nonlocal is_started
            is_started = True
            if message["type"] == "http.response.start" and message["status"] >= 300:
                self._accepted.pop(signature, None)
            await send(message)

        try:
            await self._app(scope, receive_body, send_watched)
        except Exception as error:
            # Bolt parses a body outside its own error handling. It is signed, so the fault is Slack's.
            if is_started:
                raise
            self._accepted.pop(signature, None)
            log.warning("slack sent what cannot be read", error=type(error).__name__)
            await _refuse(send, 400)

    def _now(self) -> float:
        return self._clock.now().timestamp()


async def _read(receive: Any) -> bytes | None:
    """The whole body; None if it is too large or incomplete."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
