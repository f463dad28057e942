"""The fake Slack as a test sees it: arrange a workspace, act as people, look, and make things go wrong."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from tests.fakes.slack.asking import Asking
from tests.fakes.slack.hooks import Hooks, signed
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.values import ApiCall, Envelope, Fault, Json, Message, View
from tests.fakes.slack.webapi import WebApi


class FakeSlack(Asking):
    """`async with FakeSlack() as slack:` serves on 127.0.0.1 until the block ends.

    What people do to the workspace (`write`, `react`, `join_channel` …) is plain and takes effect at once;
    the bot is told of it in the background, over a socket or by HTTP, if it is in that channel and
    subscribed. `await slack.settled()` waits until it acknowledged everything. What people ask of the bot
    (`slash`, `press`, `submit` …) is awaited: it returns when the bot acknowledged it, as the `Envelope` with
    `ack` and `delay`. What the bot does after that is waited for, as in
    `await slack.until(lambda: slack.ephemerals("U0ANA"))`.

    Arranging is in `workspace.py`, what people do in `acting.py`, what they ask in `asking.py`. `complaints`
    has what the real Slack would have minded; a test of something sound asserts that there are none.
    """

    def __init__(self, *, team_name: str = "The Workshop", resend_after: float = 5.0) -> None:
        """`resend_after`: seconds without an acknowledgement after which an event is sent again."""
        super().__init__(team_name, resend_after)
        self._port = 0
        self._sockets = Sockets(self)
        self._hooks: Hooks | None = None
        self._api = WebApi(self)
        self._runner: web.AppRunner | None = None
        self.carrier = self._sockets

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`"""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """`http://127.0.0.1:PORT/api/`"""
        return f"{self.address}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.add_routes([*self._api.routes(), web.get("/link", self._sockets.serve)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop_telling()
        await self._sockets.close()
        if self._hooks is not None:
            await self._hooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def socket_url(self) -> str:
        """Where the next socket connects; plain `ws://`, which slack_sdk takes."""
        return f"ws://127.0.0.1:{self._port}/link?{self._sockets.ticket()}"

    # Looking ----------------------------------------------------------------------------------------------

    def messages(self, channel: str, viewer: str = "", *, thread: str = "") -> list[Message]:
        """What a viewer sees in a channel (or `direct`), ephemeral ones included, oldest first.

        Without a viewer what everybody sees; without `thread` no replies, unless sent to the channel too.
        What Slack says itself (who joined) is left out.
        """
        place = self.place(channel, viewer)
        return [
            message
            for message in place.messages
            if message.only_for in ("", viewer)
            and message.subtype not in ("channel_join", "group_join")
            and (thread in (message.thread_ts, message.ts) if thread else _is_in_channel(message))
        ]

    def ephemerals(self, who: str, channel: str = "") -> list[Message]:
        """What only they see, in all channels or in one."""
        places = [self.place(channel, who)] if channel else list(self.channels.values())
        return [message for place in places for message in place.messages if message.only_for == who]

    def home(self, who: str) -> View | None:
        """What the bot published for somebody's App Home."""
        return self.homes.get(who)

    def reactions(self, channel: str, ts: str) -> dict[str, int]:
        """The emoji under a message."""
        found = self.message(self.place(channel), ts).reactions
        return {emoji: len(who) for emoji, who in found.items()}

    def called(self, method: str) -> list[ApiCall]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    @property
    def sockets(self) -> int:
        """How many sockets the bot holds."""
        return self._sockets.count

    @property
    def sockets_opened(self) -> int:
        """How many sockets the bot ever opened."""
        return self._sockets.opened

    async def settled(self, *, within: float = 10.0) -> None:
        """Wait until the bot acknowledged all it was told; raises AssertionError otherwise."""
        await self.until(lambda: not self.unacknowledged, within=within, what="all acknowledged")

    @property
    def unacknowledged(self) -> list[Envelope]:
        """What the bot was told, or is about to be, and has not acknowledged."""
        return [envelope for envelope in self.envelopes if not envelope.acks]

    async def acknowledged(self, envelope: Envelope) -> None:
        """Wait until the bot has it."""
        await self.until(lambda: envelope.acks, what=f"acknowledged {envelope.payload}")

    async def until(self, true: Callable[[], Any], *, within: float = 10.0, what: str = "") -> Any:
        """Wait until something is true, and return it; raises AssertionError otherwise."""
        given_up = self.now() + within
        while not (found := true()):
            if self.now() > given_up:
                raise AssertionError(f"never: {what or true}; {self._state()}")
            await asyncio.sleep(0.01)
        return found

    def _state(self) -> str:
        waiting = Counter(envelope.type for envelope in self.unacknowledged)
        calls = [(call.method, call.status) for call in self.calls[-5:]]
        complaints = Counter(self.complaints).most_common(5)
        return f"not acknowledged {dict(waiting)}; complaints {complaints}; last calls {calls}"

    async def connected(self, sockets: int = 1, *, within: float = 20.0) -> None:
        """Wait until the bot holds that many sockets which have been greeted."""
        await self.until(lambda: self.sockets >= sockets, within=within, what=f"{sockets} sockets")

    # Things going wrong -----------------------------------------------------------------------------------

    def fault(self, method: str, *, times: int = 1, **what: Any) -> Fault:
        """The next `times` (-1: all) calls of a method (`*`: any) go wrong; `what` are fields of `Fault`.

        `error` is answered with 200 and `ok: false`; `retry_after` with 429 and that header; `status` with
        that status and a page; `drop` and `lose_reply` with nothing at all. `upload` and `response_url` are
        methods too.
        """
        fault = Fault(method, times=times, **what)
        self._api.faults.append(fault)
        return fault

    def heal(self) -> None:
        """No more faults."""
        self._api.faults.clear()

    def refresh(self, reason: Literal["warning", "refresh_requested"] = "refresh_requested") -> None:
        """Ask the bot to renew its sockets; with `refresh_requested` they are closed half a second later."""
        self._sockets.refresh(reason)

    def stall(self, sockets: int = 1, *, new: int = 0) -> None:
        """So many sockets (and so many of the next) deliver nothing more, though they answer pings."""
        self._sockets.stall(sockets)
        self._sockets.stall_new = new

    async def cut(self) -> None:
        """Every socket breaks without a word."""
        await self._sockets.cut()

    # Signed requests instead of sockets -------------------------------------------------------------------

    def deliver_to(self, *, events: str, commands: str = "", interactions: str = "") -> None:
        """Tell the bot by signed POST from now on; the other two addresses default to the first."""
        self._hooks = Hooks(self, events=events, commands=commands, interactions=interactions)
        self.carrier = self._hooks

    def signed(self, body: bytes, *, at: float | str | None = None) -> dict[str, str]:
        """The headers of a request as Slack signs it, at a Unix time (or any text), or now: to be forged."""
        return signed(self.signing_secret, body, at=at)

    def event_body(self, event: Json) -> bytes:
        """The body of an event request, wrapped, and not sent."""
        return json.dumps(self.wrapped(event)).encode()


def _is_in_channel(message: Message) -> bool:
    return message.broadcast or message.thread_ts in ("", message.ts)
