"""Socket Mode: tickets, greetings, envelopes over each socket in turn, acknowledgements and faults."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from tests.fakes.slack.telling import Telling
from tests.fakes.slack.values import Envelope, Json

MOST = 10
"""Connections an app may hold."""


@dataclass(eq=False)
class _Socket:
    ws: web.WebSocketResponse
    stalled: bool = False
    leaving: bool = False
    """Told to go: gets nothing more."""
    outgoing: "asyncio.Queue[Json]" = field(default_factory=asyncio.Queue)


class Sockets:
    """The sockets that the bot holds."""

    def __init__(self, slack: Telling) -> None:
        self._slack = slack
        self._sockets: list[_Socket] = []
        self._tickets: set[str] = set()
        self._turn = 0
        self.opened = 0
        """How many sockets were ever greeted."""
        self.stall_new = 0
        """So many of the next sockets are greeted and then never told anything."""

    @property
    def ready(self) -> bool:
        """Whether anything can be sent: stalled sockets count, because Slack does not know that they are."""
        return any(not socket.leaving for socket in self._sockets)

    @property
    def count(self) -> int:
        """How many sockets have been greeted and not told to go."""
        return sum(not socket.leaving for socket in self._sockets)

    def ticket(self) -> str:
        """The query of an address that `apps.connections.open` gives out, good for one connection."""
        ticket = self._slack.next_id("ticket")
        self._tickets.add(ticket)
        return f"ticket={ticket}&app_id={self._slack.app_id}"

    def carry(self, envelope: Envelope, attempt: int) -> None:
        """Each socket in turn."""
        awake = [socket for socket in self._sockets if not socket.leaving]
        socket = awake[self._turn % len(awake)]
        self._turn += 1
        if socket.stalled:
            return
        is_event = envelope.type == "events_api"
        retry: Json = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        socket.outgoing.put_nowait(
            {
                "envelope_id": envelope.id,
                "type": envelope.type,
                "payload": envelope.payload,
                "accepts_response_payload": not is_event,
            }
            | (retry if is_event else {})
        )

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its greeting to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="unknown ticket")
        self._tickets.discard(ticket)
        # A real Slack pings every few seconds; clients ping too, which aiohttp answers.
        ws = web.WebSocketResponse(heartbeat=5.0)
        await ws.prepare(request)
        if len(self._sockets) >= MOST:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await ws.close()
            return ws
        socket = _Socket(ws, stalled=self.stall_new > 0)
        self.stall_new = max(0, self.stall_new - 1)
        await ws.send_json(self._hello())
        self._sockets.append(socket)
        self.opened += 1
        sender = asyncio.create_task(self._send(socket))
        try:
            await self._receive(socket)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            if socket in self._sockets:
                self._sockets.remove(socket)
        return ws

    # Faults ---------------------------------------------------------------------------------------------

    def refresh(self, reason: Literal["warning", "refresh_requested"]) -> None:
        """A `disconnect` frame on each socket; after `refresh_requested` it gets no more and is closed."""
        for socket in list(self._sockets):
            socket.leaving = reason == "refresh_requested"
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}}
            socket.outgoing.put_nowait(frame)

    def stall(self, sockets: int) -> None:
        """So many sockets are told nothing more, though they are held open and pings are answered."""
        for socket in self._sockets[:sockets]:
            socket.stalled = True

    async def cut(self) -> None:
        """Every socket breaks without a closing frame."""
        for socket in list(self._sockets):
            socket.leaving = True
            transport = socket.ws._writer.transport if socket.ws._writer else None
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Part with every client."""
        for socket in list(self._sockets):
            await socket.ws.close()

    # ----------------------------------------------------------------------------------------------------

    async def _send(self, socket: _Socket) -> None:
        while True:
            frame = await socket.outgoing.get()
            try:
                await socket.ws.send_json(frame)
            except ConnectionError:
                return
            if frame.get("reason") == "refresh_requested":
                # Slack leaves a moment for acknowledgements that are under way, then closes.
                await asyncio.sleep(0.5)
                await socket.ws.close()
                return

    async def _receive(self, socket: _Socket) -> None:
        async for message in socket.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            if "envelope_id" in frame:
                self._slack.acknowledge(frame["envelope_id"], frame.get("payload") or {})
            else:
                self._slack.complaints.append(f"socket: {message.data}")

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets) + 1,
            "debug_info": {"host": "fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._slack.app_id},
        }
