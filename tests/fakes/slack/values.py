"""What the fake Slack keeps and shows: people, channels, messages, files, views, calls and envelopes."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]


@dataclass
class Person:
    """An account; `id` is Slack's (any string will do: `U0ANA`, `ana`)."""

    id: str
    name: str
    zone: str = "Europe/Lisbon"
    display: str = ""
    guest: bool = False
    """A multi-channel guest; `is_ultra_restricted` too for a single-channel one is not told apart."""
    bot: bool = False
    deleted: bool = False
    admin: bool = False
    owner: bool = False
    team: str = ""
    """Their home workspace: another than the fake's for a Slack Connect outsider."""


@dataclass
class Channel:
    """A conversation. `kind` is what `conversations.info` would say of it."""

    id: str
    name: str
    kind: Literal["channel", "group", "im", "mpim"] = "channel"
    topic: str = ""
    archived: bool = False
    shared: bool = False
    """Shared with another organisation through Slack Connect."""
    members: list[str] = field(default_factory=list)
    messages: list["Message"] = field(default_factory=list)
    """Oldest first; ephemeral ones among them."""


@dataclass
class Message:
    """One message as Slack keeps it; `text` and `blocks` as they were received."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    """The root's ts for a reply; on the root itself empty until it has one, then its own ts."""
    broadcast: bool = False
    """A reply that was also sent to the channel."""
    subtype: str = ""
    bot_id: str = ""
    metadata: Json = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    """Ids of files, in `FakeSlack.files`."""
    edited: str = ""
    """When it was last edited, as a ts."""
    only_for: str = ""
    """Whom an ephemeral message is shown to; empty for a message that everybody sees."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurl_links: bool = True
    unfurl_media: bool = True


@dataclass
class File:
    """A file that the bot uploaded."""

    id: str
    name: str
    title: str
    alt_text: str
    content: bytes = b""
    length: int = 0
    complete: bool = False
    shared_in: list[str] = field(default_factory=list)


@dataclass
class View:
    """A modal or a home as it is open for somebody; `body` is what the bot sent."""

    id: str
    user: str
    body: Json
    hash: str
    root: str = ""
    previous: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    """Errors by block_id: the client's own and those of the bot's last answer."""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What is filled in so far, by block_id and action_id, as Slack sends `state.values`."""
    channel: str = ""
    """Where the interaction happened that opened it."""


@dataclass
class ApiCall:
    """One call of a method of the Web API, or an `upload`, or a use of a `response_url`."""

    method: str
    args: Json
    encoding: Literal["query", "form", "json", "multipart", "empty"]
    token: str
    at: float
    """Seconds on the loop's clock."""
    status: int = 0
    answer: Json | None = None
    """None when the connection was closed without one."""

    @property
    def ok(self) -> bool:
        """Whether the bot was told that it worked."""
        return bool(self.answer and self.answer.get("ok"))


@dataclass
class Envelope:
    """One thing told to the bot, by socket or by signed request, until it acknowledges it."""

    id: str
    type: Literal["events_api", "slash_commands", "interactive"]
    payload: Json
    sent: list[float] = field(default_factory=list)
    """When, in seconds on the loop's clock; more than once where it was resent."""
    acked_at: float = 0.0
    acks: int = 0
    ack: Json = field(default_factory=dict)
    """The payload of the acknowledgement: form errors, options, a response in place."""
    done: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def delay(self) -> float:
        """Seconds from the first sending to the acknowledgement; infinite without one."""
        return self.acked_at - self.sent[0] if self.acks and self.sent else float("inf")


@dataclass
class Fault:
    """Something that goes wrong with calls of a method (`*`: of any), in one channel or in all."""

    method: str
    channel: str = ""
    times: int = 1
    """How often it still happens; -1 for ever."""
    error: str = ""
    status: int = 0
    retry_after: float | None = None
    drop: bool = False
    """Close the connection and do nothing."""
    lose_reply: bool = False
    """Do what was asked, then close the connection without a reply."""
    delay: float = 0.0
    """Seconds to wait before the method is carried out."""
    late: float = 0.0
    """Seconds to wait between carrying it out and the reply."""


class Failed(Exception):
    """A Web API method refuses: `error` is Slack's word for why; `more` stands beside it in the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more
