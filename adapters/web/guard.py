"""Who may talk to the local page: this machine's browser on this very page, or whoever has the token.

A page in a browser can be made to send requests anywhere (DNS rebinding, foreign sites), so the names in
`Host` and `Origin` are checked on every request, websocket handshakes included.
"""

from collections.abc import Collection
from hashlib import sha256
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised here, not bound

HEADERS = {
    # NiceGUI builds its pages with inline scripts and eval; nothing at all may come from, or go, elsewhere.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Lets through what comes from the page itself.

    `host` is the address that is bound. With a `token` the first visit names it as `?token=…`, and a cookie
    stands for it from then on. Bound to every address, the page answers to any name, since a token is then
    demanded anyway and a foreign name has no cookie.
    """

    def __init__(self, app: ASGIApp, host: str, token: str | None = None) -> None:
        if host in ANY and not token:
            raise ValueError("a page that is open to the network needs a token")
        self._app = app
        self._names: Collection[str] | None = None if host in ANY else LOOPBACK | {host.casefold()}
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        why = self._stranger(headers)
        if why is None and self._token and not self._knows(headers):
            if scope["type"] == "http" and self._named(scope):
                await self._let_in(scope, send)
                return
            why = "Please open the address with ?token=… that was printed when Tertulia was started."
        if why is not None:
            await _refuse(scope, receive, send, why)
            return
        await self._app(scope, receive, _with_headers(send))

    def _stranger(self, headers: dict[str, str]) -> str | None:
        """Why a request does not come from this page, or None."""
        host = headers.get("host", "")
        if self._names is not None and _name_of(host) not in self._names:
            return "This page answers only under the name of the machine it runs on."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.casefold() != host.casefold():
            return "This page answers only to itself, not to other sites."
        return None

    def _knows(self, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, _pass_for(self._token or ""))

    def _named(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return _same(given, self._token or "")

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Hand out the cookie, and come back without the token in the address."""
        cookie = f"{_COOKIE}={_pass_for(self._token or '')}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", scope["path"].encode() or b"/"), (b"set-cookie", cookie.encode())]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


_COOKIE = "tertulia-pass"


def _pass_for(token: str) -> str:
    return sha256(b"tertulia page " + token.encode()).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode(), wanted.encode())


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold()
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return sent


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
