"""The guard passes on only what Slack signed, complete, recent and for the first time."""

import asyncio
import hmac
import logging
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from adapters.slack import request_guard as guards
from adapters.slack.request_guard import MAX_AGE, MAX_BYTES, RequestGuard
from facilitation.core.values.clock import VirtualClock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b"command=%2Fcop&text=private+words"


class Bolt:
    """The app behind the guard: records bodies, and responds as told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        assert not message["more_body"]
        self.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def bolt() -> Bolt:
    return Bolt()


@pytest.fixture
def guard(bolt: Bolt, clock: VirtualClock) -> RequestGuard:
    return RequestGuard(bolt, SECRET, clock)


def signed(body: bytes, at: int, secret: str = SECRET) -> dict[bytes, bytes]:
    """The headers that Slack would send."""
    base = b"v0:" + str(at).encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), base, sha256).hexdigest()
    return {b"x-slack-request-timestamp": str(at).encode(), b"x-slack-signature": signature.encode()}


async def request(
    guard: RequestGuard,
    headers: dict[bytes, bytes],
    *pieces: bytes,
    method: str = "POST",
    receive: Callable[[], Any] | None = None,
) -> int:
    """Send a request; returns the status."""
    statuses: list[int] = []
    waiting = list(pieces or (BODY,))

    async def given() -> Any:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": method, "path": "/slack/events", "headers": list(headers.items())}
    await guard(scope, receive or given, send)
    assert len(statuses) == 1
    return statuses[0]


def now(clock: VirtualClock) -> int:
    return int(clock.now().timestamp())


async def test_what_slack_signed_is_let_in_as_it_is(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock
) -> None:
    assert await request(guard, signed(BODY, now(clock)), BODY[:10], BODY[10:]) == 200
    assert bolt.bodies == [BODY]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"x-slack-signature": b""},
        {b"x-slack-request-timestamp": b"soon"},
        {b"x-slack-request-timestamp": "١٢٣".encode()},
        {b"x-slack-request-timestamp": b"9" * 400},
        {b"x-slack-request-timestamp": b"-1"},
        {b"x-slack-request-timestamp": b"1e9"},
        {b"x-slack-signature": "v0=ümläut".encode()},
        {b"x-slack-signature": b"\xff\xfe"},
        {b"x-slack-signature": b"v0=" + b"0" * 64},
        {b"x-slack-signature": b"v0=" + b"0" * 100_000},
        {b"x-slack-signature": b"v1=" + b"0" * 64},
    ],
)
async def test_forged_and_absurd_signatures_get_401_and_leave_no_trace(
    guard: RequestGuard,
    bolt: Bolt,
    clock: VirtualClock,
    headers: dict[bytes, bytes],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    given = {**signed(BODY, now(clock)), **headers} if headers else {}
    assert await request(guard, given) == 401
    assert bolt.bodies == []
    said = caplog.text + "".join(capsys.readouterr())
    assert "private" not in said
    assert "Traceback" not in said


async def test_another_secret_or_another_body_is_not_slacks(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock
) -> None:
    assert await request(guard, signed(BODY, now(clock), "another")) == 401
    assert await request(guard, signed(BODY, now(clock)), BODY + b"&more=1") == 401
    assert bolt.bodies == []


@pytest.mark.parametrize("off", [-MAX_AGE - 1, MAX_AGE + 1])
async def test_what_is_stale_is_refused(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock, off: int
) -> None:
    assert await request(guard, signed(BODY, now(clock) + off)) == 401
    assert bolt.bodies == []


async def test_a_replay_is_refused_for_as_long_as_its_stamp_is_believed(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock
) -> None:
    headers = signed(BODY, now(clock) + MAX_AGE - 1)
    assert await request(guard, headers) == 200
    for _ in range(20):
        clock.advance(timedelta(seconds=30))
        assert await request(guard, headers) == 401
    assert bolt.bodies == [BODY]


async def test_what_was_not_taken_may_be_repeated_at_once(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock
) -> None:
    headers = signed(BODY, now(clock))
    bolt.status = 500
    assert await request(guard, headers) == 500
    bolt.status = 200
    assert await request(guard, headers) == 200
    assert await request(guard, headers) == 401


async def test_an_oversize_body_is_cut_off(guard: RequestGuard, bolt: Bolt, clock: VirtualClock) -> None:
    pieces = [b"x" * 100_000] * (MAX_BYTES // 100_000 + 1)
    assert await request(guard, signed(b"".join(pieces), now(clock)), *pieces) == 413
    assert bolt.bodies == []


async def test_a_slow_body_is_cut_off(
    guard: RequestGuard, bolt: Bolt, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "READ_TIMEOUT", 0.05)

    async def never() -> Any:
        await asyncio.Event().wait()

    assert await request(guard, signed(BODY, now(clock)), receive=never) == 408
    assert bolt.bodies == []


async def test_only_posts_are_taken(guard: RequestGuard, clock: VirtualClock) -> None:
    assert await request(guard, signed(BODY, now(clock)), method="GET") == 405
