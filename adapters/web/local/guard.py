"""Restricts access to the local page to requests from the page itself and, with a token, to its holders.

A web site can make a browser send requests anywhere (DNS rebinding, cross-site requests), so `Host` and
`Origin` are checked on every request, WebSocket handshakes included.
"""

from collections.abc import Collection
from hashlib import sha256
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised here, not bound

HEADERS = {
    # NiceGUI's pages contain inline scripts and call eval. Nothing is loaded from, or sent to, other hosts.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware that passes on requests from the page itself and refuses all others.

    `host` is the address that is bound. With a `token` the first request carries it as `?token=…`, and a
    cookie replaces it from then on. A page that is bound to every address accepts any host name. This is
    safe, because it requires a token, and browsers do not send its cookie to other host names.
    """

    def __init__(self, app: ASGIApp, host: str, token: str | None = None) -> None:
        if host in ANY_ADDRESS and not token:
            raise ValueError("a page that is open to the network needs a token")
        self._app = app
        self._names: Collection[str] | None = None if host in ANY_ADDRESS else LOOPBACK | {host.casefold()}
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        why = self._refusal(headers)
        if why is None and self._token and not self._has_cookie(headers):
            if scope["type"] == "http" and self._has_token(scope):
                await self._set_cookie(scope, send)
                return
            why = "Please open the address with ?token=… that was printed when Tertulia was started."
        if why is not None:
            await _refuse(scope, receive, send, why)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, headers: dict[str, str]) -> str | None:
        """Why a request does not come from this page; None if it does."""
        host = headers.get("host", "")
        if self._names is not None and _host_name(host) not in self._names:
            return "This page answers only under the name of the machine it runs on."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.casefold() != host.casefold():
            return "This page answers only to itself, not to other sites."
        return None

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        except CookieError:
            return False
        return cookie is not None and _equal(cookie.value, _cookie_value(self._token or ""))

    def _has_token(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return _equal(given, self._token or "")

    async def _set_cookie(self, scope: Scope, send: Send) -> None:
        """Set the cookie, and redirect to the address without the token."""
        cookie = f"{_COOKIE}={_cookie_value(self._token or '')}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", scope["path"].encode() or b"/"), (b"set-cookie", cookie.encode())]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


_COOKIE = "tertulia-pass"


def _cookie_value(token: str) -> str:
    return sha256(b"tertulia page " + token.encode()).hexdigest()


def _equal(given: str, wanted: str) -> bool:
    return compare_digest(given.encode(), wanted.encode())


def _host_name(host: str) -> str:
    """The host name in a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold()
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return send_with_headers


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
