"""How the bot is told: envelopes, by socket or signed request, until they are acknowledged."""

import asyncio
import copy
import uuid
from collections.abc import Coroutine
from typing import Any, Literal, Protocol

from tests.fakes.slack.values import Envelope, Json
from tests.fakes.slack.workspace import Workspace

PATIENCE = 3.0
"""Seconds in which Slack wants an acknowledgement; then the person sees that the command failed."""

_EVENT_SCOPES: dict[str, tuple[str, ...]] = (
    {
        "app_mention": ("app_mentions:read",),
        "message.channels": ("channels:history",),
        "message.groups": ("groups:history",),
        "message.im": ("im:history",),
        "message.mpim": ("mpim:history",),
        "reaction_added": ("reactions:read",),
        "reaction_removed": ("reactions:read",),
        "member_joined_channel": ("channels:read", "groups:read"),
        "member_left_channel": ("channels:read", "groups:read"),
        "team_join": ("users:read",),
        "user_change": ("users:read",),
    }
    | {
        f"{kind}_{what}": (f"{kind}s:read",)
        for kind in ("channel", "group")
        for what in ("rename", "archive", "unarchive", "deleted", "left")
    }
    | {"channel_created": ("channels:read",)}
)
"""Any of these scopes lets an event through."""


class Carrier(Protocol):
    """The way to the bot: sockets, or signed requests."""

    @property
    def ready(self) -> bool:
        """Whether anything can be sent just now."""
        ...

    def carry(self, envelope: Envelope, attempt: int) -> None:
        """Send it, without waiting; acknowledged through `Telling.acknowledge`."""
        ...


class Telling(Workspace):
    """A workspace which tells the bot what happens."""

    def __init__(self, team_name: str, resend_after: float) -> None:
        super().__init__(team_name)
        self.resend_after = resend_after
        self.carrier: Carrier | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Envelope] | None = None
        self._by_id: dict[str, Envelope] = {}

    # Events ---------------------------------------------------------------------------------------------

    def emit(self, event: Json, *, shared: bool = False) -> Envelope | None:
        """Tell the bot an event, wrapped as Slack wraps it; None if the app does not get such events."""
        kind = _subscription(event)
        scopes = _EVENT_SCOPES.get(kind, ())
        if self.subscriptions is not None and kind not in self.subscriptions:
            return None
        if scopes and not self.scopes.intersection(scopes):
            return None
        return self.send("events_api", self.wrapped(event, shared=shared))

    def wrapped(self, event: Json, *, shared: bool = False) -> Json:
        """An `event_callback` with an event_id of its own."""
        stamp = str(event.setdefault("event_ts", event.get("ts") or self.next_ts()))
        return {
            "token": "verification-token",
            "team_id": self.team,
            "context_team_id": self.team,
            "context_enterprise_id": None,
            "api_app_id": self.app_id,
            "event": copy.deepcopy(event),
            "type": "event_callback",
            "event_id": self.next_id("Ev"),
            "event_time": int(float(stamp)),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": self.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{self.next_id('')}",
        }

    def resend(self, envelope: Envelope, *, other_id: bool = False) -> Envelope:
        """Tell the bot again: the same envelope, or (`other_id`) the same fact under another event_id."""
        if other_id:
            return self.send(envelope.type, envelope.payload | {"event_id": self.next_id("Ev")})
        envelope.done.clear()
        self._spawn(self._deliver(envelope))
        return envelope

    # Envelopes ------------------------------------------------------------------------------------------

    def send(self, kind: Literal["events_api", "slash_commands", "interactive"], payload: Json) -> Envelope:
        """Put something into an envelope and on its way; what happens while events are held back waits."""
        envelope = Envelope(str(uuid.uuid4()), kind, payload)
        self.envelopes.append(envelope)
        self._by_id[envelope.id] = envelope
        if self._held is not None:
            self._held.append(envelope)
        else:
            self._spawn(self._deliver(envelope))
        return envelope

    async def asked(self, kind: Literal["slash_commands", "interactive"], payload: Json) -> Envelope:
        """Send what a person waits for; returns once acknowledged, or when Slack's patience is over."""
        envelope = self.send(kind, payload)
        try:
            await asyncio.wait_for(envelope.done.wait(), PATIENCE)
        except TimeoutError:
            self.complaints.append(f"{payload.get('command') or payload.get('type')}: no answer within 3 s")
        return envelope

    def acknowledge(self, envelope_id: str, payload: Json) -> None:
        """The bot has it; `payload` is what it says with that."""
        envelope = self._by_id.get(envelope_id)
        if envelope is None:
            self.complaints.append(f"acknowledged what was never sent: {envelope_id}")
            return
        envelope.acks += 1
        if envelope.acks == 1:
            envelope.acked_at = self.now()
            envelope.ack = payload
        envelope.done.set()

    def hold(self) -> None:
        """Keep what happens from now on back …"""
        self._held = []

    def release(self, *, reverse: bool = False) -> None:
        """… and send it, in order or in reverse."""
        held, self._held = self._held or [], None
        for envelope in reversed(held) if reverse else held:
            self._spawn(self._deliver(envelope))

    async def _deliver(self, envelope: Envelope) -> None:
        """Events again and again until acknowledged; what a person waits for once, and not late."""
        is_event = envelope.type == "events_api"
        given_up = self.now() + PATIENCE
        for attempt in range(4 if is_event else 1):
            while self.carrier is None or not self.carrier.ready:
                if not is_event and self.now() > given_up:
                    return
                await asyncio.sleep(0.02)
            envelope.sent.append(self.now())
            self.carrier.carry(envelope, attempt)
            try:
                await asyncio.wait_for(envelope.done.wait(), self.resend_after)
            except TimeoutError:
                continue
            return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stop_telling(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _subscription(event: Json) -> str:
    """The name under which an app subscribes to such an event."""
    if event["type"] == "message":
        kind = str(event["channel_type"])
        return "message." + {"channel": "channels", "group": "groups"}.get(kind, kind)
    return str(event["type"])
