"""The gateway: sessions over websockets, what each may hear, replay after a break."""

import asyncio
import contextlib
import importlib
import secrets
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from tests.fakes.discord.payloads import (
    Json,
    channel_json,
    guild_create_json,
    member_json,
    message_event_json,
    user_json,
)
from tests.fakes.discord.world import DM, Channel, Guild, Message, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

INTENTS = {
    "guilds": 1 << 0,
    "members": 1 << 1,
    "messages": 1 << 9,
    "reactions": 1 << 10,
    "dm_messages": 1 << 12,
    "dm_reactions": 1 << 13,
    "message_content": 1 << 15,
}
CHUNK = 1000
"""Members in one GUILD_MEMBERS_CHUNK."""


@dataclass(eq=False)
class Session:
    """What a bot has identified for; outlives its connection, so that it can be resumed."""

    id: str
    intents: int
    seq: int = 0
    sent: list[Json] = field(default_factory=list)
    """All events since READY."""
    line: "Line | None" = None
    chunked: dict[str, float] = field(default_factory=dict)
    """When all members of a guild were asked for last, monotonic seconds."""

    def wants(self, intent: str) -> bool:
        return bool(self.intents & INTENTS[intent])

    def tell(self, event: str, data: Json, times: int = 1) -> None:
        """Number an event and send it now or when the session is resumed."""
        for _ in range(times):
            self.seq += 1
            packet = {"op": DISPATCH, "t": event, "s": self.seq, "d": data}
            self.sent.append(packet)
            if self.line is not None:
                self.line.send(packet)


class Line:
    """One connection. Packets leave in order; a stalled one keeps them to itself."""

    def __init__(self, ws: web.WebSocketResponse, compress: str) -> None:
        self.ws = ws
        self.stalled = False
        self._packed = _packer(compress)
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def send(self, packet: Json) -> None:
        if not self.stalled:
            self._queue.put_nowait(packet)

    async def close(self, code: int = 1000) -> None:
        """Close without sending what still waits."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await self._task
        # aiohttp waits for the answer to its close frame, which a stalled or broken client never gives.
        with contextlib.suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(self.ws.close(code=code), 2)

    async def _run(self) -> None:
        while True:
            data = orjson.dumps(await self._queue.get())
            with contextlib.suppress(ConnectionError):
                if self._packed is None:
                    await self.ws.send_str(data.decode())
                else:
                    await self.ws.send_bytes(self._packed(data))


def _packer(compress: str) -> Callable[[bytes], bytes] | None:
    """What packs each packet of a connection: one stream for all of them, flushed after each."""
    match compress:
        case "zlib-stream":
            deflate = zlib.compressobj()
            return lambda data: deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
        case "zstd-stream":  # what discord.py asks for where Python has it: from 3.14
            zstd = importlib.import_module("compression.zstd").ZstdCompressor()
            return lambda data: zstd.compress(data, mode=zstd.FLUSH_BLOCK)
        case _:
            return None


class Gateway:
    """All sessions, and what they are told of the world."""

    def __init__(self, world: World, token: str, changed: Callable[[], None]) -> None:
        self._world = world
        self._changed = changed
        self.token = token
        self.url = ""
        self.open = True
        self.repeat = 1
        self.forbidden = 0
        """Privileged intents that are not switched on for the application."""
        self.heartbeat = 41.25
        """Seconds."""
        self.chunk_every = 0.0
        """Seconds in which all members of a guild may be asked for once; Discord's are 30."""
        self.sessions: dict[str, Session] = {}
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self._lines: set[Line] = set()
        self._closing: set[asyncio.Task[None]] = set()

    # Telling ----------------------------------------------------------------------------------------

    @property
    def live(self) -> list[Session]:
        """Sessions with a connection."""
        return [session for session in self.sessions.values() if session.line is not None]

    def tell(self, event: str, data: Json, intent: str = "guilds") -> None:
        """Tell all sessions that want to hear of it."""
        for session in self.sessions.values():
            if session.wants(intent):
                session.tell(event, data, self.repeat)
        self._changed()

    def tell_interaction(self, data: Json) -> None:
        """Send to all sessions, independently of their intents."""
        for session in self.sessions.values():
            session.tell("INTERACTION_CREATE", data, self.repeat)

    def tell_message(self, event: str, message: Message) -> None:
        """A message, to those who may see it; its words only to those who may read them."""
        guild = message.channel.guild
        if not self._world.sees(self._world.bot, message.channel) or (guild and not guild.is_told):
            return
        is_direct = guild is None
        for session in self.sessions.values():
            if session.wants("dm_messages" if is_direct else "messages"):
                readable = self._may_read(session, message)
                data = message_event_json(self._world, message, readable=readable)
                session.tell(event, data, self.repeat)
        self._changed()

    def tell_member(self, event: str, guild: Guild, user_id: str, data: Json) -> None:
        """About a member: only with the intent, except about the bot itself."""
        for session in self.sessions.values() if guild.is_told else ():
            if session.wants("members") or (event == "GUILD_MEMBER_UPDATE" and user_id == self._world.bot.id):
                session.tell(event, data | {"guild_id": guild.id}, self.repeat)
        self._changed()

    def tell_direct_channel(self, channel: Channel) -> None:
        """A conversation was opened: CHANNEL_CREATE comes before its first message."""
        self.tell("CHANNEL_CREATE", channel_json(self._world, channel), "dm_messages")

    def _may_read(self, session: Session, message: Message) -> bool:
        bot = self._world.bot
        return (
            session.wants("message_content")
            or message.channel.kind == DM
            or message.author is bot
            or bot.id in message.pinged
        )

    # Disturbing -------------------------------------------------------------------------------------

    def hang_up(self, code: int) -> None:
        """Close every connection with a code; a session that the code ends is forgotten."""
        for line in list(self._lines):
            self._drop(line, code)
        if code in (1000, 1001, 4004, 4007, 4009, 4014):
            self.sessions.clear()

    def invalidate(self, *, resumable: bool) -> None:
        """INVALID_SESSION for every session."""
        for session in self.live:
            assert session.line is not None
            session.line.send({"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            self.sessions.clear()

    def ask_to_reconnect(self) -> None:
        for session in self.live:
            assert session.line is not None
            session.line.send({"op": RECONNECT, "d": None})

    def stall(self, *, stalled: bool) -> None:
        """Let connections be silently dead; what was held back comes only with a resume."""
        for line in self._lines:
            line.stalled = stalled

    async def close(self) -> None:
        await asyncio.gather(*(line.close(1001) for line in list(self._lines)), *self._closing)

    # Connections ------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from HELLO to its end."""
        if not self.open:
            return web.Response(status=503)
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        line = Line(ws, request.query.get("compress", ""))
        self._lines.add(line)
        line.send({"op": HELLO, "d": {"heartbeat_interval": int(self.heartbeat * 1000)}})
        try:
            async for frame in ws:
                if frame.type is WSMsgType.TEXT and not line.stalled:
                    self._receive(line, orjson.loads(frame.data))
                    self._changed()
        finally:
            self._forget(line)
            await line.close()
            self._changed()
        return ws

    def _receive(self, line: Line, packet: Json) -> None:
        data: Any = packet.get("d")
        match packet["op"]:
            case 1:
                self.heartbeats += 1
                line.send({"op": HEARTBEAT_ACK})
            case 2:
                self._identify(line, data)
            case 6:
                self._resume(line, data)
            case 8:
                self._members(line, data)
            case 3 | 4:
                pass
            case _:
                self._drop(line, 4001)

    def _identify(self, line: Line, data: Json) -> None:
        if data["token"] != self.token:
            return self._drop(line, 4004)
        if data["intents"] & self.forbidden:
            return self._drop(line, 4014)
        session = Session(secrets.token_hex(16), data["intents"], line=line)
        guilds = [guild for guild in self._world.guilds.values() if guild.here]
        ready = {
            "v": 10,
            "user": user_json(self._world.bot),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": data.get("shard", [0, 1]),
            "application": {"id": self._world.bot.id, "flags": self._world.application_flags},
            "private_channels": [],
        }
        session.tell("READY", ready)
        for guild in guilds:
            if guild.available and session.wants("guilds"):
                session.tell("GUILD_CREATE", guild_create_json(self._world, guild))
        self.sessions[session.id] = session
        self.identifies += 1
        return None

    def _resume(self, line: Line, data: Json) -> None:
        if data["token"] != self.token:
            return self._drop(line, 4004)
        session = self.sessions.get(data["session_id"])
        if session is None or data["seq"] is None or data["seq"] > session.seq:
            return line.send({"op": INVALID_SESSION, "d": False})
        if session.line is not None:
            self._drop(session.line, 4000)
        session.line = line
        for packet in session.sent[data["seq"] :]:
            line.send(packet)
        session.tell("RESUMED", {})
        self.resumes += 1
        return None

    def _members(self, line: Line, data: Json) -> None:
        session = next((one for one in self.sessions.values() if one.line is line), None)
        guild = self._world.guilds.get(str(data["guild_id"]))
        if session is None or guild is None:
            return self._drop(line, 4003)
        is_all = data.get("query") == "" and not data.get("limit")
        if is_all and self._is_too_soon(session, guild, data):
            return None
        found = self._found(session, guild, data, is_all=is_all)
        pages = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)] or [[]]
        for index, page in enumerate(pages):
            chunk: Json = {
                "guild_id": guild.id,
                "members": page,
                "chunk_index": index,
                "chunk_count": len(pages),
                "not_found": [],
            }
            session.tell(
                "GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if data.get("nonce") else {})
            )
        return None

    def _found(self, session: Session, guild: Guild, data: Json, *, is_all: bool) -> list[Json]:
        wanted = {str(one) for one in _listed(data.get("user_ids"))}
        query = str(data.get("query") or "").casefold()
        if is_all and not session.wants("members"):
            return []
        found = [
            member_json(member)
            for member in guild.members.values()
            if (member.user.id in wanted if wanted else member.user.name.casefold().startswith(query))
        ]
        return found[: data["limit"]] if data.get("limit") else found

    def _is_too_soon(self, session: Session, guild: Guild, data: Json) -> bool:
        now = time.monotonic()
        waits = session.chunked.get(guild.id, -1e9) + self.chunk_every - now
        if waits > 0:
            meta = {"guild_id": guild.id, "nonce": data.get("nonce")}
            session.tell("RATE_LIMITED", {"opcode": REQUEST_MEMBERS, "retry_after": waits, "meta": meta})
            return True
        session.chunked[guild.id] = now
        return False

    def _drop(self, line: Line, code: int) -> None:
        self._forget(line)
        task = asyncio.create_task(line.close(code))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _forget(self, line: Line) -> None:
        self._lines.discard(line)
        for session in self.sessions.values():
            if session.line is line:
                session.line = None


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
