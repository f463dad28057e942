"""Core values into rows and back: the only place that knows both their shapes."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec

from facilitation.core.ask import Ask
from facilitation.core.cards import Card, Channel, Direct, Group, Place, Thread, Under
from facilitation.core.effects import Enter, Post, React
from facilitation.core.happenings import (
    ChannelChanged,
    Happening,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    Said,
    SpaceLost,
    Unsaid,
)
from storage.base import micros
from storage.diary import EXCERPT, Entry, Past, State

_encode = msgspec.json.Encoder().encode
_card = msgspec.json.Decoder(Card)
_place = msgspec.json.Decoder(Place)
_happening = msgspec.json.Decoder(Happening)
_args = msgspec.json.Decoder(dict[str, Any])
_FRESH, _DIGESTED = State.FRESH.value, State.DIGESTED.value

WITH_ROOMS = (
    MemberJoined,
    MemberLeft,
    MemberChanged,
    MessageChanged,
    MessageDeleted,
    ChannelChanged,
    SpaceLost,
)
"""Happenings that change what the house itself knows, hence always digested."""
ABOUT_PEOPLE_AND_PLACES = (MemberJoined, MemberLeft, MemberChanged, ChannelChanged, SpaceLost)
"""Those which are kept also where no community has begun: without them nobody would be there at its start."""


def kind_of(happening: Happening) -> str:
    """The word by which the diary knows a happening."""
    return str(type(happening).__struct_config__.tag)


def who_of(happening: Happening) -> str:
    """The handle of whoever did it, empty for none."""
    match happening:
        case MemberJoined() | MemberChanged():
            return happening.who.handle
        case MessagePosted() | MemberLeft() | ReactionAdded() | ReactionRemoved():
            return happening.who
        case _:
            return ""


def place_of(happening: Happening) -> str:
    """The handle of the channel in which it happened, empty for none."""
    match happening:
        case ChannelChanged():
            return happening.channel.handle
        case MemberChanged() | SpaceLost() | Unsaid():
            return ""
        case _:
            return happening.place


def entry(
    happening: Happening, *, community: int | None, channel: int | None, author: int | None, fresh: bool
) -> Entry:
    """A happening as a row of the diary; only a fresh one keeps its body until it is digested."""
    body = _encode(happening).decode() if fresh else None
    at = micros(happening.at)
    if isinstance(happening, MessagePosted):
        return posted(happening, community, channel, author, fresh=fresh)
    message = happening.message if isinstance(happening, ReactionAdded | ReactionRemoved | Said) else ""
    return Entry(
        community,
        happening.key[:240],
        kind_of(happening),
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


def posted(
    message: MessagePosted,
    community: int | None,
    channel: int | None,
    author: int | None,
    *,
    fresh: bool,
    keeps_words: bool = True,
) -> Entry:
    """A message as a row: of all there is, most are these."""
    return Entry(
        community,
        f"{message.place}:{message.message}",
        "posted",
        micros(message.at),
        _FRESH if fresh else _DIGESTED,
        channel,
        message.message,
        message.thread,
        message.refers,
        author,
        1 if message.reply else 0,
        1 if message.question else 0,
        len(message.links),
        message.reactions,
        message.text[:EXCERPT] if keeps_words else None,
        _encode(message).decode() if fresh else None,
    )


def past(
    messages: Sequence[MessagePosted],
    channels: Mapping[str, tuple[int, int]],
    accounts: Mapping[str, int],
    wordless: Collection[int] = (),
) -> list[Past]:
    """Messages of the past as rows; `channels` gives community and channel of a place.

    Those of `wordless` communities are kept without an excerpt.

    Column by column, since an archive has millions: half the time of one by one.
    """
    homes = [channels[message.place] for message in messages]
    rows = zip(
        [community for community, _ in homes],
        [f"{message.place}:{message.message}" for message in messages],
        [micros(message.at) for message in messages],
        [channel for _, channel in homes],
        [message.message for message in messages],
        [message.thread for message in messages],
        [message.refers for message in messages],
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
    # Bare tuples of Past's shape: from one with names SQLite's driver takes each value by a call.
    return cast("list[Past]", list(rows))


def happening_from(body: str) -> Happening:
    """A happening from the body of a fresh row."""
    found: Happening = _happening.decode(body)
    return found


def body_written(happening: Happening) -> str:
    """A happening as the body of a fresh row."""
    return _encode(happening).decode()


def written(card: Card) -> str:
    """A card as it is stored."""
    return _encode(card).decode()


def card_from(stored: str) -> Card:
    """A card from its stored form."""
    return _card.decode(stored)


def place_written(place: Place) -> str:
    """A place as it is stored."""
    return _encode(place).decode()


def place_from(stored: str) -> Place:
    """A place from its stored form."""
    found: Place = _place.decode(stored)
    return found


def args_written(ask: Ask) -> str:
    """An ask's arguments as they are stored."""
    return ask.model_dump_json()


def args_from(stored: str) -> dict[str, Any]:
    """An ask's stored arguments."""
    return _args.decode(stored)


def lane_of(place: Place, community: int) -> str:
    """The lane in which messages to a place keep their order."""
    match place:
        case Channel():
            return f"channel:{place.space}:{place.handle}"
        case Thread():
            return f"channel:{place.space}:{place.handle}"
        case Under():
            return f"under:{community}:{place.key}"
        case Direct():
            return f"direct:{place.member}"
        case Group():
            return f"group:{community}:{place.key}"


def posting(effect: Post | React | Enter, room: str, community: int, at: datetime) -> dict[str, Any]:
    """The columns of a new outbox row."""
    place = effect.place
    columns: dict[str, Any] = {
        "room": room,
        "stale": timedelta(days=7),
        "space": place.space if isinstance(place, Channel | Thread) else None,
        "lane": lane_of(place, community),
        "place": place_written(place),
        "member": place.member if isinstance(place, Direct) else None,
        "delivery": uuid.uuid4().hex,
        "at": at,
    }
    if isinstance(effect, React):
        key = f"react:{effect.place.handle}:{effect.message}:{effect.emoji}"
        root = Thread(effect.place.space, effect.place.handle, effect.message)
        return columns | {
            "key": key,
            "place": place_written(root),
            "card": written(Card()),
            "emoji": effect.emoji,
        }
    if isinstance(effect, Enter):
        return columns | {"key": effect.key, "card": written(Card()), "enter": True}
    return columns | {
        "key": effect.key,
        "card": written(effect.card),
        "nudge": effect.nudge or "",
        "beat": effect.beat,
        "stale": effect.stale,
    }
