"""Signed requests to the bot, for the mode without sockets, and the signatures for a test to forge."""

import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.telling import PATIENCE, Telling
from tests.fakes.slack.values import Envelope


class Hooks:
    """Posts each envelope to the bot's addresses."""

    ready = True

    def __init__(self, slack: Telling, *, events: str, commands: str = "", interactions: str = "") -> None:
        self._slack = slack
        self._urls = {
            "events_api": events,
            "slash_commands": commands or events,
            "interactive": interactions or events,
        }
        self._session = aiohttp.ClientSession()
        self._posts: set[asyncio.Task[None]] = set()

    def carry(self, envelope: Envelope, attempt: int) -> None:
        """Post it; anything but a 2xx is no acknowledgement."""
        task = asyncio.get_running_loop().create_task(self._post(envelope, attempt))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for post in list(self._posts):
            post.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)
        await self._session.close()

    async def _post(self, envelope: Envelope, attempt: int) -> None:
        body, kind = body_of(envelope)
        headers = signed(self._slack.signing_secret, body) | {"Content-Type": kind}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        patience = aiohttp.ClientTimeout(total=PATIENCE)
        url = self._urls[envelope.type]
        try:
            async with self._session.post(url, data=body, headers=headers, timeout=patience) as answer:
                if not 200 <= answer.status < 300:
                    self._slack.complaints.append(f"{envelope.type}: answered {answer.status}")
                    return
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._slack.complaints.append(f"{envelope.type}: {type(error).__name__}")
            return
        is_json = answer.content_type == "application/json" and said
        self._slack.acknowledge(
            envelope.id, json.loads(said) if is_json else {"text": said.decode()} if said else {}
        )


def body_of(envelope: Envelope) -> tuple[bytes, str]:
    """The body of a request and its content type: events as JSON, the rest as forms."""
    if envelope.type == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    if envelope.type == "slash_commands":
        return urlencode(envelope.payload).encode(), "application/x-www-form-urlencoded"
    return urlencode({"payload": json.dumps(envelope.payload)}).encode(), "application/x-www-form-urlencoded"


def signed(secret: str, body: bytes, *, at: float | str | None = None) -> dict[str, str]:
    """The headers of a signed request; `at` is a Unix time, or any text to sign in its place."""
    stamp = at if isinstance(at, str) else str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
