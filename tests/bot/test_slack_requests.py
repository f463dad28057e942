"""The bot as a process behind a public address: it reads what Slack signed, and logs nothing of the rest."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from tests.bot.on_slack import ANA, GENERAL, LONG, begun, bot_on, diary, people_of, said_to
from tests.bot.processes import Running
from tests.fakes.slack import FakeSlack

SECRET_WORDS = "swordfish-7f3a"
"""Stands in every forged body, and may stand nowhere in the log."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Headers = dict[str, str]


# One process for all of these tests: what it refuses leaves nothing behind.
pytestmark = [pytest.mark.waits, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(resend_after=1.0) as slack:
        people_of(slack)
        yield slack


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bot")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(slack: FakeSlack, folder: Path) -> AsyncIterator[Running]:
    async with bot_on(slack, folder, signed=True) as bot:
        address = f"http://127.0.0.1:{bot.port}/slack"
        slack.deliver_to(
            events=f"{address}/events",
            commands=f"{address}/commands",
            interactions=f"{address}/interactivity",
        )
        await slack.until(lambda: "workspace synced" in bot.log, within=LONG)
        yield bot
        assert "Traceback" not in bot.log
        assert SECRET_WORDS not in bot.log


async def posted(
    bot: Running, path: str, headers: Headers, body: bytes, *, declared: int | None = None
) -> int:
    """The status of one request, made byte by byte; 0 where the connection was closed without an answer.

    `declared` is the length that is announced in place of the body's own.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    length = len(body) if declared is None else declared
    lines = [f"POST {path} HTTP/1.1", "Host: bot", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode("utf-8") + body)
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), LONG)
    except ConnectionError:
        return 0
    finally:
        writer.close()
    return int(status.split()[1]) if status else 0


def event(slack: FakeSlack) -> bytes:
    return slack.event_body(
        {
            "type": "message",
            "channel": GENERAL,
            "channel_type": "channel",
            "user": ANA,
            "text": SECRET_WORDS,
            "ts": slack.next_ts(),
        }
    )


def command(slack: FakeSlack) -> bytes:
    """No two are alike, since what was read once is not read again."""
    fields = {
        "trigger_id": slack.next_ts(),
        "command": "/cop",
        "text": SECRET_WORDS,
        "user_id": ANA,
        "channel_id": GENERAL,
        "team_id": slack.team,
    }
    return urlencode(fields).encode()


async def test_signed_requests_do_all_that_sockets_do(slack: FakeSlack, bot: Running, folder: Path) -> None:
    await begun(slack)
    ts = slack.write(ANA, GENERAL, "by post")
    again = slack.resend(slack.envelopes[-1], other_id=True)
    await slack.settled(within=LONG)
    assert again.acks
    assert [message for kind, message, _ in diary(folder) if kind == "posted"] == [ts]
    await slack.slash(ANA, GENERAL, "/cop help")
    await said_to(slack, ANA, "What I can do")


@pytest.mark.parametrize("path", ["/slack/events", "/slack/commands", "/slack/interactivity"])
async def test_forged_requests_are_refused(slack: FakeSlack, bot: Running, path: str) -> None:
    body, kind = (event(slack), JSON) if path == "/slack/events" else (command(slack), FORM)
    now = int(time.time())
    good = slack.signed(body)
    stamps = [
        "nan",
        "inf",
        "-1",
        str(-now),
        "9" * 400,
        f"{now}.5",
        f"{now}e0",
        f"0x{now:x}",
        f"+{now}",
        "١٢٣٤٥٦٧٨٩٠",
        str(now - 301),
        str(now + 302),
        "",
    ]
    forged: list[Headers] = [slack.signed(body, at=stamp) for stamp in stamps]
    forged += [
        {"X-Slack-Request-Timestamp": good["X-Slack-Request-Timestamp"]},
        {"X-Slack-Signature": good["X-Slack-Signature"]},
        {},
        good | {"X-Slack-Signature": "v0=" + "0" * 64},
        good | {"X-Slack-Signature": "v0=" + "é" * 64},
        good | {"X-Slack-Signature": "v0=" + "\u0660" * 64},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].upper()},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].removeprefix("v0=")},
        good | {"X-Slack-Signature": ""},
        good | {"X-Slack-Signature": "v0=" + "0" * 5000},
        slack.signed(body + b" "),
    ]
    statuses = [await posted(bot, path, headers | {"Content-Type": kind}, body) for headers in forged]
    assert statuses == [401] * len(forged)


async def test_what_is_no_request_of_slack_is_refused_before_it_is_parsed(
    slack: FakeSlack, bot: Running
) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 50_000, b"payload=%7B", SECRET_WORDS.encode()):
        for kind in (JSON, FORM, "multipart/form-data; boundary=x", "text/xml"):
            assert await posted(bot, "/slack/events", {"Content-Type": kind}, body) == 401


async def test_a_signed_request_is_answered_once(slack: FakeSlack, bot: Running) -> None:
    await slack.slash(ANA, GENERAL, "/cop help")  # it listens by now
    body = command(slack)
    headers = slack.signed(body) | {"Content-Type": FORM}
    assert await posted(bot, "/slack/commands", headers, body) == 200
    assert await posted(bot, "/slack/commands", headers, body) == 401


async def test_nonsense_that_is_signed_breaks_nothing(slack: FakeSlack, bot: Running) -> None:
    """Whoever has the secret is Slack; still, what it sends some day may be unlike anything known."""
    bodies = [
        (b"", FORM),
        (b"{}", JSON),
        (b"null", JSON),
        (b'{"type": "event_callback", "team_id": "T0HOME"}', JSON),
        (b'{"type": "event_callback", "team_id": "T0HOME", "event": {"type": "message"}}', JSON),
        (b'{"type": "event_callback", "team_id": "T0ELSE", "event": {"type": "message"}}', JSON),
        (b"payload=%7B%22type%22%3A%22block_actions%22%7D", FORM),
        (b"payload=nonsense", FORM),
        (b"command=%2Fcop&team_id=T0HOME", FORM),
        (b"[" * 2000, JSON),
    ]
    for body, kind in bodies:
        status = await posted(bot, "/slack/events", slack.signed(body) | {"Content-Type": kind}, body)
        assert status in (200, 400, 404, 500, 503), (body, status)
    await slack.slash(ANA, GENERAL, "/cop help")
    assert slack.envelopes[-1].acks


async def test_bodies_too_large_or_too_slow_are_cut_off(slack: FakeSlack, bot: Running) -> None:
    large = b'{"text": "' + SECRET_WORDS.encode() * 100_000 + b'"}'
    signed = slack.signed(large) | {"Content-Type": JSON}
    assert await posted(bot, "/slack/events", signed, large) in (0, 413)
    slow = command(slack)
    headers = slack.signed(slow) | {"Content-Type": FORM}
    assert await posted(bot, "/slack/commands", headers, slow[:5], declared=len(slow)) in (0, 408)
    assert await posted(bot, "/slack/commands", headers, slow) in (200, 503)
    assert (await asyncio.to_thread(bot.get, "/health"))[0] == 200


async def test_only_posts_are_taken(bot: Running) -> None:
    assert (await asyncio.to_thread(bot.get, "/slack/events"))[0] == 405
