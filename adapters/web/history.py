"""The past of an archive as visible talk: the latest messages, with reactions and joins."""

from collections.abc import Iterable

from adapters.web.local_platform import LocalPlatform, with_reaction
from adapters.web.message_store import Message
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


def replay(square: LocalPlatform, events: Iterable[Event]) -> None:
    """Show in the square what happened before the page was opened; all of it counts as read."""
    for event in events:
        _show(square, event)


def _show(square: LocalPlatform, event: Event) -> None:
    board = square.board
    match event:
        case MessagePosted() as posted if posted.place in square.places:
            board.remember(
                Message(
                    posted.message,
                    posted.place,
                    posted.who,
                    posted.at,
                    text=posted.text,
                    root=posted.thread if posted.thread != posted.message else "",
                    reacted_before=posted.reactions,
                )
            )
        case MemberJoined() as joined:
            if joined.who.handle not in square.people:
                square.know(joined.who)
            spot = square.places.get(joined.place)
            if spot:
                note = f"joined:{joined.key}"
                text = f"joined #{spot.name}"
                board.remember(
                    Message(note, joined.place, joined.who.handle, joined.at, text=text, kind="note")
                )
        case ReactionAdded() | ReactionRemoved() as reacted:
            _react(square, reacted)
        case MessageEdited() as changed:
            board.change(changed.message, text=changed.text, edited=True)
        case MessageDeleted() as deleted:
            board.drop(deleted.message)
        case MemberChanged() as changed:
            square.know(changed.who)
        case ChannelChanged() as changed if not changed.lost:
            square.open_channel(changed.channel)
        case MemberLeft() | MessagePosted() | ChannelChanged() | SpaceLost() | PostDelivered() | PostFailed():
            pass


def _react(square: LocalPlatform, reacted: ReactionAdded | ReactionRemoved) -> None:
    found = square.board.get(reacted.message)
    if found is None:
        return
    others = tuple(who for who in found.reactions.get(reacted.emoji, ()) if who != reacted.who)
    names = (*others, reacted.who) if isinstance(reacted, ReactionAdded) else others
    square.board.change(reacted.message, reactions=with_reaction(found, reacted.emoji, names))
