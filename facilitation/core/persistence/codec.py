"""The codec: converts core values to rows and back. Only this module knows both representations."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from facilitation.core.values.cards import Card, Channel, Direct, Group, Place, PostThread, Thread
from facilitation.core.values.commands import Command
from facilitation.core.values.effects import JoinChannel, Post, React
from facilitation.core.values.events import (
    ChannelChanged,
    Event,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PostDelivered,
    PostFailed,
    ReactionAdded,
    ReactionRemoved,
    SpaceLost,
)
from storage.base import micros
from storage.diary import EXCERPT, DiaryState, Entry, HistoryEntry

_encode = msgspec.json.Encoder().encode
_card = msgspec.json.Decoder(Card)
_place = msgspec.json.Decoder(Place)
_event = msgspec.json.Decoder(Event)
_args = msgspec.json.Decoder(dict[str, Any])
_FRESH, _DIGESTED = DiaryState.FRESH.value, DiaryState.DIGESTED.value

ALWAYS_DIGESTED = (
    MemberJoined,
    MemberLeft,
    MemberChanged,
    MessageEdited,
    MessageDeleted,
    ChannelChanged,
    SpaceLost,
)
"""Events that change what the core itself knows, so they are digested even without a listener."""
KEPT_BEFORE_BEGIN = (MemberJoined, MemberLeft, MemberChanged, ChannelChanged, SpaceLost)
"""Events that are stored before a community begins; without them it would begin empty."""


def event_kind(event: Event) -> str:
    """The tag of an event, which is its kind in the diary."""
    return str(type(event).__struct_config__.tag)


def actor_of(event: Event) -> str:
    """The handle of the person who caused an event, empty for none."""
    match event:
        case MemberJoined() | MemberChanged():
            return event.who.handle
        case MessagePosted() | MemberLeft() | ReactionAdded() | ReactionRemoved():
            return event.who
        case _:
            return ""


def channel_of(event: Event) -> str:
    """The handle of the channel of an event, empty for none."""
    match event:
        case ChannelChanged():
            return event.channel.handle
        case MemberChanged() | SpaceLost() | PostFailed():
            return ""
        case _:
            return event.place


def diary_entry(
    event: Event, *, community: int | None, channel: int | None, author: int | None, fresh: bool
) -> Entry:
    """An event as a diary row. Only a fresh row has a body, until it is digested."""
    body = _encode(event).decode() if fresh else None
    at = micros(event.at)
    if isinstance(event, MessagePosted):
        return message_entry(event, community, channel, author, fresh=fresh)
    message = event.message if isinstance(event, ReactionAdded | ReactionRemoved | PostDelivered) else ""
    return Entry(
        community,
        event.key[:240],
        event_kind(event),
        at,
        _FRESH if fresh else _DIGESTED,
        channel,
        message,
        "",
        "",
        author,
        0,
        0,
        0,
        0,
        None,
        body,
    )


def message_entry(
    message: MessagePosted,
    community: int | None,
    channel: int | None,
    author: int | None,
    *,
    fresh: bool,
    keeps_words: bool = True,
) -> Entry:
    """A message as a diary row. Most rows are messages, so this path is the short one."""
    return Entry(
        community,
        f"{message.place}:{message.message}",
        "posted",
        micros(message.at),
        _FRESH if fresh else _DIGESTED,
        channel,
        message.message,
        message.thread,
        message.refers_to,
        author,
        1 if message.reply else 0,
        1 if message.question else 0,
        len(message.links),
        message.reactions,
        message.text[:EXCERPT] if keeps_words else None,
        _encode(message).decode() if fresh else None,
    )


def history_entries(
    messages: Sequence[MessagePosted],
    channels: Mapping[str, tuple[int, int]],
    accounts: Mapping[str, int],
    wordless: Collection[int] = (),
) -> list[HistoryEntry]:
    """Messages from an archive as diary rows.

    `channels` maps a place to its community and channel. Messages of `wordless` communities get no excerpt.
    The rows are built column by column, which halves the time for an archive with millions of messages.
    """
    homes = [channels[message.place] for message in messages]
    rows = zip(
        [community for community, _ in homes],
        [f"{message.place}:{message.message}" for message in messages],
        [micros(message.at) for message in messages],
        [channel for _, channel in homes],
        [message.message for message in messages],
        [message.thread for message in messages],
        [message.refers_to for message in messages],
        [accounts.get(message.who) for message in messages],
        [1 if message.reply else 0 for message in messages],
        [1 if message.question else 0 for message in messages],
        [len(message.links) for message in messages],
        [message.reactions for message in messages],
        [
            "" if community in wordless else message.text[:EXCERPT]
            for message, (community, _) in zip(messages, homes, strict=True)
        ]
        if wordless
        else [message.text[:EXCERPT] for message in messages],
        strict=True,
    )
    # Plain tuples in the shape of HistoryEntry: SQLite's driver reads a named tuple value by value.
    return cast("list[HistoryEntry]", list(rows))


def decode_event(body: str) -> Event:
    """The event in the body of a fresh row."""
    found: Event = _event.decode(body)
    return found


def encode_event(event: Event) -> str:
    """The body of a fresh row."""
    return _encode(event).decode()


def encode_card(card: Card) -> str:
    """The stored form of a card."""
    return _encode(card).decode()


def decode_card(stored: str) -> Card:
    """A card from its stored form."""
    return _card.decode(stored)


def encode_place(place: Place) -> str:
    """The stored form of a place."""
    return _encode(place).decode()


def decode_place(stored: str) -> Place:
    """A place from its stored form."""
    found: Place = _place.decode(stored)
    return found


def encode_args(command: Command) -> str:
    """The stored form of a command's arguments."""
    return command.model_dump_json()


def decode_args(stored: str) -> dict[str, Any]:
    """Arguments from their stored form."""
    return _args.decode(stored)


def lane_of(place: Place, community: int) -> str:
    """The lane in which messages to a place keep their order."""
    match place:
        case Channel():
            return f"channel:{place.space}:{place.handle}"
        case Thread():
            return f"channel:{place.space}:{place.handle}"
        case PostThread():
            return f"post_thread:{community}:{place.key}"
        case Direct():
            return f"direct:{place.member}"
        case Group():
            return f"group:{community}:{place.key}"


def outbox_columns(
    effect: Post | React | JoinChannel, feature: str, community: int, at: datetime
) -> dict[str, Any]:
    """The columns of a new outbox row."""
    place = effect.place
    columns: dict[str, Any] = {
        "feature": feature,
        "stale": timedelta(days=7),
        "space": place.space if isinstance(place, Channel | Thread) else None,
        "lane": lane_of(place, community),
        "place": encode_place(place),
        "member": place.member if isinstance(place, Direct) else None,
        "delivery": uuid.uuid4().hex,
        "at": at,
    }
    if isinstance(effect, React):
        key = f"react:{effect.place.handle}:{effect.message}:{effect.emoji}"
        root = Thread(effect.place.space, effect.place.handle, effect.message)
        return columns | {
            "key": key,
            "place": encode_place(root),
            "card": encode_card(Card()),
            "emoji": effect.emoji,
        }
    if isinstance(effect, JoinChannel):
        return columns | {"key": effect.key, "card": encode_card(Card()), "join_channel": True}
    return columns | {
        "key": effect.key,
        "card": encode_card(effect.card),
        "nudge": effect.nudge.name if effect.nudge else "",
        "hushable": effect.hushable,
        "stale": effect.stale,
    }
