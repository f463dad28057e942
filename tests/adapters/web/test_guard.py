"""The page answers requests from itself and from holders of the token, and no others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import pytest
from starlette.types import Message, Receive, Scope, Send

from adapters.web.local.guard import Guard

TOKEN = "a-long-token-é"


@dataclass(frozen=True)
class GuardResponse:
    """The response: 101 is an accepted WebSocket, 403 one that was closed before."""

    status: int
    headers: Mapping[str, str]
    body: str


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    """The app behind the guard."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def send(
    guard: Guard, kind: Literal["http", "websocket"] = "http", query: str = "", **headers: str
) -> GuardResponse:
    """One request to a guarded page."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [
        (name.encode(), value.encode("latin-1")) for name, value in ({"host": "localhost"} | headers).items()
    ]
    scope = {"type": kind, "path": "/", "query_string": query.encode(), "headers": raw}
    await guard(scope, receive, send)
    if kind == "websocket":
        return GuardResponse(101 if sent[0]["type"] == "websocket.accept" else 403, {}, "")
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return GuardResponse(sent[0]["status"], got, sent[1]["body"].decode())


@pytest.mark.parametrize("name", ["localhost:8421", "127.0.0.1", "[::1]:8421", "LOCALHOST"])
async def test_its_own_names_are_let_in(name: str) -> None:
    said = await send(Guard(_page, "127.0.0.1"), host=name)
    assert (said.status, said.body) == (200, "hello")
    assert "default-src 'self'" in said.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.org", "", "[::1", "a@b"]
)
async def test_foreign_names_are_refused_in_one_line(name: str) -> None:
    said = await send(Guard(_page, "127.0.0.1"), host=name)
    assert said.status == 403
    assert said.body.count("\n") == 1
    assert (await send(Guard(_page, "127.0.0.1"), "websocket", host=name)).status == 403


async def test_the_given_host_is_let_in() -> None:
    assert (await send(Guard(_page, "192.168.1.5"), host="192.168.1.5:80")).status == 200
    assert (await send(Guard(_page, "192.168.1.5"), host="192.168.1.6:80")).status == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:9999", "http://x@localhost", ""]
)
async def test_foreign_origins_are_refused(origin: str) -> None:
    guard = Guard(_page, "127.0.0.1")
    assert (await send(guard, origin=origin)).status == 403
    assert (await send(guard, "websocket", origin=origin)).status == 403


async def test_the_page_itself_may_open_a_socket() -> None:
    said = await send(Guard(_page, "127.0.0.1"), "websocket", host="localhost:1", origin="http://localhost:1")
    assert said.status == 101


def test_an_open_page_needs_a_token() -> None:
    with pytest.raises(ValueError, match="token"):
        Guard(_page, "0.0.0.0")


async def test_the_token_is_asked_once_and_then_a_cookie() -> None:
    guard = Guard(_page, "0.0.0.0", TOKEN)
    assert (await send(guard, host="box.lan")).status == 403
    assert (await send(guard, query="token=wrong")).status == 403
    assert (await send(guard, "websocket", query=f"token={quote(TOKEN)}")).status == 403
    let_in = await send(guard, query=f"token={quote(TOKEN)}", host="box.lan")
    assert (let_in.status, let_in.headers["location"]) == (303, "/")
    cookie = let_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    kept = cookie.partition(";")[0]
    assert (await send(guard, host="box.lan", cookie=f"other=1; {kept}")).body == "hello"
    assert (await send(guard, "websocket", host="box.lan", cookie=kept)).status == 101
    assert (
        await send(guard, "websocket", host="box.lan", cookie=kept, origin="http://evil.org")
    ).status == 403


@pytest.mark.parametrize(
    "cookie", ["tertulia-pass=0", "\x00;;=tertulia-pass", "tertulia-pass", "tertulia-pass=é"]
)
async def test_a_wrong_cookie_opens_nothing(cookie: str) -> None:
    assert (await send(Guard(_page, "127.0.0.1", TOKEN), cookie=cookie)).status == 403
